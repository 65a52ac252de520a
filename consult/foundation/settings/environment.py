"""Settings, all from the environment; see the table in docs/operators-guide.md.

Every value is looked at when the application is made; all that is wrong is said together.
"""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import click
from environs import Env, EnvValidationError, validate

from consult.foundation.core.calendar import ZONE
from consult.foundation.core.clock import system_time
from consult.foundation.core.rate_limits import IN_DATABASE
from consult.foundation.settings import validators as settings
from consult.foundation.storage.object_storage import SCHEME, StorageAccess

ROOT = Path(__file__).resolve().parents[3]
THEMES = ROOT / "consult" / "static" / "vendor" / "themes"
CC0 = "CC0 1.0 (https://creativecommons.org/publicdomain/zero/1.0/)"
"""What data.overheid.nl advises for open data: no conditions on its use (decision 0036)."""
COMMAND_LINE_KEY = "only-for-commands"
"""What stands for the key where there is none: no request is ever answered with it."""

_PREFIX = "CONSULT_"
_Messages = dict[str, list[str]]
_PROXIES = f"must be a number from 0 to {settings.MOST_PROXIES}: how many proxies are before it."
MOST_CACHED_MB = 65_536
_CACHED = (
    f"must be a number from 0 to {MOST_CACHED_MB}: how many megabytes of public pages each process "
    "keeps."
)
_IN_OUR_WORDS = {
    "Not a valid boolean.": "must be 1 (on) or 0 (off).",
}
_NUMBERS = {"CONSULT_TRUSTED_PROXIES": _PROXIES, "CONSULT_PAGE_CACHE_MB": _CACHED}
"""What to say of a number that is none."""
_OF_THE_TESTS = {"TEST_DATABASE", "REAL_DATA", "CHROMIUM", "REQUIRE_BROWSER"}
LARGEST_REQUEST = 53 * 1024 * 1024
"""Bytes: five files of 10 MB and the text beside them; more is refused unread."""


def _in_our_words(name: str, text: str) -> str:
    said = _NUMBERS.get(name, text) if text == "Not a valid integer." else text
    return _IN_OUR_WORDS.get(said, said)


class SettingsError(click.ClickException, RuntimeError):
    """Settings are missing or cannot be used; each has a sentence that says what would help.

    The `flask` command shows it as it is, without a traceback.
    """

    def __str__(self) -> str:
        return self.message


