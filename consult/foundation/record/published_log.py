"""The published log: its files, its keys and its checkpoints, outside the database.

docs/record-format.md, sections 4 and 5, says what stands where. Files are written whole or not at
all, and tiles never change: whoever serves them with any web server publishes the log. They lie in
a folder or in object storage, where the workers of several nodes write them: one at a time, and no
checkpoint ever in the place of one that its writer did not know.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from consult.foundation.core.db import db
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
from consult.foundation.storage.object_storage import ObjectStorage
from consult.foundation.storage.places import storage_at
from consult.foundation.storage.storage import Storage

CHECKPOINT, COSIGNED, KEYS = "checkpoint", "cosigned", "keys"
_CHECKPOINTS = "checkpoints"
_DIGITS = 12
_signers: dict[tuple[str, int], list[SignerKey]] = {}
"""The keys of logs in object storage, by its name and their number."""


class PublishedLog:
    """The files of one log in a storage: what lies below `log` is public, below `keys` is not."""

    def __init__(self, storage: Storage, number: int) -> None:
        self._storage = storage
        self._number = number

    def _public(self, path: str) -> str:
        return f"log/{self._number}/{path}"

    def _secret(self, name: str) -> str:
        return f"keys/{self._number}/{name}"

    def _read(self, key: str) -> bytes | None:
        try:
            with self._storage.open(key).stream as stream:
                return stream.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def read(self, path: str) -> bytes | None:
        """Return a public file; None where there is none."""
        return self._read(self._public(path))

    def write(self, path: str, content: bytes) -> None:
        """Write a public file, whole or not at all."""
        self._storage.write(self._public(path), content)

    def remove(self, path: str) -> None:
        """Let a public file go, if it is there."""
        self._storage.delete(self._public(path))

    def signers(self, origin: str) -> list[SignerKey]:
        """Return the keys that sign: the present one, then the one before it while it is kept.

        The first one is made where there is none. Raises NoteError where a file holds no key.
        """
        if self._read(self._secret("key")) is None:
            made = f"{SignerKey.make(origin).written()}\n".encode()
            # Where another process made one meanwhile, it is that one.
            self._storage.swap(self._secret("key"), made, None, private=True)
        found = (self._read(self._secret(name)) for name in ("key", "key-before"))
        return [SignerKey.read(one.decode()) for one in found if one is not None]

    def known_signers(self, origin: str) -> list[SignerKey]:
        """Return the keys that sign, as this process first read them in object storage.

        So nobody who hands something in waits for the storage, nor is without our signature while
        that is away. After a rotation the processes are started again.
        """
        if not isinstance(self._storage, ObjectStorage):
            return self.signers(origin)
        name = (self._storage.name, self._number)
        if name not in _signers:
            _signers[name] = self.signers(origin)
        return _signers[name]

    def rotate(self, origin: str) -> SignerKey:
        """Make a new key; the present one signs beside it until its file goes."""
        [before, *_] = self.signers(origin)
        made = SignerKey.make(origin)
        for name, key in (("key-before", before), ("key", made)):
            self._storage.write(self._secret(name), f"{key.written()}\n".encode(), private=True)
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

        For whoever holds the log (`hold_log`).
        """
        kept, cosigned, latest = self.kept_of(size), self.cosigned(), self.read(CHECKPOINT)
        if kept is None:
            return
        fresh = {(one.name, one.key_id): one for one in (*kept.signatures, *signatures)}
        written = str(Note(kept.text, tuple(fresh.values()))).encode()
        self.write(_kept(size), written)
        if latest is not None and read_note(latest.decode()).text == kept.text:
            self._storage.swap(self._public(CHECKPOINT), written, latest)
        if cosigned is None or TreeHead.read(cosigned.text).size <= size:
            self.write(COSIGNED, written)

    def kept(self) -> Iterator[Note]:
        """Yield every checkpoint that was made, from the oldest on."""
        folder = self._public(f"{_CHECKPOINTS}/")
        for key in sorted(one.key for one in self._storage.list(folder)):
            name = key.removeprefix(folder)
            if name.isdecimal() and (data := self._read(key)) is not None:
                yield read_note(data.decode())

    def read_head(self, note: Note) -> TreeHead:
        """Return what a checkpoint says, if this log signed it; raises NoteError if not."""
        if not note.signed_by(self.verifiers()):
            raise NoteError("no key of this log signed this checkpoint")
        return TreeHead.read(note.text)

    def sign(self, head: TreeHead, before: Note | None) -> Note | None:
        """Sign a checkpoint, publish it in the place of the one before it, and keep it.

        None, and nothing is published, where another process published one meanwhile.
        """
        signers = self.signers(head.origin)
        note = sign_note(str(head), signers)
        known = [str(key) for key in self.verifiers()]
        keys = dict.fromkeys([*(str(key.verifier) for key in signers), *known])
        if list(keys) != known:
            self.write(KEYS, "".join(f"{key}\n" for key in keys).encode())
        then = None if before is None else str(before).encode()
        if not self._storage.swap(self._public(CHECKPOINT), str(note).encode(), then):
            return None
        self.keep(note)
        return note

    def keep(self, note: Note) -> None:
        """Keep a checkpoint that was published; it stays as it is where it is kept already."""
        place = self._public(_kept(TreeHead.read(note.text).size))
        self._storage.swap(place, str(note).encode(), None)

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
        for part in list(self._storage.list(self._public(f"{path}.p/"))):
            self._storage.delete(part.key)


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


def record_storage() -> Storage:
    """Return the storage that the settings name for the published logs and their keys."""
    config = current_app.config
    return storage_at(str(config["RECORD"]), config["STORAGE_ACCESS"], "CONSULT_RECORD")


def check_record_storage() -> None:
    """Try whether the log can be published; raises StorageError, with a sentence, where not."""
    storage = record_storage()
    storage.check()
    if isinstance(storage, ObjectStorage):
        storage.check_swaps()


def published_log(number: int) -> PublishedLog:
    """Return the files of a log of this platform."""
    return PublishedLog(record_storage(), number)


def next_log_number(after: int = 0) -> int:
    """Return a number that no published log has in the storage, higher than `after`.

    A new database may find the log of another one there: its origin is never used again.
    """
    names = (one.key.split("/")[1] for one in record_storage().list("log/"))
    return max([after, *(int(name) for name in names if name.isdecimal())]) + 1


@contextmanager
def hold_log(*, wait: bool = False) -> Iterator[bool]:
    """Hold the published log; false where another process holds it now.

    `wait` until it is free, which takes as long as one checkpoint. All processes with one database
    are kept apart, on whatever machine. Who loses the connection to PostgreSQL loses the lock, and
    may go on without knowing: so a checkpoint is swapped, never written over (`sign`).
    """
    if db.engine.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if wait else func.pg_try_advisory_xact_lock
        with db.engine.connect() as connection:
            held = connection.scalar(select(lock(func.hashtext("published_log"))))
            yield wait or bool(held)
        return
    database = Path(str(db.engine.url.database))
    with database.with_name(f"{database.name}-publishing").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
