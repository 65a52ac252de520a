#!/usr/bin/env python3
"""Check a public record that somebody else keeps, with nothing but Python 3.11 or newer.

This file was written from the page `record-format.md` and the standards that it names, by somebody
who has not seen the program that makes the record. A section (§) is one of that page.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import datetime as dt
import functools
import hashlib
import http.client
import io
import itertools
import json
import re
import sys
import urllib.parse
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

# The page names no limits. These are wide for any honest file, and a hostile one costs little.
NOTE_LIMIT = 1 << 18  # bytes of a signed note; 16 signatures of 5 kB must fit (signed-note)
SIGNATURE_LIMIT = 100  # signatures of one note
JSON_LIMIT = 8 << 20  # bytes of one JSON value
RECEIPT_LIMIT = 12 << 20  # bytes of a receipt: its JSON is in Base 64
OPENED_LIMIT = 64 << 20  # bytes of an opened file: 256 entries with their texts
LINE_LIMIT = 1 << 20  # bytes of a line of an export (import-format.md, “The file”)
ITEM_LIMIT = 1_000_000  # lines of an export that are remembered
DEPTH_LIMIT = 100  # objects and lists inside each other
PROOF_LIMIT = 63  # hashes of a proof, for any tree below 2^63
FAULT_LIMIT = 50  # faults that are named before the check of a log stops
SHOWN_LIMIT = 10  # names that are listed in a sentence
WAIT = 30.0  # seconds to wait for a server
YEAR_9999 = 253402300799  # as a POSIX time, the last that datetime knows

WIDTH = 256  # hashes in a full tile, entries in a full bundle (tlog-tiles)
HASH_SIZE, ENTRY_SIZE = 32, 85  # bytes; SHA-256 and §3
LOG_KEY, WITNESS_KEY = 0x01, 0x04  # signature types (signed-note)
HTTP_OK, HTTP_GONE = 200, (404, 410)

SECONDS = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
ENTRY = re.compile(b"\0U" + (SECONDS + "Z [0-9a-f]{64}").encode())  # with its length before it
MOMENT = re.compile(SECONDS + r"\.[0-9]{6}Z")
DIGEST = re.compile(r"[0-9a-f]{64}")
SALT = re.compile(r"[0-9a-f]{32}")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DECIMAL = re.compile(r"0|[1-9][0-9]{0,17}")  # 18 digits: below 2^63 in any case
ROW = re.compile(r"row\.([a-z0-9_]+)\.([A-Za-z0-9_-]+)(?:\.([a-z0-9_]+))?")
FIELD = re.compile(rf"actor|reason|receipt|carried|said\.[a-z0-9_]+|{ROW.pattern}")
NEVER_PUBLIC = re.compile(r"actor|row\..*\.(?:restricted|private|secret)(?:_[0-9]+)?")  # §2, §5
THING = "a log (address or folder), or a receipt, proof.json, export or checkpoint (file)"
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
ACKNOWLEDGEMENT = "consult-acknowledgement/v1"
CHECKPOINT_LINES = 3
ITEMS = ("proposal", "comment", "response")  # the lines of an export that entries bind
OTHER_LINES = ("round", "participant", "theme", "position", "decision", "totals", "record", "entry")
LINES = (*ITEMS, *OTHER_LINES)
PARTS = ("action", "problem", "result", "openness")  # the texts of a proposal, in their order


class FaultError(Exception):
    """Something in the record is wrong: exit code 1."""


class UncheckedError(Exception):
    """Something cannot be read, so nothing was found out about it: exit code 2."""


def require(holds: object, sentence: str) -> None:
    """Raise a fault with this sentence unless the condition holds."""
    if not holds:
        raise FaultError(sentence)


@contextlib.contextmanager
def within(where: str) -> Iterator[None]:
    """Put the place where it was found before the sentence of a fault."""
    try:
        yield
    except FaultError as error:
        raise FaultError(f"{where}: {error}") from None


def shown(value: object, limit: int = 160) -> str:
    """Return a text from a hostile file, safe to print: no control codes, and not too long."""
    text = str(value)
    cut = text if len(text) <= limit else text[:limit] + "…"
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


# --- Ed25519 (RFC 8032 section 5.1) ---------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # the extended coordinates X, Y, Z, T of section 5.1.4
IDENTITY: Point = (0, 1, 1, 0)
BASE = bytes.fromhex("58" + "66" * 31)  # y is 4/5, x is even
KEY_SIZE, SIGNATURE_SIZE = 32, 64


def add(p: Point, q: Point) -> Point:
    """Return the sum of two points (RFC 8032 section 5.1.4; it holds for doubling as well)."""
    a = (p[1] - p[0]) * (q[1] - q[0])
    b = (p[1] + p[0]) * (q[1] + q[0])
    c = 2 * p[3] * q[3] * D
    d = 2 * p[2] * q[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def encode_point(point: Point) -> bytes:
    """Return a point as 32 bytes (RFC 8032 section 5.1.2)."""
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(KEY_SIZE, "little")


def decode_point(data: bytes) -> Point | None:
    """Return the point that 32 bytes stand for, or None (RFC 8032 section 5.1.3)."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if len(data) != KEY_SIZE or y >= P:  # y >= P would be a second way to write the same point
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * SQRT_MINUS_1 % P
    if (v * x * x - u) % P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def has_small_order(point: Point) -> bool:
    """Whether 8 times the point is the identity: with such a key anybody can sign."""
    for _ in range(3):
        point = add(point, point)
    return point[0] == 0 and point[1] == point[2]


@functools.lru_cache(maxsize=64)
def multiples(encoded: bytes) -> list[list[Point]] | None:
    """Return 0 to 15 times 16^i times a point, for 64 i: many notes of one key get fast by it."""
    step = decode_point(encoded)
    if step is None or has_small_order(step):
        return None
    rows = []
    for _ in range(64):
        row = [IDENTITY]
        for _ in range(16):
            row.append(add(row[-1], step))
        step = row.pop()
        rows.append(row)
    return rows


def multiply(number: int, table: Sequence[Sequence[Point]]) -> Point:
    """Return a number below 2^256 times the point of this table of multiples."""
    total = IDENTITY
    for row in table:
        total = add(total, row[number & 15])
        number >>= 4
    return total