class _Environment(Env):
    """The settings in an environment of names and texts; an empty text is no setting."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(eager=False, prefix=_PREFIX)
        self._said = environ
        self.names: set[str] = set()

    def _get_value(self, env_key: str, default: object) -> object:
        self.names.add(env_key)
        return self._said.get(env_key, "") or default

    def faults(self) -> list[str]:
        """Say everything that is wrong, by name."""
        lines = [
            f"{name} must be one line, without control characters."
            for name, text in self._said.items()
            if name.startswith(_PREFIX) and not text.isprintable()
        ]
        try:
            self.seal()
        except EnvValidationError as error:
            lines += [
                f"{name} {' '.join(_in_our_words(name, text) for text in texts)}"
                for name, texts in sorted(dict(cast("_Messages", error.error_messages)).items())
            ]
        return lines


def from_environment(environ: Mapping[str, str] = os.environ) -> dict[str, object]:
    """Read the settings; relative defaults lie in the folder `instance` beside the code.

    Raises SettingsError with one sentence for each value that cannot be used.
    """
    env = _Environment(environ)
    found = _read(env)
    access = StorageAccess.from_environment(environ)
    faults = env.faults() + _together(found)
    places = {f"CONSULT_{one}": str(found[one] or "") for one in ("STORAGE_URL", "RECORD")}
    remote = [name for name, url in places.items() if url.startswith(f"{SCHEME}:")]
    if remote:
        faults += settings.storage_access(access, " and ".join(remote))
    if faults:
        raise SettingsError("\n".join(faults))
    found["STORAGE_ACCESS"] = access
    return {**found, **_fixed(secure=str(found["BASE_URL"]).startswith("https://"))}


def _read(env: Env) -> dict[str, object]:
    instance = Path(env.str("INSTANCE", str(ROOT / "instance"), validate=settings.instance) or ".")
    demonstration = bool(env.bool("DEMONSTRATION", False))
    address = env.str("BASE_URL", "http://127.0.0.1:5000", validate=settings.base_url) or ""
    kept = f"sqlite:///{instance.absolute() / 'consult.sqlite'}"
    files = f"file:{instance.absolute() / 'files'}"
    record = str(instance.absolute() / "record")
    database = settings.database_url(
        env.str("DATABASE_URL", kept, validate=settings.database) or ""
    )
    # A process that shares a PostgreSQL with others must not count alone.
    counted = IN_DATABASE if database.startswith("postgresql") else "memory://"
    return {
        "INSTANCE": instance,
        "CLOCK": system_time,
        "BASE_URL": address.rstrip("/"),
        "DEMONSTRATION": demonstration,
        "LICENCE": _licence(env),
        "THEME": env.str("THEME", "consult", validate=partial(settings.theme, themes=THEMES)),
        "MAIL_URL": env.str("MAIL_URL", "local:", validate=settings.mail_url),
        "MAIL_FROM": env.str("MAIL_FROM", "consult@localhost", validate=settings.sender),
        "STORAGE_URL": env.str("STORAGE_URL", files, validate=settings.storage),
        "SCANNER_URL": env.str("SCANNER_URL", "", validate=settings.scanner),
        "RECORD": env.str("RECORD", record, validate=settings.record),
        "WITNESSES": env.str("WITNESSES", "", validate=settings.witnesses),
        "METRICS": env.bool("METRICS", False),
        "EMBEDDED_WORKER": env.bool("EMBEDDED_WORKER", True),
        "TRUSTED_PROXIES": _number(env, "TRUSTED_PROXIES", 0, settings.MOST_PROXIES),
        "PAGE_CACHE_MB": _number(env, "PAGE_CACHE_MB", 64, MOST_CACHED_MB),
        "CONTACT": env.str("CONTACT", "hulp@voorbeeld.example" if demonstration else ""),
        "SECRET_KEY": env.str("SECRET_KEY", "", validate=settings.secret_key),
        "SQLALCHEMY_DATABASE_URI": database,
        "RATELIMIT_STORAGE_URI": env.str("REDIS_URL", counted, validate=settings.counts_url),
        **_sign_in(env, demonstration=demonstration),
    }


def _number(env: Env, name: str, default: int, most: int) -> int | None:
    allowed = validate.Range(0, most, error=_NUMBERS[_PREFIX + name])
    return env.int(name, default, validate=allowed)


def _licence(env: Env) -> str:
    said = env.str("LICENCE", CC0) or ""
    return "" if said == "none" else said


def _sign_in(env: Env, *, demonstration: bool) -> dict[str, object]:
    """Read how people sign in: second factors, and a provider to sign in through."""
    issuer = env.str("OIDC_ISSUER", "", validate=settings.issuer) or ""
    second_factor = validate.OneOf(["required", "optional"], error="must be required or optional.")
    return {
        "SECOND_FACTOR": env.str(
            "SECOND_FACTOR", "optional" if demonstration else "required", validate=second_factor
        ),
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": env.str("OIDC_CLIENT_ID", ""),
        "OIDC_CLIENT_SECRET": env.str("OIDC_CLIENT_SECRET", ""),
        "OIDC_NAME": env.str("OIDC_NAME", urlsplit(issuer).hostname or ""),
        "OIDC_ORGANISATION_CLAIM": env.str("OIDC_ORGANISATION_CLAIM", ""),
        "OIDC_SECOND_FACTOR": env.str("OIDC_SECOND_FACTOR", "amr=mfa", validate=settings.claims),
    }


def _together(found: Mapping[str, object]) -> list[str]:
    """Say which settings do not go together."""
    faults = []
    if found["DEMONSTRATION"] and settings.is_public(str(found["BASE_URL"])):
        faults.append(
            "CONSULT_DEMONSTRATION cannot be on at a public address (CONSULT_BASE_URL): its "
            "passwords are known, and it shows all mails. Turn it off, or serve it on this machine."
        )
    places = str(found["STORAGE_URL"] or ""), str(found["RECORD"] or "")
    if all(places) and settings.overlap(*places):
        faults.append(
            "CONSULT_RECORD and CONSULT_STORAGE_URL name one place, or one inside the other: files "
            "and record must lie apart, as in s3://consult/files and s3://consult/record."
        )
    if found["OIDC_ISSUER"] and not found["OIDC_CLIENT_ID"]:
        faults.append("CONSULT_OIDC_ISSUER needs CONSULT_OIDC_CLIENT_ID beside it.")
    return faults


def _fixed(*, secure: bool) -> dict[str, object]:
    """Return what is configured the same everywhere: nobody sets it."""
    return {
        "RATELIMIT_HEADERS_ENABLED": True,
        # Where Redis goes away each process counts alone, and nobody waits for it.
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
        "SESSION_COOKIE_NAME": "__Host-consult" if secure else "consult",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 200,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": "nl",
        "BABEL_DEFAULT_TIMEZONE": ZONE.key,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "consult" / "translations"),
    }


def setting_names() -> set[str]:
    """Name every setting, as it stands in the environment."""
    env = _Environment({})
    _read(env)
    return env.names


def unknown_settings(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Say which variables look like settings and are none, with the name that was meant."""
    known = setting_names()
    lines = []
    for name in sorted(environ.keys() - known - {_PREFIX + one for one in _OF_THE_TESTS}):
        if name.startswith(_PREFIX):
            own = {one.removeprefix(_PREFIX) for one in known}
            near = get_close_matches(name.removeprefix(_PREFIX), own, n=1)
            meant = f" Did you mean {_PREFIX}{near[0]}?" if near else ""
            lines.append(f"{name} is no setting, and changes nothing.{meant}")
    return lines


def check_secret_key(key: str) -> None:
    """Refuse to serve with a key that is missing or can be guessed (sessions could be forged)."""
    if fault := settings.fault_of_key(key):
        raise SettingsError(f"CONSULT_SECRET_KEY {fault}")
