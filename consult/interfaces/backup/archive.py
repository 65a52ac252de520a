"""The archive as a file: a ZIP whose every byte is sealed, read as if a stranger had made it.

The seal is the comment at the end of the ZIP: a SHA-256 over all bytes before its digits. It finds
what was cut, flipped or added on the way. Against an archive that was made to harm it says
nothing; for that, each name, size, digest and value is looked at by itself.
"""

import hashlib
import json
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from consult.interfaces.backup.errors import BackupError
from consult.interfaces.backup.schema import KEY

FORMAT = 2
MANIFEST = "manifest.json"
SEAL = b"consult backup sha256="
DIGITS = 64
CHUNK = 1024 * 1024
LONGEST_LINE = 64 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(rf"manifest\.json|tables/[a-z][a-z_]{{0,62}}\.jsonl|files/{KEY.pattern}")
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_FAULTS = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError, struct.error,
)  # fmt: skip
ANOTHER = "Copy the archive again from where it was made, or take another backup."


@dataclass(frozen=True)
class Member:
    """What the manifest says of one entry: its bytes, their digest, and the rows of a table."""

    size: int
    sha256: str
    rows: int | None = None


def seal_of(file: IO[bytes], length: int) -> str:
    """Return the digest of the first bytes of an archive."""
    digest = hashlib.sha256()
    file.seek(0)
    while length > 0:
        chunk = file.read(min(CHUNK, length))
        if not chunk:
            break
        length -= len(chunk)
        digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def in_sentences(what: str) -> Iterator[None]:
    """Say what the libraries find wrong with an archive as a BackupError."""
    try:
        yield
    except BackupError:
        raise
    except _FAULTS as error:
        raise BackupError(f"{what} cannot be read ({error}). {ANOTHER}") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def read_json(content: bytes) -> object:
    """Read strict JSON: UTF-8, each name once, real numbers; anything else is a ValueError."""
    try:
        return json.loads(
            content.decode(), object_pairs_hook=_once, parse_constant=_no_number
        )  # a number of over 4,300 digits is a ValueError too
    except RecursionError:
        raise ValueError("it is nested too deep") from None