def hash_number(*parts: bytes) -> int:
    """Return SHA-512 of the parts as a number modulo L (RFC 8032 sections 5.1.6 and 5.1.7)."""
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this key made the signature of the message (RFC 8032 section 5.1.7).

    The equation without the factor 8 is checked. R is compared as bytes with the encoding of
    [S]B - [k]A, so an R that is not canonical fails. Points of small order are refused.
    """
    table, base = multiples(public), multiples(BASE)
    s = int.from_bytes(signature[KEY_SIZE:], "little")
    if table is None or base is None or len(signature) != SIGNATURE_SIZE or s >= L:
        return False
    x, y, z, t = multiply(hash_number(signature[:KEY_SIZE], public, message), table)
    found = add(multiply(s, base), (-x % P, y, z, -t % P))
    return encode_point(found) == signature[:KEY_SIZE] and not has_small_order(found)


# --- JSON, Base 64, digests -----------------------------------------------------------------------


def _members_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has a member twice, so it can be read in two ways")
    return found


def _check_json(value: object, room: int = DEPTH_LIMIT) -> None:
    """Refuse what canonical JSON of this format cannot hold; a text is checked elsewhere."""
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**53):
        raise ValueError("a number is not whole, or not below 2^53")
    if isinstance(value, dict | list):
        if not room:
            raise RecursionError
        for inner in value.values() if isinstance(value, dict) else value:
            _check_json(inner, room - 1)


def parse_json(data: bytes) -> object:
    """Return a JSON value that RFC 8785 can write in one way only (“Standards” of the page)."""
    require(len(data) <= JSON_LIMIT, f"It is larger than the {JSON_LIMIT} bytes that we read.")
    try:
        value: object = json.loads(data.decode(), object_pairs_hook=_members_once)
        _check_json(value)
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate cannot be encoded
    except UnicodeError:
        raise FaultError("It holds text that is not valid Unicode (UTF-8).") from None
    except RecursionError:
        raise FaultError(f"Its JSON is nested more than {DEPTH_LIMIT} deep.") from None
    except ValueError as error:
        raise FaultError(f"It is not JSON as it should be: {shown(error)}.") from None
    return value


def canonical(value: object) -> str:
    """Return a JSON value in the one way of RFC 8785: no spaces, members in UTF-16 order."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(inner) for inner in value) + "]"
    # For texts, true, false, null and whole numbers Python writes what section 3.2.2 asks.
    return json.dumps(value, ensure_ascii=False)


def members(value: object, what: str, *names: str) -> dict[str, object]:
    """Return an object that has exactly these members, or any where none are named."""
    if not isinstance(value, dict):
        raise FaultError(f"{what} is not an object.")
    for name in [*names, *value] if names else []:
        require(name in value, f"{what} lacks the member `{name}`.")
        require(name in names, f"{what} has a member `{shown(name)}`, which is not known.")
    return value


def text_of(value: object, what: str, form: re.Pattern[str] | None = None) -> str:
    """Return a value that has to be a text, of this form where one is given."""
    if not isinstance(value, str) or (form and not form.fullmatch(value)):
        raise FaultError(f"{what} is not as it should be: `{shown(value, 60)}`.")
    return value


def utf8(data: bytes) -> str:
    """Return bytes from outside as a text."""
    try:
        return data.decode()
    except UnicodeError:
        raise FaultError("It is not valid UTF-8.") from None


def unbase64(text: str, what: str, size: int | None = None) -> bytes:
    """Return the bytes of a Base 64 text, written in its one proper way (RFC 4648 section 4)."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        data = b""
    proper = base64.b64encode(data).decode() == text
    require(data and proper, f"{what} is not proper Base 64: `{shown(text, 60)}`.")
    require(size in (None, len(data)), f"{what} has {len(data)} bytes and should have {size}.")
    return data


def salted_digest(label: str, salt: object, value: object) -> str:
    """Return the digest of a field or of an event, in hex (§1)."""
    salted = bytes.fromhex(text_of(salt, "A salt, 32 lower-case hex digits,", SALT))
    text = f"{label}\n".encode() + salted + canonical(value).encode()
    return hashlib.sha256(text).hexdigest()


# --- The tree (RFC 6962 section 2.1, RFC 9162 section 2.1) ----------------------------------------

Hashes = Sequence[bytes]
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(hashes: Hashes) -> bytes:
    """Return the root over leaf hashes (RFC 6962 section 2.1): pair them, the odd one moves up."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        hashes = [node_hash(a, b) for a, b in pairs] + list(hashes[len(hashes) & ~1 :])
    return hashes[0] if hashes else EMPTY_ROOT


def _climb(fn: int, sn: int, start: bytes, path: Hashes) -> tuple[bytes, bytes] | None:
    """Return the roots of the first and the second tree that a path leads to (RFC 9162)."""
    fr = sr = start
    for c in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return (fr, sr) if sn == 0 else None


def verify_inclusion(leaf: bytes, index: int, size: int, path: Hashes, root: bytes) -> bool:
    """Whether the path leads from the leaf to the root (RFC 9162 section 2.1.3.2)."""
    found = _climb(index, size - 1, leaf, path) if 0 <= index < size else None
    return found is not None and found[1] == root


def verify_consistency(first: int, second: int, old: bytes, new: bytes, path: Hashes) -> bool:
    """Whether the first tree is a prefix of the second (RFC 9162 section 2.1.4.2)."""
    if first in (0, second):  # no path is needed; the standard speaks of 0 < first < second
        return not path and old == (new if first else EMPTY_ROOT)
    if first > second or not path:
        return False
    start, *rest = path if first & (first - 1) else [old, *path]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return _climb(fn, sn, start, rest) == (old, new)


# --- Keys, signed notes, checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature) --------


@dataclass(frozen=True)
class Key:
    """A verifier key: its name, the signature type and the Ed25519 public key."""

    name: str
    kind: int
    public: bytes

    @functools.cached_property
    def key_id(self) -> bytes:
        """The key ID, which follows from all the rest (signed-note, “Signatures”)."""
        data = f"{self.name}\n".encode() + bytes([self.kind]) + self.public
        return hashlib.sha256(data).digest()[:4]


def is_key_name(name: str) -> bool:
    """Whether a key may have this name: not empty, no Unicode space, no plus (signed-note)."""
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)


def parse_key(text: str, kind: int) -> Key:
    """Return a verifier key of this signature type from its text (§4)."""
    name, key_id, encoded = [*text.split("+", 2), "", ""][:3]
    with within(f"The key `{shown(text)}` cannot be used"):
        formed = is_key_name(name) and name.isprintable()
        require(formed, "A key is written NAME+8 hex digits+Base 64.")
        data = unbase64(encoded, "Its last part", 1 + KEY_SIZE)
        wanted = "a log (type 1)" if kind == LOG_KEY else "a witness (type 4)"
        require(data[0] == kind, f"It is not an Ed25519 key of {wanted}.")
        key = Key(name, kind, data[1:])
        require(key.key_id.hex() == key_id, f"Its key ID should be {key.key_id.hex()}.")
        require(multiples(key.public) is not None, "It is no point that binds anybody.")
    return key


def parse_keys(texts: Sequence[str], kind: int) -> list[Key]:
    """Return the keys of the command line; a wrong one is no fault of the record."""
    try:
        return [parse_key(text, kind) for text in texts]
    except FaultError as error:
        raise UncheckedError(str(error)) from None


