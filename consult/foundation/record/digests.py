"""The arithmetic of the record: canonical JSON, salted digests, entries (docs/record-format.md)."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypedDict

SALT_BYTES = 16
_FIELD, _EVENT = b"consult-field/v1\n", b"consult-event/v1\n"


class OpenedField(TypedDict):
    """What opens the digest of a field."""

    salt: str
    value: object


def canonical(value: object) -> bytes:
    """Write a value as JSON in one way only (RFC 8785).

    Numbers must be whole; raises ValueError for a broken one, and TypeError for what is no JSON.
    """
    # Where keys are ASCII and numbers are whole, this is what RFC 8785 asks for (tested).
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def timestamp(at: datetime) -> str:
    """Write a moment for the record: UTC, microseconds, ending in Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_salt() -> str:
    """Make a fresh salt of 128 random bits, in hex."""
    return secrets.token_hex(SALT_BYTES)


def field_digest(salt: str, value: object) -> str:
    """Return the salted digest of one field, in hex."""
    return hashlib.sha256(_FIELD + bytes.fromhex(salt) + canonical(value)).hexdigest()


def event_digest(salt: str, body: Mapping[str, object]) -> str:
    """Return the salted digest of an event with the digests of its fields, in hex."""
    return hashlib.sha256(_EVENT + bytes.fromhex(salt) + canonical(body)).hexdigest()


def entry_of(at: datetime, digest: str) -> bytes:
    """Return the entry of an event in the public log: the second, and the digest of the event."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {digest}".encode()
