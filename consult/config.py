"""Settings, all from the environment; see the table in docs/operators-guide.md."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from consult.core.clock import system_time

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED_KEYS = frozenset({"change-me", "secret", "dev", "test", "consult", "changeme"})
SHORTEST_KEY = 32
LARGEST_REQUEST = 53 * 1024 * 1024
"""Bytes: five files of 10 MB and the text beside them; more is refused unread."""


class SettingsError(RuntimeError):
    """A setting is missing or cannot be used; the sentence says which and what would help."""


def database_url(url: str) -> str:
    """Name the driver in a PostgreSQL address, so that operators need not."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def from_environment(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Read the settings; relative defaults lie in the folder `instance` beside the code."""
    instance = Path(environ.get("CONSULT_INSTANCE", ROOT / "instance"))
    base_url = environ.get("CONSULT_BASE_URL", "http://127.0.0.1:5000").rstrip("/")
    secure = base_url.startswith("https://")
    demonstration = environ.get("CONSULT_DEMONSTRATION") == "1"
    return {
        "INSTANCE": instance,
        "CLOCK": system_time,
        "BASE_URL": base_url,
        "DEMONSTRATION": demonstration,
        "THEME": environ.get("CONSULT_THEME", "consult"),
        "MAIL_URL": environ.get("CONSULT_MAIL_URL", "local:"),
        "MAIL_FROM": environ.get("CONSULT_MAIL_FROM", "consult@localhost"),
        "STORAGE_URL": environ.get("CONSULT_STORAGE_URL", f"file:{instance / 'files'}"),
        "EMBEDDED_WORKER": environ.get("CONSULT_EMBEDDED_WORKER", "1") == "1",
        "TRUSTED_PROXIES": int(environ.get("CONSULT_TRUSTED_PROXIES", "0")),
        "CONTACT": environ.get(
            "CONSULT_CONTACT", "hulp@voorbeeld.example" if demonstration else ""
        ),
        "SECRET_KEY": environ.get("CONSULT_SECRET_KEY", ""),
        "SQLALCHEMY_DATABASE_URI": database_url(
            environ.get("CONSULT_DATABASE_URL", f"sqlite:///{instance / 'consult.sqlite'}")
        ),
        "RATELIMIT_STORAGE_URI": environ.get("CONSULT_REDIS_URL", "memory://"),
        **_sign_in(environ),
        "RATELIMIT_HEADERS_ENABLED": True,
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
        "BABEL_DEFAULT_TIMEZONE": "Europe/Amsterdam",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "consult" / "translations"),
    }


def _sign_in(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read how people sign in: second factors, and a provider to sign in through."""
    default = "optional" if environ.get("CONSULT_DEMONSTRATION") == "1" else "required"
    second_factor = environ.get("CONSULT_SECOND_FACTOR", default)
    if second_factor not in {"required", "optional"}:
        raise SettingsError("CONSULT_SECOND_FACTOR must be required or optional.")
    issuer = environ.get("CONSULT_OIDC_ISSUER", "")
    parts = urlsplit(issuer)
    if issuer and parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1"}:
        raise SettingsError("CONSULT_OIDC_ISSUER must begin with https://.")
    if issuer and not environ.get("CONSULT_OIDC_CLIENT_ID"):
        raise SettingsError("CONSULT_OIDC_ISSUER needs CONSULT_OIDC_CLIENT_ID beside it.")
    return {
        "SECOND_FACTOR": second_factor,
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": environ.get("CONSULT_OIDC_CLIENT_ID", ""),
        "OIDC_CLIENT_SECRET": environ.get("CONSULT_OIDC_CLIENT_SECRET", ""),
        "OIDC_NAME": environ.get("CONSULT_OIDC_NAME", parts.hostname or ""),
        "OIDC_ORGANISATION_CLAIM": environ.get("CONSULT_OIDC_ORGANISATION_CLAIM", ""),
        "OIDC_SECOND_FACTOR": environ.get("CONSULT_OIDC_SECOND_FACTOR", "amr=mfa"),
    }


def check_secret_key(key: str) -> None:
    """Refuse to serve with a key that is missing, short or published (sessions could be forged)."""
    if not key:
        raise SettingsError(
            "CONSULT_SECRET_KEY is not set. Set it to a long random text, for example the output "
            'of: python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    if len(key) < SHORTEST_KEY or key.lower() in PUBLISHED_KEYS:
        raise SettingsError(
            f"CONSULT_SECRET_KEY is too easy to guess: it needs at least {SHORTEST_KEY} characters."
        )