@dataclass(frozen=True)
class Note:
    """A signed note: its text, with the last newline, and its signatures."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]  # a name, a key ID, a signature

    def by(self, keys: Sequence[Key]) -> Iterator[tuple[Key, bytes]]:
        """Yield each of the keys that the note names, with the signature that stands there."""
        for (name, key_id, signature), key in itertools.product(self.signatures, keys):
            if (name, key_id) == (key.name, key.key_id):
                yield key, signature


def parse_note(whole: str) -> Note:
    """Return a note in its form, with nothing verified yet (signed-note, “Format”)."""
    require(len(whole) <= NOTE_LIMIT, f"The note is larger than {NOTE_LIMIT} characters.")
    clean = all(c >= " " or c == "\n" for c in whole)
    require(clean, "The note has a control character in it.")
    text, blank, below = whole.rpartition("\n\n")
    formed = blank and text and below.endswith("\n")
    require(formed, "It is no signed note: a text, an empty line, and signatures.")
    lines = below[:-1].split("\n")
    require(len(lines) <= SIGNATURE_LIMIT, f"The note has over {SIGNATURE_LIMIT} signatures.")
    signatures = []
    for line in lines:
        name, encoded = [*line.split(" ")[1:], "", ""][:2]
        formed = is_key_name(name) and line == f"— {name} {encoded}"
        require(formed, f"The note has a line that is no signature: `{shown(line, 60)}`.")
        data = unbase64(encoded, f"A signature by {shown(name, 60)}")
        require(data[4:], f"A signature by {shown(name, 60)} is too short.")
        signatures.append((name, data[:4], data[4:]))
    return Note(text + "\n", tuple(signatures))


def require_signed(note: Note, keys: Sequence[Key]) -> None:
    """Refuse a note that no known key signed, or with a signature by one that does not hold."""
    found = list(note.by(keys))
    for key, signature in found:
        holds = ed25519_verify(key.public, note.text.encode(), signature)
        require(holds, f"The signature by {shown(key.name)} does not hold: something was changed.")
    names = ", ".join(f"{name}+{key_id.hex()}" for name, key_id, _ in note.signatures)
    require(found, f"No key of the log that you trust signed it, but: {shown(names)}.")


def cosigners(note: Note, witnesses: Sequence[Key]) -> list[tuple[Key, int]]:
    """Return each known witness that signed, and when (tlog-cosignature, Ed25519)."""
    found = []
    for key, signature in note.by(witnesses):
        at = int.from_bytes(signature[:8], "big")
        message = f"cosignature/v1\ntime {at}\n{note.text}".encode()
        holds = at < 2**63 and ed25519_verify(key.public, message, signature[8:])
        require(holds, f"The cosignature by the witness {shown(key.name)} does not hold.")
        found.append((key, at))
    return found


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint: its three lines, the note that they stand in, and how to speak of it."""

    origin: str
    size: int
    root: bytes
    note: Note
    what: str


def parse_checkpoint(text: str, what: str) -> Checkpoint:
    """Return a checkpoint in its form, with nothing verified yet (tlog-checkpoint; §4)."""
    note = parse_note(text)
    lines = note.text.split("\n")[:-1]
    require(len(lines) == CHECKPOINT_LINES, f"A checkpoint has 3 lines, and not {len(lines)}.")
    require(lines[0], "The checkpoint has no origin.")
    size = int(text_of(lines[1], "The number of entries", DECIMAL))
    root = unbase64(lines[2], "The root hash", HASH_SIZE)
    require(size or root == EMPTY_ROOT, "It counts no entries and has the root of some.")
    return Checkpoint(lines[0], size, root, note, what)


# --- Where the files of a log are -----------------------------------------------------------------


