"""What a value of a setting must be: one reader each, that says what is wrong in a sentence.

Nothing here repeats an address in which a password can stand.
"""

import ipaddress
import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from environs import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from consult.foundation.core.folders import is_writable, nearest
from consult.foundation.core.rate_limits import IN_DATABASE
from consult.foundation.files.scanning import SCHEME as CLAMAV
from consult.foundation.notifications.transport import mail_settings
from consult.foundation.record.notes import NoteError
from consult.foundation.record.witnesses import read_witnesses
from consult.foundation.storage.object_storage import SCHEME, StorageAccess

SHORTEST_KEY = 32
FEWEST_SIGNS = 8
LONGEST_BLOCK = 16
MOST_PROXIES = 10
_PUBLISHED = re.compile(
    r"change.?(me|this|it)|your.?(secret|key)|secret.?key|example", re.IGNORECASE
)
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.IGNORECASE)
_BUCKET = re.compile(r"(?![0-9.]+$)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]")
_SEGMENT = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,200}")
_LOCAL_NAMES = (".localhost", ".local", ".internal", ".test")
_SENDER = re.compile(r"([^<>@\"]{0,120}<)?[^\s<>@,\"]{1,64}@[A-Za-z0-9.-]{1,255}(?(1)>)")
_HELP_WITH_KEY = (
    "Set it to a long random text, for example the output of: "
    'python -c "import secrets; print(secrets.token_urlsafe(48))"'
)


def fault_of_key(key: str) -> str | None:
    """Return why sessions could be forged under a secret key; None when it can be used."""
    if not key:
        return f"is not set. {_HELP_WITH_KEY}"
    if len(key) < SHORTEST_KEY:
        return f"is too easy to guess: it needs at least {SHORTEST_KEY} characters."
    repeats = (key + key).find(key, 1) <= LONGEST_BLOCK
    if len(set(key)) < FEWEST_SIGNS or repeats or _PUBLISHED.search(key):
        return f"is too easy to guess: it repeats itself, or was published. {_HELP_WITH_KEY}"
    return None


def secret_key(key: str) -> None:
    """Refuse a key under which sessions could be forged; commands need none."""
    if key and (fault := fault_of_key(key)):
        raise ValidationError(fault)


def _split(address: str) -> SplitResult:
    """Take an address of the web apart; ValidationError where it is none."""
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise ValidationError("is no address: its host or port cannot be read.") from None
    if parts.scheme not in {"http", "https"}:
        raise ValidationError("must begin with https:// (or http:// on this machine).")
    if not (_is_number(host) or _HOST.fullmatch(host)) or port == 0:
        raise ValidationError("is no address: its host or port cannot be read.")
    if parts.username is not None or parts.query or parts.fragment or address.endswith(("?", "#")):
        raise ValidationError("must hold no user, no ? and no #.")
    return parts


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether others than this machine and its own network reach an address by its name."""
    host = (urlsplit(address).hostname or "").lower()
    if _is_number(host):
        return not ipaddress.ip_address(host).is_private
    return "." in host and not host.endswith(_LOCAL_NAMES)


def base_url(address: str) -> None:
    """Take the public address of the site: scheme, host and port, and nothing behind it."""
    if _split(address).path not in {"", "/"}:
        raise ValidationError("must end after the host: the site has no path before its pages.")
    if is_public(address) and not address.lower().startswith("https://"):
        raise ValidationError(
            "must begin with https://: passwords would travel over http:// for all to read."
        )


def issuer(address: str) -> None:
    """Take the address of a provider to sign in through."""
    if address and _split(address).scheme != "https" and is_own_machine(address) is False:
        raise ValidationError("must begin with https://.")


def witnesses(text: str) -> None:
    """Take the keys of witnesses, each with `@` and an address or without, spaces between."""
    try:
        found = read_witnesses(text)
    except NoteError as error:
        raise ValidationError(f"holds a key that cannot be used: {error}.") from None
    for one in found:
        issuer(one.address)


def is_own_machine(address: str) -> bool:
    """Whether an address is this machine's own."""
    return urlsplit(address).hostname in {"localhost", "127.0.0.1", "::1"}


def claims(text: str) -> None:
    """Take claims as `claim=value`, comma between."""
    if not all(re.fullmatch(r"[^\s=,]+=[^\s=,]+", one.strip()) for one in text.split(",")):
        raise ValidationError("must be claim=value, with commas between, for example amr=mfa.")


