"""The published log: its files, its keys and its checkpoints, outside the database.

docs/record-format.md, sections 4 and 5, says what stands where. Files are written whole or not at
all, and tiles never change: whoever serves the folder with any web server publishes the log.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from flask import current_app

from consult.foundation.record.merkle import HashReader
from consult.foundation.record.notes import (
    Note,
    NoteError,
    Signature,
    SignerKey,
    TreeHead,
    VerifierKey,
    read_note,
    sign_note,
)
from consult.foundation.record.tiles import (
    WIDTH,
    Tile,
    bundle_path,
    split_hashes,
    subtree_hash,
)

CHECKPOINT, COSIGNED, KEYS = "checkpoint", "cosigned", "keys"
_CHECKPOINTS = "checkpoints"
_DIGITS = 12


class PublishedLog:
    """The files of one log, below a folder: `log` is public, `keys` is not."""

    def __init__(self, folder: Path, number: int) -> None:
        self.public = folder / "log" / str(number)
        self._keys = folder / "keys" / str(number)

    def read(self, path: str) -> bytes | None:
        """Return a public file; None where there is none."""
        try:
            return (self.public / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def write(self, path: str, content: bytes) -> None:
        """Write a public file, whole or not at all."""
        write_whole(self.public / path, content)

    def remove(self, path: str) -> None:
        """Let a public file go, if it is there."""
        (self.public / path).unlink(missing_ok=True)

    def signers(self, origin: str) -> list[SignerKey]:
        """Return the keys that sign: the present one, then the one before it while it is kept.

        The first one is made where there is none. Raises NoteError where a file holds no key.
        """
        present = self._keys / "key"
        if not present.exists():
            made = f"{SignerKey.make(origin).written()}\n".encode()
            write_whole(present, made, secret=True, replace=False)
        paths = (present, self._keys / "key-before")
        return [SignerKey.read(path.read_text()) for path in paths if path.exists()]

    def rotate(self, origin: str) -> SignerKey:
        """Make a new key; the present one signs beside it until its file goes."""
        [before, *_] = self.signers(origin)
        made = SignerKey.make(origin)
        written = f"{before.written()}\n".encode()
        write_whole(self._keys / "key-before", written, secret=True)
        write_whole(self._keys / "key", f"{made.written()}\n".encode(), secret=True)
        return made

    def verifiers(self) -> list[VerifierKey]:
        """Return the public keys that checkpoints were signed with, the present one first."""
        lines = (self.read(KEYS) or b"").decode().splitlines()
        return [VerifierKey.read(line) for line in lines]

    def checkpoint(self) -> Note | None:
        """Return the latest checkpoint; None before the first one."""
        data = self.read(CHECKPOINT)
        return None if data is None else read_note(data.decode())

    def head(self) -> TreeHead | None:
        """Return what the latest checkpoint says; None before the first one."""
        note = self.checkpoint()
        return None if note is None else TreeHead.read(note.text)

    def cosigned(self) -> Note | None:
        """Return the latest checkpoint that a witness signed; None where none is."""
        data = self.read(COSIGNED)
        return None if data is None else read_note(data.decode())

    def kept_of(self, size: int) -> Note | None:
        """Return the checkpoint of a size; None where there was none."""
        data = self.read(_kept(size))
        return None if data is None else read_note(data.decode())

    def add_signatures(self, size: int, signatures: Sequence[Signature]) -> None:
        """Put signatures of witnesses below a kept checkpoint; the latest of each witness stays.

        For whoever holds the folder (`hold_folder`).
        """
        kept, latest, cosigned = self.kept_of(size), self.head(), self.cosigned()
        if kept is None:
            return
        fresh = {(one.name, one.key_id): one for one in (*kept.signatures, *signatures)}
        written = str(Note(kept.text, tuple(fresh.values()))).encode()
        self.write(_kept(size), written)
        if latest is not None and latest.size == size:
            self.write(CHECKPOINT, written)
        if cosigned is None or TreeHead.read(cosigned.text).size <= size:
            self.write(COSIGNED, written)

    def kept(self) -> Iterator[Note]:
        """Yield every checkpoint that was made, from the oldest on."""
        for path in sorted((self.public / _CHECKPOINTS).glob("[0-9]*")):
            yield read_note(path.read_text())

    def read_head(self, note: Note) -> TreeHead:
        """Return what a checkpoint says, if this log signed it; raises NoteError if not."""
        if not note.signed_by(self.verifiers()):
            raise NoteError("no key of this log signed this checkpoint")
        return TreeHead.read(note.text)

    def sign(self, head: TreeHead) -> Note:
        """Sign and keep a checkpoint, and publish it as the latest one."""
        signers = self.signers(head.origin)
        note = sign_note(str(head), signers)
        written = str(note).encode()
        known = [str(key) for key in self.verifiers()]
        keys = dict.fromkeys([*(str(key.verifier) for key in signers), *known])
        self.write(KEYS, "".join(f"{key}\n" for key in keys).encode())
        self.write(_kept(head.size), written)
        self.write(CHECKPOINT, written)
        return note

    def hashes(self, tile: Tile) -> Sequence[bytes]:
        """Return the hashes of a tile; those of the full one where that is there already.

        Raises KeyError where there is neither.
        """
        for path in (Tile(tile.level, tile.index).path, tile.path):
            if (data := self.read(path)) is not None:
                return split_hashes(data)
        raise KeyError(tile)

    def reader(self, size: int) -> HashReader:
        """Return what reads hashes of the tree of `size` leaves out of the tiles."""
        return partial(subtree_hash, _Tiles(self, size))

    def publish_tile(self, tile: Tile, hashes: Sequence[bytes]) -> None:
        """Write a tile; its partial ones go once it is full."""
        self.write(tile.path, b"".join(hashes))
        if tile.width == WIDTH:
            self._drop_partial(tile.path)

    def publish_bundle(self, index: int, entries: bytes, width: int) -> None:
        """Write a bundle of entries; its partial ones go once it is full."""
        self.write(bundle_path(index, width), entries)
        if width == WIDTH:
            self._drop_partial(bundle_path(index))

    def _drop_partial(self, path: str) -> None:
        folder = self.public / f"{path}.p"
        if folder.is_dir():
            for part in folder.iterdir():
                part.unlink(missing_ok=True)
            folder.rmdir()


class _Tiles(dict[tuple[int, int], Sequence[bytes]]):
    """The tiles of a tree by (level, index), each read once."""

    def __init__(self, log: PublishedLog, size: int) -> None:
        super().__init__()
        self.log = log
        self.size = size

    def __missing__(self, place: tuple[int, int]) -> Sequence[bytes]:
        level, index = place
        width = min(WIDTH, (self.size >> (8 * level)) - index * WIDTH)
        if width <= 0:
            raise KeyError(place)
        found = self[place] = self.log.hashes(Tile(level, index, width))
        return found


def _kept(size: int) -> str:
    return f"{_CHECKPOINTS}/{size:0{_DIGITS}}"


def published_log(number: int) -> PublishedLog:
    """Return the files of a log of this platform."""
    return PublishedLog(current_app.config["RECORD"], number)


def next_log_number(after: int = 0) -> int:
    """Return a number that no log in the folder of the record has, higher than `after`.

    A new database may find the log of another one there: its origin is never used again.
    """
    folder: Path = current_app.config["RECORD"] / "log"
    taken = [int(one.name) for one in folder.glob("[0-9]*") if one.name.isdecimal()]
    return max([after, *taken]) + 1


def write_whole(path: Path, content: bytes, *, secret: bool = False, replace: bool = True) -> None:
    """Write a file so that it is there whole or not at all, and on the disk; `secret`: for us.

    Without `replace` a file that is there stays as it is, also if somebody made it meanwhile.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as unfinished:
        try:
            unfinished.write(content)
            unfinished.flush()
            os.fchmod(unfinished.fileno(), 0o600 if secret else 0o644)
            os.fsync(unfinished.fileno())
            if replace:
                Path(unfinished.name).replace(path)
            else:
                with suppress(FileExistsError):
                    path.hardlink_to(unfinished.name)
        finally:
            Path(unfinished.name).unlink(missing_ok=True)


@contextmanager
def hold_folder(*, wait: bool = False) -> Iterator[bool]:
    """Hold the folder of the record; false where another process holds it now.

    `wait` until it is free, which takes as long as one checkpoint.
    """
    folder: Path = current_app.config["RECORD"]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