def read_file(path: Path, limit: int) -> bytes | None:
    """Return a plain file, or None where there is none. A device or a pipe might never end."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        data = file.read(limit + 1)
    require(len(data) <= limit, f"`{shown(path)}` is larger than the {limit} bytes that we read.")
    return data


def is_log(name: str) -> bool:
    """Whether the name is an address or a folder, and not a file."""
    return name.startswith(("https://", "http://")) or Path(name).is_dir()


def body_of(answer: http.client.HTTPResponse, limit: int) -> bytes:
    """Return what a server sent, unpacked, but not much more than limit bytes of it."""
    data = answer.read(limit + 1024)  # gzip makes a very small file larger
    whole = not answer.length or len(data) > limit
    if answer.getheader("Content-Encoding") == "gzip":  # tlog-tiles allows it even unasked
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        data = unpacker.decompress(data, limit + 1)
        whole = whole and (unpacker.eof or len(data) > limit)
    if not whole:
        raise ValueError("the answer was cut off")
    return data


class Place:
    """A log in a folder, or at an address; then the connection is kept for its many files."""

    def __init__(self, name: str) -> None:
        self.name = name.rstrip("/") or name
        self.connection: http.client.HTTPConnection | None = None
        if not is_log(name):
            raise UncheckedError(f"`{shown(name)}` is not the folder or the address of a log.")
        if not Path(name).is_dir():
            try:
                parts = urllib.parse.urlsplit(self.name)
                secure = parts.scheme == "https"
                kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
                self.connection, self.path = kind(parts.netloc, timeout=WAIT), parts.path
            except (ValueError, http.client.HTTPException):
                raise UncheckedError(f"`{shown(name)}` is no address.") from None

    def names(self, path: str) -> list[str]:
        """Return the names in a folder of the log; a server lists none."""
        folder = Path(self.name) / path
        listed = self.connection is None and folder.is_dir()
        return [entry.name for entry in folder.iterdir()] if listed else []

    def read(self, path: str, limit: int) -> bytes | None:
        """Return a file of the log, or None where there is none."""
        if self.connection is None:
            return read_file(Path(self.name) / path, limit)
        status, data = self.ask("GET", path, limit)
        if status in HTTP_GONE:
            return None
        if status != HTTP_OK or len(data) > limit:
            self.close()
        if status != HTTP_OK:
            raise UncheckedError(f"`{shown(self.name)}/{path}` gives the status {status}.")
        require(len(data) <= limit, f"`{path}` is larger than the {limit} bytes that we read.")
        return data

    def ask(self, method: str, path: str, limit: int, body: bytes = b"") -> tuple[int, bytes]:
        """Return the status of an answer of the server, and a little more than limit bytes."""
        headers = {"Accept-Encoding": "gzip, identity", "User-Agent": "verify_public"}
        if self.connection is None:
            raise UncheckedError(f"`{shown(self.name)}` is a folder, and not an address.")
        for again in (True, False):  # the server may have ended the connection that was kept
            try:
                self.connection.request(method, f"{self.path}/{path}", body or None, headers)
                answer = self.connection.getresponse()
                data = body_of(answer, limit)
                if not answer.isclosed():  # more than we want to read
                    self.connection.close()
                break
            except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
                self.connection.close()
                reason = f"`{shown(self.name)}/{path}` is not reached: {shown(error)}."
            if not again:
                raise UncheckedError(reason)
        return answer.status, data

    def close(self) -> None:
        """Let the connection go, if there is one."""
        if self.connection is not None:
            self.connection.close()


def tile_name(number: int) -> str:
    """Return the index of a tile as elements of a path (tlog-tiles): 1234067 is x001/x234/067."""
    name = f"{number % 1000:03d}"
    while number := number // 1000:
        name = f"x{number % 1000:03d}/{name}"
    return name


def read_part(place: Place, kind: str, number: int, width: int) -> tuple[str, bytes]:
    """Return the path and the bytes of a tile or bundle of this width (tlog-tiles).

    A partial one may be gone once there is a full one; then the beginning of that is returned.
    """
    unit = ENTRY_SIZE + 2 if kind == "entries" else HASH_SIZE
    path = full = f"tile/{kind}/{tile_name(number)}"
    data, has = None, width
    if width < WIDTH:
        path = f"{full}.p/{width}"
        data = place.read(path, unit * WIDTH)
    if data is None:
        data, has = place.read(full, unit * WIDTH), WIDTH
    if data is None:
        raise FaultError(f"The file `{path}` is missing, and the checkpoint counts what is in it.")
    whole = unit * has
    require(len(data) == whole, f"The file `{path}` has {len(data)} bytes, and not {whole}.")
    return path, data[: unit * width]


class TileTree:
    """The hashes of the tree of a checkpoint, from the tiles of a log (tlog-tiles)."""

    def __init__(self, place: Place, size: int) -> None:
        self.size = size
        self.tile = functools.lru_cache(maxsize=64)(functools.partial(read_part, place))

    def root(self, start: int, end: int) -> bytes:
        """Return MTH(D[start:end]) of RFC 6962; start is a multiple of its left subtree."""
        count = end - start
        if count & (count - 1):
            middle = start + (1 << (count - 1).bit_length() - 1)
            return node_hash(self.root(start, middle), self.root(middle, end))
        level, height = divmod(count.bit_length() - 1, 8)
        number, offset = divmod(start >> 8 * level, WIDTH)
        width = min(WIDTH, (self.size >> 8 * level) - number * WIDTH)
        data = self.tile(str(level), number, width)[1]
        starts = range(offset * HASH_SIZE, (offset + (1 << height)) * HASH_SIZE, HASH_SIZE)
        return tree_root([data[i : i + HASH_SIZE] for i in starts])

    def consistency(self, first: int) -> list[bytes]:
        """Return PROOF(first, D) of RFC 6962 section 2.1.2, for 0 < first < size."""
        proof: list[bytes] = []
        start, end, whole = 0, self.size, True
        while first != end - start:
            middle = start + (1 << (end - start - 1).bit_length() - 1)
            if first <= middle - start:
                proof.append(self.root(middle, end))
                end = middle
            else:
                proof.append(self.root(start, middle))
                first, start, whole = first - (middle - start), middle, False
        return ([] if whole else [self.root(start, end)]) + proof[::-1]


def require_follows(place: Place, old: Checkpoint, new: Checkpoint) -> None:
    """Refuse a new checkpoint that does not follow from an old one (RFC 9162 section 2.1.4.2)."""
    sizes = f"{old.size} entries of before and {new.size} of now"
    require(old.size <= new.size, f"Of {sizes}: some were taken away, or this copy is old.")
    same = old.size != new.size or old.root == new.root
    require(same, f"There are two trees of {new.size} entries: the log was rewritten.")
    proof = TileTree(place, new.size).consistency(old.size) if 0 < old.size < new.size else []
    follows = verify_consistency(old.size, new.size, old.root, new.root, proof)
    require(follows, f"Of {sizes}: the log was rewritten, or its tiles were changed.")


# --- Events and what is opened of them ------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def is_day(text: str) -> bool:
    """Whether there is such a day in the calendar."""
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Opening:
    """An event that was opened: itself, the entry that follows from it, and the opened values."""

    event: dict[str, object]
    at: str
    digest: str
    entry: bytes
    bound: dict[str, object]  # the digest of each field
    values: dict[str, object]


def check_event(value: object) -> dict[str, object]:
    """Return an event whose members are of the right kinds (§2)."""
    names = ("event", "verb", "subject", "plan", "round", "at", "fields")
    event = members(value, "The event", *names)
    text_of(event["event"], "The name of the event, a UUID,", UUID)
    require(text_of(event["verb"], "The verb"), "The event has no verb.")
    subject = members(event["subject"], "The subject of the event", "type", "id")
    require(text_of(subject["type"], "The type of the subject"), "The subject has no type.")
    key = subject["id"]
    keyed = type(key) is int or (isinstance(key, str) and key)
    require(keyed, "The subject of the event has no key.")
    for name in ("plan", "round"):
        require(type(event[name]) in (int, type(None)), f"`{name}` is no number and not null.")
    at = text_of(event["at"], "The moment of the event", MOMENT)
    require(is_day(at[:10]), "The event is of a day that is not in the calendar.")
    for name, digest in members(event["fields"], "`fields` of the event").items():
        require(FIELD.fullmatch(name), f"The event has a field `{shown(name)}`: no such name.")
        text_of(digest, f"The digest of the field `{name}`", DIGEST)
    return event


def open_field(bound: dict[str, object], name: str, opened: object) -> object:
    """Return the value of a field that opens the digest of this name (§1)."""
    require(name in bound, f"The field `{shown(name)}` is opened, and nothing binds it.")
    held = members(opened, f"The field `{shown(name)}`", "salt", "value")
    digest = salted_digest("consult-field/v1", held["salt"], held["value"])
    require(digest == bound[name], f"The field `{shown(name)}` or its salt was changed.")
    return held["value"]


def open_event(held: dict[str, object]) -> Opening:
    """Check `event`, `salt` and `fields` against each other (§1, §3, §5)."""
    event = check_event(held["event"])
    bound = members(event["fields"], "`fields` of the event")
    values = {}
    for name, opened in members(held["fields"], "`fields`").items():
        values[name] = open_field(bound, name, opened)
    digest = salted_digest("consult-event/v1", held["salt"], event)
    at = str(event["at"])
    return Opening(event, at, digest, f"{at[:19]}Z {digest}".encode(), bound, values)


# --- What is trusted and what was found -----------------------------------------------------------


@dataclass
class Verifier:
    """The keys that are trusted, and what was found in the things that were checked so far."""

    keys: list[Key] = field(default_factory=list)
    witnesses: list[Key] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)  # what could not be checked
    remarks: list[str] = field(default_factory=list)  # what to know, which is no fault
    seen: list[Checkpoint] = field(default_factory=list)
    leaves: dict[tuple[str, int], tuple[bytes, str]] = field(default_factory=dict)

    @property
    def code(self) -> int:
        """The exit code."""
        return 1 if self.faults else 2 if self.gaps else 0

    @contextlib.contextmanager
    def recorded(self, where: str) -> Iterator[None]:
        """Take up a fault or a failure inside the block, and go on after it."""
        try:
            with within(f"`{shown(where)}`"):
                yield
        except FaultError as error:
            self.faults.append(str(error))
        except (UncheckedError, OSError) as error:
            self.gaps.append(shown(error, 500))

    def remark(self, where: str, sentence: str) -> None:
        """Say something about a thing that is no fault."""
        self.remarks.append(f"`{shown(where)}`: {sentence}")

    def say_received(self, what: str, opening: Opening) -> None:
        """Say what a receipt proves: the moment and the values that it opens."""
        self.remark(what, f"This was received on {opening.at}:")
        for name, value in sorted(opening.values.items()):
            self.remark(what, f"  {name}: {shown(canonical(value), JSON_LIMIT)}")

    def verify(self, note: Note, origin: str) -> None:
        """Check that a trusted key of this log signed the note."""
        gap = "The signatures were not checked, because no key was given. Give one with --key."
        if self.keys:
            require_signed(note, [key for key in self.keys if key.name == origin])
        elif gap not in self.gaps:
            self.gaps.append(gap)

    def checkpoint(self, text: object, what: str) -> Checkpoint:
        """Return a checkpoint that a thing carries: signed, and taken up to be compared later."""
        checkpoint = parse_checkpoint(text_of(text, "The checkpoint"), what)
        self.verify(checkpoint.note, checkpoint.origin)
        self.seen.append(checkpoint)
        found = cosigners(checkpoint.note, self.witnesses)
        for key in self.witnesses:
            times = [min(at, YEAR_9999) for signer, at in found if signer == key]
            days = [
                f" on {dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d %H:%M:%S}" for at in times
            ]
            signed = f"signed it{','.join(days)}" if days else "has not signed it"
            self.remark(what, f"The witness {shown(key.name)} {signed}.")
        return checkpoint

    def cover(self, opening: Opening, index: object, proof: object, under: Checkpoint) -> None:
        """Check that an entry stands under a checkpoint (§6 steps 1 and 2, §8)."""
        if type(index) is not int or not 0 <= index < under.size:
            raise FaultError(f"The checkpoint counts {under.size}, so no {shown(index, 30)}.")
        if not isinstance(proof, list) or len(proof) > PROOF_LIMIT:
            raise FaultError(f"The proof is not a list of at most {PROOF_LIMIT} hashes.")
        what = "A hash of the proof"
        path = [unbase64(text_of(line, what), what, HASH_SIZE) for line in proof]
        leaf = leaf_hash(opening.entry)
        holds = verify_inclusion(leaf, index, under.size, path, under.root)
        require(holds, "The proof does not lead from this event to the root of the checkpoint.")
        other, where = self.leaves.setdefault((under.origin, index), (leaf, under.what))
        require(other == leaf, f"Entry {index} is another one here than in `{shown(where)}`.")


# --- A log ----------------------------------------------------------------------------------------


def load_log(name: str) -> tuple[Place, list[Key], str]:
    """Return where a log is, the keys that it shows and its checkpoint, not verified (§4, §5)."""
    place = Place(name)
    note, listed = place.read("checkpoint", NOTE_LIMIT), place.read("keys", NOTE_LIMIT)
    if note is None:
        raise UncheckedError(f"`{shown(name)}` has no file `checkpoint`, so it is no log.")
    require(listed, "The log has no file `keys`.")
    lines = utf8(listed or b"").removesuffix("\n").split("\n")
    require(len(lines) <= SIGNATURE_LIMIT, f"The file `keys` has over {SIGNATURE_LIMIT} lines.")
    with within("The file `keys`"):
        return place, [parse_key(line, LOG_KEY) for line in lines], utf8(note)


class LogCheck:
    """One walk through the entries of a log, which compares with them all that is published.

    At any moment it holds one bundle and, of each level, the hashes of the tile that is growing.
    """

    def __init__(self, verifier: Verifier, place: Place, present: Checkpoint) -> None:
        self.verifier, self.place, self.present = verifier, place, present
        self.rows: list[list[bytes]] = [[]]
        self.full = [0]  # of each level the number of full tiles
        self.opened = self.ahead = self.compared = 0
        names = place.names("checkpoints")
        strange = next((name for name in names if not re.fullmatch("[0-9]{12}", name)), None)
        require(strange is None, f"`checkpoints/{shown(strange)}` is no name of a checkpoint.")
        self.kept = sorted({present.size, *map(int, names)}, reverse=True)

    def root(self, leaves: list[bytes]) -> bytes:
        """Return the root of all full bundles so far and the leaves of one that is not full."""
        hashes = leaves
        for row in self.rows[1:]:
            hashes = row + ([tree_root(hashes)] if hashes else [])
        return tree_root(hashes)

    def walk(self) -> None:
        """Go through all bundles (tlog-tiles; §3, §4, §5)."""
        for number in range((self.present.size + WIDTH - 1) // WIDTH):
            entries = self.bundle(number)
            leaves = [leaf_hash(entry) for entry in entries]
            self.compare_kept(number * WIDTH, leaves)
            with self.verifier.recorded(f"{self.place.name}/opened/{tile_name(number)}"):
                self.check_opened(number, entries)
            self.push(0, leaves)
            few = len(self.verifier.faults) < FAULT_LIMIT
            require(few, f"There are {FAULT_LIMIT} faults or more; the check stopped here.")
        for level, row in enumerate(self.rows):
            if row:
                self.check_tile(level, row)
        if self.present.size == 0:
            self.compare_kept(0, [])
        holds = self.root(self.rows[0]) == self.present.root
        require(holds, "The entries do not lead to the root of the present checkpoint.")
        beyond = f"`checkpoints/{max(self.kept, default=0):012d}` counts more than `checkpoint`"
        require(not self.kept, f"{beyond}: some were taken away, or the log grew meanwhile.")

    def bundle(self, number: int) -> list[bytes]:
        """Return the entries of a bundle (tlog-tiles “Log entries”), each in its form (§3)."""
        width = min(WIDTH, self.present.size - number * WIDTH)
        path, data = read_part(self.place, "entries", number, width)
        self.check_older("entries", number, data)
        entries: list[bytes] = []
        for start in range(0, len(data), ENTRY_SIZE + 2):
            held = data[start : start + ENTRY_SIZE + 2]
            if not ENTRY.fullmatch(held) or not is_day(held[2:12].decode()):
                index = number * WIDTH + len(entries)
                said = shown(ascii(held))
                raise FaultError(f"`{path}`: Entry {index} is no moment and digest: {said}.")
            entries.append(held[2:])
        return entries

    def push(self, level: int, hashes: list[bytes]) -> None:
        """Add hashes to a level; a full tile is compared and gives one hash to the next level."""
        if level == len(self.rows):
            self.rows.append([])
            self.full.append(0)
        row = self.rows[level]
        row.extend(hashes)
        if len(row) == WIDTH:
            self.check_tile(level, row)
            self.push(level + 1, [tree_root(row)])
            self.full[level] += 1
            row.clear()

    def check_tile(self, level: int, row: list[bytes]) -> None:
        """Compare a tile with the hashes that follow from the entries (tlog-tiles)."""
        with self.verifier.recorded(self.place.name):
            path, tile = read_part(self.place, str(level), self.full[level], len(row))
            same = tile == b"".join(row)
            require(same, f"The tile `{path}` does not hold the hashes of its entries.")
            self.check_older(str(level), self.full[level], tile)

    def check_older(self, kind: str, number: int, data: bytes) -> None:
        """Compare the partial tiles of earlier trees, which a folder may still have (§5)."""
        unit = ENTRY_SIZE + 2 if kind == "entries" else HASH_SIZE
        folder = f"tile/{kind}/{tile_name(number)}.p"
        for name in self.place.names(folder):
            known = DECIMAL.fullmatch(name) is not None and 0 < int(name) < WIDTH
            require(known, f"`{folder}/{shown(name)}` is no name of a partial tile.")
            end = int(name) * unit
            part = self.place.read(f"{folder}/{name}", unit * WIDTH) or b""
            same = len(part) == end and data.startswith(part[: len(data)])
            require(same, f"`{folder}/{name}` is not a beginning of what stands there now.")

    def compare_kept(self, start: int, leaves: list[bytes]) -> None:
        """Check the kept checkpoints whose trees end in the bundle of these leaves (§4, §5)."""
        while self.kept and self.kept[-1] <= start + len(leaves):
            size = self.kept.pop()
            path = f"checkpoints/{size:012d}"
            with self.verifier.recorded(f"{self.place.name}/{path}"):
                data = self.place.read(path, NOTE_LIMIT)
                require(data is not None, "This kept checkpoint is missing.")
                old = parse_checkpoint(utf8(data or b""), path)
                self.verifier.verify(old.note, old.origin)
                same = (old.origin, old.size) == (self.present.origin, size)
                require(same, "It is the checkpoint of another log or size than its name says.")
                follows = old.root == self.root(leaves[: size - start])
                require(follows, "The entries do not lead to its root: the log was rewritten.")
                self.compared += 1

    def check_opened(self, number: int, entries: list[bytes]) -> None:
        """Check the opened file of a bundle, up to its first fault (§5)."""
        data = self.place.read(f"opened/{tile_name(number)}", OPENED_LIMIT)
        first, last = number * WIDTH, number * WIDTH - 1
        for count, line in enumerate(io.BytesIO(data or b""), 1):
            with within(f"Line {count}"):
                held = members(parse_json(line), "The line", "index", "salt", "event", "fields")
                index = held["index"]
                if type(index) is not int or not last < index < first + WIDTH:
                    raise FaultError(f"The index {shown(index, 30)} is out of order or bundle.")
                opening, last = open_event(held), index
                for name in filter(NEVER_PUBLIC.fullmatch, opening.values):
                    raise FaultError(f"It opens `{name}`, which is never public.")
                if index >= self.present.size:  # the log grew since we read its checkpoint
                    self.ahead += 1
                    continue
                same = opening.entry == entries[index - first]
                require(same, f"The event or its salt is not what entry {index} binds.")
                self.opened += 1


def check_log(verifier: Verifier, place: Place, keys: Sequence[Key], present: Checkpoint) -> None:
    """Check a published log (§3, §4, §5)."""
    with verifier.recorded(place.name):
        strange = [key.name for key in keys if key.name != present.origin]
        require(not strange, f"The file `keys` has a key of {shown(strange[:1])}.")
        require_signed(present.note, keys)
        if not list(present.note.by(keys[:1])):
            verifier.remark(place.name, "The present key has not signed the checkpoint yet.")
    if place.connection and place.name.partition("://")[2] != present.origin:
        sentence = f"This is a copy: the log calls itself `{shown(present.origin)}`."
        verifier.remark(place.name, sentence)
    with verifier.recorded(place.name):
        walk = LogCheck(verifier, place, present)
        walk.walk()
        counts = f"{walk.compared} kept checkpoints, {walk.opened} opened entries"
        verifier.remark(place.name, f"Compared: {present.size} entries, their tiles, {counts}.")
        if walk.ahead:
            sentence = f"{walk.ahead} opened entries come after the checkpoint: not compared yet."
            verifier.remark(place.name, sentence)


# --- Receipts -------------------------------------------------------------------------------------


def open_receipt(verifier: Verifier, value: object) -> tuple[Opening, str]:
    """Return what a receipt opens, and the log of its acknowledgement (§6 steps 3 and 4)."""
    held = members(value, "The receipt", "acknowledgement", "event", "salt", "fields")
    opening = open_event(held)
    with within("The acknowledgement"):
        note = parse_note(text_of(held["acknowledgement"], "It"))
        header, origin, at, code, digest, *_ = [*note.text.split("\n"), *[""] * 5]
        require(header == ACKNOWLEDGEMENT, f"It does not begin with {ACKNOWLEDGEMENT}.")
        verifier.verify(note, origin)
        require(at == opening.at, "Its moment is not that of the event.")
        require(digest == opening.digest, "Its digest is not that of the event.")
        names = sorted(name for name in opening.bound if name.startswith("said."))
        bound = "".join(f"{name} {opening.bound[name]}\n" for name in names)
        start = f"{header}\n{origin}\n{at}\n{code}\n{digest}\n"
        require(note.text == start + bound, "It does not name the said fields of the event.")
        same = code == opening.values.get("receipt", code) != ""
        require(same, "Its code is not that of the event.")
    return opening, origin


def check_waiting(verifier: Verifier, value: object, what: str) -> None:
    """Check a receipt that waits for its place, `.consult-receipt` (§6, “At hand-in”)."""
    opening, origin = open_receipt(verifier, value)
    verifier.say_received(what, opening)
    verifier.remark(what, f"The log `{shown(origin)}` acknowledged it; it is not yet proven there.")


def check_receipt(verifier: Verifier, data: bytes, what: str) -> None:
    """Check a receipt that has its place in the log, `.tlog-proof` (tlog-proof; §6)."""
    head, _, text = utf8(data).partition("\n\n")
    header, extra, index, *proof = [*head.split("\n"), "", ""]
    require(header == PROOF_HEADER, f"The first line is not {PROOF_HEADER}.")
    require(extra.startswith("extra "), "The second line is not `extra` and what was received.")
    formed = index.startswith("index ") and DECIMAL.fullmatch(index[6:])
    require(bool(formed), "The third line is not `index` and a whole number.")
    packed = unbase64(extra[6:], "The line `extra`")
    value = parse_json(packed)
    require(canonical(value).encode() == packed, "The line `extra` is not canonical JSON.")
    under = verifier.checkpoint(text, what)
    opening, origin = open_receipt(verifier, value)
    require(origin == under.origin, "The acknowledgement and the checkpoint are of two logs.")
    verifier.cover(opening, int(index[6:]), proof[:-2], under)
    verifier.say_received(what, opening)
    place = f"entry {index[6:]} of the log `{shown(origin)}`"
    verifier.remark(what, f"It is {place}, under a checkpoint of {under.size} entries.")


# --- Frozen versions ------------------------------------------------------------------------------


def sealed_digests(sealed: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield the pointer (RFC 6901) and the digest of each field of a sealed text (§7)."""
    if not isinstance(sealed, dict | list) or not sealed:
        yield pointer, text_of(sealed, f"The digest at `{shown(pointer)}` of `sealed`", DIGEST)
        return
    inner = sealed if isinstance(sealed, dict) else dict(enumerate(sealed))
    for name, value in inner.items():
        step = str(name).replace("~", "~0").replace("/", "~1")
        yield from sealed_digests(value, f"{pointer}/{step}")


