"""Signed notes and their keys (C2SP signed-note), and the checkpoints that are written as such.

A note is a text of lines and the signatures below it. Signatures are Ed25519 (RFC 8032); those of
witnesses are timestamped (C2SP tlog-cosignature).
"""

import base64
import binascii
import hashlib
import re
import secrets
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consult.foundation.record.merkle import HASH_SIZE

PLAIN, COSIGNATURE = 0x01, 0x04
"""Kinds of signature: of a note by its author, and of a checkpoint by a witness."""
_KEY_SIZE, _ID_SIZE, _TIME_SIZE, _SIGNATURE_SIZE = 32, 4, 8, 64
_MOST_SIGNATURES = 64
_MOST_BYTES = 1_000_000
_PRIVATE = "PRIVATE+KEY+"


class NoteError(ValueError):
    """A note, a key or a checkpoint is not written as it should be, or is not signed."""


def _from_base64(text: str, what: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"{what} is not Base 64") from error
    if base64.b64encode(found).decode() != text:
        raise NoteError(f"{what} is not Base 64 in its one form")
    return found


def _check_name(name: str) -> str:
    if not name or "+" in name or any(sign.isspace() for sign in name):
        raise NoteError(f"“{name}” cannot be the name of a key: no blanks and no plus sign")
    return name


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name, and the kind of signature that it makes."""

    name: str
    kind: int
    key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature says whose it is."""
        body = self.name.encode() + b"\n" + bytes([self.kind]) + self.key
        return hashlib.sha256(body).digest()[:_ID_SIZE]

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def read(cls, text: str) -> "VerifierKey":
        """Read a key as it is written (name, key ID, kind and key); raises NoteError."""
        name, key_id, kind, key = _key_parts(text.strip())
        found = cls(name, kind, key)
        if found.key_id.hex() != key_id:
            raise NoteError("the key does not have the ID that stands before it")
        return found

    def verify(self, text: str, signature: bytes) -> None:
        """Check a signature (without the key ID) of a note's text; raises NoteError."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            if len(signature) != _TIME_SIZE + _SIGNATURE_SIZE:
                raise NoteError(f"the signature of {self.name} has the wrong length")
            at = int.from_bytes(signature[:_TIME_SIZE])
            message, signature = _cosigned(text, at), signature[_TIME_SIZE:]
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise NoteError(f"the signature of {self.name} does not verify") from error


def _key_parts(text: str) -> tuple[str, str, int, bytes]:
    """Return the name, the ID, the kind and the bytes of a key, public or private."""
    parts = text.split("+", 2)
    if len(parts) != 3:  # noqa: PLR2004
        raise NoteError("a key is written as its name, its ID and the key, with plus signs between")
    body = _from_base64(parts[2], "the key")
    if len(body) != 1 + _KEY_SIZE or body[0] not in {PLAIN, COSIGNATURE}:
        raise NoteError("the key is not an Ed25519 key of a kind that is known here")
    return _check_name(parts[0]), parts[1], body[0], body[1:]


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


@dataclass(frozen=True)
class SignerKey:
    """A private key with its name."""

    name: str
    kind: int
    secret: bytes

    @classmethod
    def make(cls, name: str, kind: int = PLAIN) -> "SignerKey":
        """Make a new key."""
        return cls(_check_name(name), kind, secrets.token_bytes(_KEY_SIZE))

    @property
    def verifier(self) -> VerifierKey:
        """The public key."""
        public = self._private().public_key().public_bytes_raw()
        return VerifierKey(self.name, self.kind, public)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)

    def __repr__(self) -> str:
        return f"SignerKey({self.name!r})"

    def written(self) -> str:
        """Return the key as it is kept in a file, on one line, as other tools for notes do."""
        encoded = base64.b64encode(bytes([self.kind]) + self.secret).decode()
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{encoded}"

    @classmethod
    def read(cls, text: str) -> "SignerKey":
        """Read a key from its file; raises NoteError."""
        text = text.strip()
        if not text.startswith(_PRIVATE):
            raise NoteError("this is not a private key for notes")
        name, key_id, kind, secret = _key_parts(text.removeprefix(_PRIVATE))
        found = cls(name, kind, secret)
        if found.verifier.key_id.hex() != key_id:
            raise NoteError("the key does not have the ID that stands before it")
        return found

    def sign(self, text: str) -> "Signature":
        """Sign the text of a note."""
        return Signature(self.name, self.verifier.key_id, self._private().sign(text.encode()))

    def cosign(self, text: str, at: datetime) -> "Signature":
        """Sign a checkpoint as a witness does, with the moment in whole seconds."""
        seconds = int(at.timestamp())
        signed = self._private().sign(_cosigned(text, seconds))
        return Signature(self.name, self.verifier.key_id, struct.pack(">Q", seconds) + signed)


@dataclass(frozen=True)
class Signature:
    """A signature below a note: by whom, with which key."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"

    @property
    def cosigned_at(self) -> datetime:
        """When a witness signed; for a cosignature only."""
        return datetime.fromtimestamp(int.from_bytes(self.value[:_TIME_SIZE]), UTC)


@dataclass(frozen=True)
class Note:
    """A signed text; it ends in a line break and says nothing until a signature is verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(str(one) for one in self.signatures)

    def with_signatures(self, more: Iterable[Signature]) -> "Note":
        """Return the note with more signatures below it, each once."""
        return replace(self, signatures=tuple(dict.fromkeys((*self.signatures, *more))))

    def signed_by(self, keys: Sequence[VerifierKey]) -> list[Signature]:
        """Return the signatures by these keys; NoteError where one of them does not verify."""
        known = {(key.name, key.key_id): key for key in keys}
        found = []
        for one in self.signatures:
            if key := known.get((one.name, one.key_id)):
                key.verify(self.text, one.value)
                found.append(one)
        return found


def sign_note(text: str, keys: Iterable[SignerKey]) -> Note:
    """Return a text (ending in a line break), signed by these keys."""
    return Note(text, tuple(key.sign(text) for key in keys))


def read_note(data: str) -> Note:
    """Take a note apart; raises NoteError where it is not written as one. Verifies nothing."""
    if len(data) > _MOST_BYTES:
        raise NoteError("the note is too long")
    if any(sign < " " and sign != "\n" for sign in data):
        raise NoteError("the note holds control characters")
    text, blank, below = data.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise NoteError("the note has no signatures")
    lines = below.removesuffix("\n").split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise NoteError("the note has too many signatures")
    return Note(text + "\n", tuple(read_signature(line) for line in lines))


def read_signature(line: str) -> Signature:
    """Read a signature line without its line break; raises NoteError."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—":  # noqa: PLR2004
        raise NoteError("a line below the note is not a signature")
    value = _from_base64(parts[2], "a signature")
    if len(value) <= _ID_SIZE:
        raise NoteError("a signature is too short")
    return Signature(_check_name(parts[1]), value[:_ID_SIZE], value[_ID_SIZE:])


@dataclass(frozen=True)
class TreeHead:
    """What a checkpoint says: which log, how many entries, and the root of their tree."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def read(cls, text: str) -> "TreeHead":
        """Read the text of a checkpoint (C2SP tlog-checkpoint); raises NoteError."""
        lines = text.removesuffix("\n").split("\n")
        if len(lines) != 3 or not lines[0]:  # noqa: PLR2004
            raise NoteError("a checkpoint of this log has three lines")
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
            raise NoteError("the second line of a checkpoint is the number of entries")
        root = _from_base64(lines[2], "the root")
        if len(root) != HASH_SIZE:
            raise NoteError("the root has the wrong length")
        return cls(lines[0], int(lines[1]), root)
