"""The arithmetic of the record: canonical JSON, salted commitments and leaves.

Leaf = SHA-256(0x00 || canonical JSON), after RFC 9162 section 2.1.1; the salt keeps short texts
from being guessed from the public log.
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime

SALT_BYTES = 16


def canonical(value: object) -> bytes:
    """Write a value as JSON in one way only: sorted keys, no blanks, UTF-8 (after RFC 8785)."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def timestamp(at: datetime) -> str:
    """Write a moment for the record: UTC, microseconds, ending in Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_salt() -> str:
    """Make a fresh salt of 128 random bits, in hex."""
    return secrets.token_hex(SALT_BYTES)


def commitment(salt: str, content: object, reason: str) -> str:
    """Return the salted digest of what was said in an event, in hex."""
    body = canonical({"content": content, "reason": reason})
    return hashlib.sha256(bytes.fromhex(salt) + body).hexdigest()


def leaf_digest(body: dict[str, object]) -> str:
    """Return the digest of a leaf of the public log, in hex (RFC 9162: 0x00 before a leaf)."""
    return hashlib.sha256(b"\x00" + canonical(body)).hexdigest()