def check_version(verifier: Verifier, value: object, what: str) -> None:
    """Check the `proof.json` of a frozen version (§7)."""
    held = members(value, "The version", "digest", "sealed", "fields", "checkpoint", "entry")
    sealed = members(held["sealed"], "`sealed`")
    require("label" in sealed, "`sealed` has no `label`, the name of the version.")
    bound: dict[str, object] = dict(sealed_digests(sealed))
    digest = hashlib.sha256(f"consult-version/v1\n{canonical(sealed)}".encode()).hexdigest()
    require(digest == held["digest"], f"The digest is not that of `sealed`, which is {digest}.")
    fields = members(held["fields"], "`fields`")
    for pointer, opened in fields.items():
        text = open_field(bound, pointer, opened)
        single = not isinstance(text, dict | list) or not text
        require(single, f"The field `{shown(pointer)}` holds more than one value.")
    left_out = len(bound) - len(fields)
    verifier.remark(what, f"The digest of the version is {digest}; {left_out} fields are left out.")
    if held["checkpoint"] is not None:
        with within("`checkpoint`"):
            verifier.checkpoint(held["checkpoint"], what)
    if held["entry"] is None:
        return verifier.remark(what, "It has no entry yet, so no log binds it.")
    with within("`entry`"):
        names = ("index", "salt", "event", "fields", "proof", "checkpoint")
        entry = members(held["entry"], "It", *names)
        opening, under = open_event(entry), verifier.checkpoint(entry["checkpoint"], what)
        verifier.cover(opening, entry["index"], entry["proof"], under)
        require(opening.event["verb"] == "version.frozen", "Its verb is not `version.frozen`.")
        same = opening.values.get("said.digest") == digest
        require(same, "It does not open `said.digest` with the digest of the version.")
    return verifier.remark(what, f"It is entry {entry['index']} of `{shown(under.origin)}`.")