class Archive:
    """A sealed archive, open to be read: its entries are those of its manifest, each once."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self.path = path
        self._check_seal(file)
        with in_sentences(str(path)):
            self._zip = zipfile.ZipFile(file)
        self._check_entries()
        self._read_manifest()

    def _refuse(self, sentence: str) -> NoReturn:
        raise BackupError(f"{self.path} is not a whole backup: {sentence}")

    def _check_seal(self, file: IO[bytes]) -> None:
        length = file.seek(0, os.SEEK_END) - DIGITS
        start = length - len(SEAL)
        file.seek(max(start, 0))
        end = file.read()
        if start <= 0 or not end.startswith(SEAL):
            self._refuse(f"it does not end with the seal of a backup of this version. {ANOTHER}")
        if seal_of(file, length).encode() != end[len(SEAL) :]:
            self._refuse(f"it was changed or damaged since it was made. {ANOTHER}")

    def _check_entries(self) -> None:
        seen: set[str] = set()
        for entry in self._zip.infolist():
            name = entry.orig_filename
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if name != entry.filename or not _NAME.fullmatch(name):
                self._refuse(f"it holds an entry with a name that no backup has: {name[:200]!r}.")
            if name in seen:
                self._refuse(f"it holds the entry {name} twice.")
            if kind not in {0, stat.S_IFREG}:
                self._refuse(f"the entry {name} is a link or a device, not a file.")
            if entry.flag_bits & 1 or entry.compress_type not in _PACKINGS:
                self._refuse(f"the entry {name} is encrypted, or packed in an unknown way.")
            seen.add(name)
        if MANIFEST not in seen:
            self._refuse(f"the entry {MANIFEST} is missing.")

    def _read_manifest(self) -> None:
        entry = self._zip.getinfo(MANIFEST)
        if entry.file_size > LONGEST_LINE:
            self._refuse(f"{MANIFEST} is larger than any.")
        with in_sentences(f"{MANIFEST} of {self.path}"), self._zip.open(MANIFEST) as file:
            said = read_json(file.read(LONGEST_LINE))
        if not isinstance(said, dict):
            self._refuse(f"{MANIFEST} holds no object.")
        if type(said.get("format")) is not int or said["format"] != FORMAT:
            self._refuse(f"its format is not {FORMAT}, the only one that this version reads.")
        revision, key, lost = said.get("revision"), said.get("key"), said.get("lost")
        if not isinstance(revision, str) or not re.fullmatch(r"[\w-]{1,40}", revision):
            self._refuse(f"{MANIFEST} does not say at which schema it was made.")
        if key is not None and not isinstance(key, str):
            self._refuse(f"“key” in {MANIFEST} is no text.")
        if not isinstance(lost, list) or not all(isinstance(one, str) for one in lost):
            self._refuse(f"“lost” in {MANIFEST} is no list of names.")
        self.revision: str = revision
        self.key: str | None = key
        self.lost: frozenset[str] = frozenset(lost)
        self.members = self._members(said.get("members"))
        if unknown := said.keys() - {"format", "revision", "key", "lost", "members"}:
            self._refuse(f"{MANIFEST} says something unknown: {min(unknown)[:80]!r}.")

    def _members(self, said: object) -> dict[str, Member]:
        if not isinstance(said, dict):
            self._refuse(f"{MANIFEST} names no members.")
        members = {name: self._member(name, facts) for name, facts in said.items()}
        held = {entry.filename: entry.file_size for entry in self._zip.infolist()}
        del held[MANIFEST]
        for name in sorted(members.keys() - held.keys()):
            self._refuse(f"the entry {name[:200]!r} is missing, though {MANIFEST} names it.")
        for name in sorted(held.keys() - members.keys()):
            self._refuse(f"it holds the entry {name}, which {MANIFEST} does not name.")
        for name, member in members.items():
            if held[name] != member.size:
                self._refuse(
                    f"the entry {name} has {held[name]} bytes, {MANIFEST} says {member.size}."
                )
        return members

    def _member(self, name: str, facts: object) -> Member:
        wanted = {"size", "sha256"} | ({"rows"} if name.startswith("tables/") else set())
        if not isinstance(facts, dict) or facts.keys() != wanted:
            self._refuse(f"{MANIFEST} does not say {', '.join(sorted(wanted))} of {name[:200]!r}.")
        numbers = [facts["size"], facts.get("rows", 0)]
        if not all(type(number) is int and 0 <= number < 2**60 for number in numbers):
            self._refuse(f"{MANIFEST} says an impossible size of {name[:200]!r}.")
        if not isinstance(facts["sha256"], str) or not _SHA256.fullmatch(facts["sha256"]):
            self._refuse(f"{MANIFEST} says no digest of {name[:200]!r}.")
        return Member(facts["size"], facts["sha256"], facts.get("rows"))

    def named(self, folder: str) -> Mapping[str, Member]:
        """Return the entries of one folder of the archive, by their names without it."""
        return {
            name.removeprefix(f"{folder}/"): member
            for name, member in self.members.items()
            if name.startswith(f"{folder}/")
        }

    def chunks(self, name: str) -> Iterator[bytes]:
        """Read an entry bit by bit; at its end, its size and digest must be those of the manifest.

        What was read before must not be relied on until then.
        """
        digest, size = hashlib.sha256(), 0
        with in_sentences(f"the entry {name} of {self.path}"), self._zip.open(name) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > self.members[name].size:
                    break
                yield chunk
        wanted = self.members[name]
        if size != wanted.size or digest.hexdigest() != wanted.sha256:
            self._refuse(f"the entry {name} does not match its digest in {MANIFEST}.")

    def lines(self, name: str) -> Iterator[bytes]:
        """Read an entry line by line; the last one too must end with a line end."""
        rest = b""
        for chunk in self.chunks(name):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
            if len(rest) > LONGEST_LINE:
                self._refuse(f"a line of {name} is longer than any row.")
        if rest:
            self._refuse(f"the last line of {name} has no end.")


@contextmanager
def read_archive(path: Path) -> Iterator[Archive]:
    """Open an archive whose seal, names and manifest are right; BackupError otherwise."""
    with in_sentences(str(path)):
        file = path.open("rb")
    with file:
        yield Archive(path, file)