def database_url(url: str) -> str:
    """Name the driver in a PostgreSQL address, so that operators need not."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def database(url: str) -> None:
    """Take a database that we know: a file of SQLite, or PostgreSQL."""
    try:
        parts = make_url(database_url(url))
    except (ArgumentError, ValueError):
        raise ValidationError(
            "cannot be read. Write sqlite:////path/consult.sqlite or "
            "postgresql://user:password@host/name, with %-codes for signs like @ in a password."
        ) from None
    if parts.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ValidationError(f"names {parts.drivername}: the databases are sqlite and postgresql.")
    if not parts.database or parts.database == ":memory:":
        raise ValidationError("names no database: everything would be gone at the next start.")
    if parts.drivername == "sqlite":
        writable(Path(parts.database).parent)


def storage(url: str) -> None:
    """Take a folder of this machine, or a bucket of object storage; that one is tried later."""
    scheme, _, path = url.partition(":")
    if scheme == SCHEME:
        _bucket(path)
        return
    if scheme != "file" or not path:
        raise ValidationError(
            f"begins with {url[:20].partition(':')[0]!r}, a storage that this version does not "
            "know. Write file:/path of a folder, or s3://bucket/prefix."
        )
    if not path.startswith("/") or (path.startswith("//") and not path.startswith("///")):
        raise ValidationError("must be file: and a path from the root, as in file:/srv/files.")
    writable(Path(path))


def scanner(url: str) -> None:
    """Take the address of a ClamAV daemon: a host and a port, or a socket of this machine."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        port, host, parts = 0, "", SplitResult("", "", "", "", "")
    has_host = bool(host) and port != 0 and parts.path in {"", "/"}
    has_path = not parts.netloc and parts.path.startswith("/")
    if parts.scheme != CLAMAV or not (has_host or has_path) or parts.query or parts.fragment:
        raise ValidationError(
            "must be clamav://host:port of a ClamAV daemon, or clamav:/path of its socket on this "
            "machine, as in clamav:/run/clamav/clamd.ctl."
        )


def record(url: str) -> None:
    """Take the place of the published log: a folder by its path, or as any storage is named."""
    if url.startswith((f"{SCHEME}:", "file:")):
        storage(url)
    else:
        writable(Path(url))


def overlap(one: str, other: str) -> bool:
    """Whether one storage lies in another one."""
    first, second = (f"{url.removeprefix('file:').rstrip('/')}/" for url in (one, other))
    return first.startswith(second) or second.startswith(first)


def _bucket(path: str) -> None:
    """Take the name of a bucket, and what every key in it begins with."""
    bucket, _, prefix = path.removeprefix("//").partition("/")
    if not path.startswith("//") or not _BUCKET.fullmatch(bucket):
        raise ValidationError(
            "must be s3:// and the name of a bucket: 3 to 63 small letters, digits, dots and "
            "hyphens, as in s3://consult-files. Keys and the server have settings of their own."
        )
    if prefix and not all(_SEGMENT.fullmatch(one) for one in prefix.rstrip("/").split("/")):
        raise ValidationError(
            "must have letters, digits, dots, hyphens and underscores only behind the bucket, with "
            "a / between, as in s3://consult-files/site."
        )


def storage_access(access: StorageAccess, setting: str) -> list[str]:
    """Say what is wrong with how the object storage that a setting names is reached."""
    faults = [
        f"{name} is not set, and {setting} names object storage: it needs a key of its "
        "server, in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        for name, text in (
            ("AWS_ACCESS_KEY_ID", access.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", access.secret_access_key),
        )
        if not text
    ]
    if not access.endpoint:
        return faults
    try:
        scheme = _split(access.endpoint).scheme
    except ValidationError as fault:
        return [*faults, f"AWS_ENDPOINT_URL_S3 {fault.args[0]}"]
    if scheme == "http" and not (access.allow_http or is_own_machine(access.endpoint)):
        faults.append(
            "AWS_ENDPOINT_URL_S3 must begin with https://: files would travel over http:// for all "
            "to read. In a network where nobody else reads, set AWS_ALLOW_HTTP=true."
        )
    return faults


def writable(folder: Path) -> None:
    """Take a folder that can be written to, or can be made."""
    if not is_writable(folder):
        raise ValidationError(
            f"cannot be used: {nearest(folder)} is no folder that can be written to."
        )


def instance(path: str) -> None:
    """Take the folder of an installation."""
    writable(Path(path))


def theme(name: str, themes: Path) -> None:
    """Take a look that was laid among the themes."""
    if name == "consult":
        return
    if not re.fullmatch(r"[a-z0-9-]{1,40}", name):
        raise ValidationError("must be the name of a theme: small letters, digits and hyphens.")
    if not (themes / f"{name}.css").is_file():
        laid = ", ".join(["consult", *sorted(path.stem for path in themes.glob("*.css"))])
        raise ValidationError(f"names {name}, and these are laid: {laid}.")


def mail_url(url: str) -> None:
    """Take where mail goes."""
    try:
        mail_settings(url)
    except ValueError as error:
        raise ValidationError(str(error).removeprefix("CONSULT_MAIL_URL ")) from None


def sender(address: str) -> None:
    """Take the sender of mails: an address, or a name and an address between < and >."""
    if not _SENDER.fullmatch(address):
        raise ValidationError("must be an address: consult@example.org, or Name <...@...>.")


def counts_url(url: str) -> None:
    """Take where rate limits are counted."""
    if url in {"memory://", IN_DATABASE}:
        return
    try:
        parts = urlsplit(url)
        usable = parts.hostname and parts.port != 0
    except ValueError:
        parts, usable = SplitResult("", "", "", "", ""), None
    if parts.scheme not in {"redis", "rediss"} or not usable:
        raise ValidationError("must be redis://host:6379 or rediss://host:6379.")
    if find_spec("redis") is None:
        raise ValidationError("needs the Python package “redis”, which is not installed.")