# --- Exports --------------------------------------------------------------------------------------


class ExportCheck:
    """One pass through an export (§8, import-format.md). Of a line it keeps where it begins."""

    def __init__(self, verifier: Verifier, file: BinaryIO, what: str) -> None:
        self.verifier, self.file, self.what = verifier, file, what
        self.offsets: dict[tuple[str, str], int] = {}
        self.bound: set[tuple[str, str]] = set()
        self.under: Checkpoint | None = None

    def walk(self) -> None:
        """Check all lines, and that the last ones say what binds the others."""
        offset = count = 0
        while data := self.file.readline(LINE_LIMIT + 1):
            end, count = self.file.tell(), count + 1
            with within(f"Line {count}"):
                require(len(data) <= LINE_LIMIT, f"It is longer than {LINE_LIMIT} bytes.")
                if data.strip():
                    self.take(members(parse_json(data), "The line"), offset)
            self.file.seek(end)
            offset = end
        require(count, "It is empty.")
        if self.under is None:
            raise UncheckedError("it has no line `record`, so no log binds it.")
        free = sorted(f"{kind} {name}" for kind, name in self.offsets.keys() - self.bound)
        if free:
            some = shown(", ".join(free[:SHOWN_LIMIT]))
            self.verifier.remark(self.what, f"No entry binds {len(free)} of its lines: {some}.")
        self.verifier.remark(self.what, f"{len(self.bound)} lines are what the record says.")

    def take(self, line: dict[str, object], offset: int) -> None:
        """Check one line, or keep where it begins."""
        kind = text_of(line.get("type"), "`type`")
        require((kind == "round") == (offset == 0), "The first line, and no other, is the round.")
        require(kind in LINES, f"It has the unknown type `{shown(kind)}`.")
        if kind == "record":
            require(self.under is None, "There is a second line `record`.")
            note = members(line, "The line", "type", "checkpoint")["checkpoint"]
            self.under = self.verifier.checkpoint(note, self.what)
        elif kind == "entry":
            self.check_entry(line)
        else:
            require(self.under is None, "It comes after the line `record`.")
            if kind in ITEMS:
                item = (kind, text_of(name_of(kind, line), "The id"))
                require(item not in self.offsets, "The file has another line with this id.")
                require(len(self.offsets) < ITEM_LIMIT, f"There are over {ITEM_LIMIT} lines.")
                self.offsets[item] = offset

    def check_entry(self, line: dict[str, object]) -> None:
        """Check that an entry binds the line that it is of (§8)."""
        names = ("type", "of", "index", "salt", "event", "fields", "proof")
        members(line, "The line", *names)
        if self.under is None:
            raise FaultError("It comes before the line `record`.")
        of = members(line["of"], "`of`", "type", "id")
        kind, name = text_of(of["type"], "`type`"), text_of(of["id"], "`id`")
        subject = f"{shown(kind)} `{shown(name)}`"
        require((kind, name) in self.offsets, f"The file has no {subject}.")
        require((kind, name) not in self.bound, f"There is a second entry of {subject}.")
        self.bound.add((kind, name))
        opening = open_event(line)
        self.verifier.cover(opening, line["index"], line["proof"], self.under)
        self.file.seek(self.offsets[kind, name])
        item = members(parse_json(self.file.readline(LINE_LIMIT)), "The line")
        for member, said in compared(kind, item, row_of(kind, opening)).items():
            require(said, f"`{member}` of {subject} is not what the record says.")


def name_of(kind: str, line: dict[str, object]) -> object:
    """Return by what `of` of an entry names a line (§8)."""
    if kind != "response":
        return line.get("id")
    if line.get("subject") is None:  # before version 2 of the format
        return line.get("proposal")
    subject = members(line["subject"], "`subject`", "type", "id")
    require(subject["type"] == "proposal", "It answers something that is no proposal.")
    return subject["id"]


def row_of(kind: str, opening: Opening) -> dict[str, object]:
    """Return the columns of the one row that the opened fields speak of (§2, §8)."""
    rows, columns = set(), {}
    for name, value in opening.values.items():
        found = ROW.fullmatch(name)
        if found is None or found[1] != kind or found[3] is None:
            raise FaultError(f"The field `{name}` holds no column of a {shown(kind)}.")
        rows.add(found[2])
        columns[found[3]] = value
    require(len(rows) == 1, "Its fields are not all about the same one row.")
    return columns


def compared(kind: str, line: dict[str, object], row: dict[str, object]) -> dict[str, bool]:
    """Return for each member of a line whether the row says the same (§8, the table)."""
    if kind == "comment":
        return {"body": line.get("body") == column(row, "body")}
    if kind == "response":
        public = members(row.get("public"), "The column object `public`")
        outcome = text_of(line.get("outcome"), "`outcome`")
        said = "" if line.get("reason") is None else line["reason"]
        reason = said if isinstance(said, dict) else text_of(said, "`reason`")
        same_reason = reason == reasons_of(row, public)
        return {"outcome": public.get("outcome") == outcome, "reason": same_reason}
    texts = {name: column(row, name) for name in (*PARTS, "title")}
    source, body = None, line.get("body")
    if body is not None:
        source = next((name for name, text in texts.items() if text), "title")
    same = {"title": line.get("title") == texts["title"]}
    same["body"] = source is None or body == texts[source]
    fields = members({} if line.get("fields") is None else line["fields"], "`fields`")
    for name in PARTS:
        said, absent = fields.get(name), "" if name != source else texts[name]
        same[name] = texts[name] == (absent if said is None else said)
    return same


def reasons_of(row: dict[str, object], public: dict[str, object]) -> str | dict[str, object]:
    """Return the reason of an answer as a line gives it: a text, or one for each language."""
    reason = column(row, "reason")
    others = members(row.get("translations") or {}, "The column `translations`")
    if not others:
        return reason
    own = text_of(public.get("language"), "The column `language`")
    return {own: reason, **others} if reason else others


def column(row: dict[str, object], name: str) -> str:
    """Return a column of the row that has to be opened and to hold a text."""
    return text_of(row.get(name), f"The column `{name}`, which the entry has to open,")


# --- Things and the command line ------------------------------------------------------------------


def check_file(verifier: Verifier, name: str) -> None:
    """Check a receipt, a version, an export or a kept checkpoint, recognised by what it holds."""
    path = Path(name)
    if not path.is_file():
        raise UncheckedError(f"There is no file, folder or address `{shown(name)}`.")
    with path.open("rb") as file:
        first = file.readline(LINE_LIMIT)
        if path.suffix == ".jsonl" or first.replace(b" ", b"").startswith(b'{"type":'):
            file.seek(0)
            return ExportCheck(verifier, file, name).walk()
    data = read_file(path, RECEIPT_LIMIT) or b""
    if path.suffix == ".tlog-proof" or first.startswith(b"c2sp.org/tlog-proof"):
        return check_receipt(verifier, data, name)
    if path.suffix not in (".json", ".consult-receipt") and not first.lstrip().startswith(b"{"):
        under = verifier.checkpoint(utf8(data), name)
        sentence = f"A checkpoint of `{shown(under.origin)}` with {under.size} entries."
        return verifier.remark(name, sentence)
    value = parse_json(data)
    if path.suffix == ".consult-receipt" or "acknowledgement" in members(value, "It"):
        return check_waiting(verifier, value, name)
    return check_version(verifier, value, name)


def compare_all(
    verifier: Verifier, logs: Sequence[tuple[Place, Checkpoint]], wanted: Place | None
) -> None:
    """Compare all checkpoints that were seen with each other and with the logs of today."""
    by_size: dict[tuple[str, int], Checkpoint] = {}
    for one in verifier.seen:
        same = [pair for pair in logs if pair[1].origin == one.origin]
        asked = [pair for pair in same if pair[0] is wanted]
        if wanted and not asked:
            verifier.gaps.append(f"`{shown(one.what)}` is not of the log that --log names.")
        with verifier.recorded(one.what):
            other = by_size.setdefault((one.origin, one.size), one)
            twice = f"The log has two trees of {one.size} entries, here and in"
            proof = " Both are signed: together they prove it." if verifier.keys else ""
            require(one.root == other.root, f"{twice} `{shown(other.what)}`.{proof}")
            for place, present in asked or sorted(same, key=lambda pair: -pair[1].size)[:1]:
                if present is not one:
                    require_follows(place, one, present)
                    sentence = f"Its checkpoint of {one.size} entries is part of the log of today."
                    verifier.remark(one.what, sentence)


def check_things(
    things: Sequence[str], keys: Sequence[Key], witnesses: Sequence[Key], log: str | None = None
) -> Verifier:
    """Check all things, by themselves and against each other, and return what was found."""
    verifier = Verifier(list(keys), list(witnesses))
    logs: list[tuple[Place, Checkpoint]] = []
    loaded: dict[str, tuple[Place, list[Key], str]] = {}
    for name in dict.fromkeys([log, *things] if log else things):
        if name == log or is_log(name):
            with verifier.recorded(name):
                loaded[name] = load_log(name)
                if not keys:
                    verifier.keys.extend(loaded[name][1])
                    verifier.remark(name, "The keys came from the log itself: compare them.")
    for name, (place, listed, note) in loaded.items():
        with verifier.recorded(f"{name}/checkpoint"):
            logs.append((place, verifier.checkpoint(note, f"{name}/checkpoint")))
            if name in things:
                check_log(verifier, place, listed, logs[-1][1])
    for name in dict.fromkeys(things):
        if not is_log(name):
            with verifier.recorded(name):
                check_file(verifier, name)
    wanted = loaded[log][0] if log in loaded else None
    compare_all(verifier, logs, wanted if wanted in dict(logs) else None)
    for place, _, _ in loaded.values():
        place.close()
    return verifier


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit code."""
    parser = argparse.ArgumentParser(description="Check a public record and what came out of it.")
    parser.add_argument("things", nargs="+", metavar="THING", help=THING)
    parser.add_argument("--key", action="append", default=[], help="a verifier key of the log")
    parser.add_argument("--witness", action="append", default=[], help="the key of a witness")
    parser.add_argument("--log", help="the log of today, with which all is compared")
    args = parser.parse_intermixed_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that knows no Unicode
            stream.reconfigure(errors="backslashreplace")
    try:
        keys, witnesses = parse_keys(args.key, LOG_KEY), parse_keys(args.witness, WITNESS_KEY)
        verifier = check_things(args.things, keys, witnesses, args.log)
    except (UncheckedError, OSError, MemoryError, KeyboardInterrupt) as error:
        print(f"not checked: {shown(error) or 'it was stopped.'}")
        return 2
    kinds = {"": verifier.remarks, "wrong: ": verifier.faults, "not checked: ": verifier.gaps}
    for kind, sentences in kinds.items():
        for sentence in sentences:
            print(f"{kind}{sentence}")
    if verifier.code == 0:
        print("sound")
    return verifier.code


if __name__ == "__main__":
    sys.exit(main())
