"""Files in a folder: of this machine, or one that several machines share."""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from consult.foundation.core.db import random_id
from consult.foundation.core.folders import is_writable, nearest
from consult.foundation.storage.storage import FileInfo, OpenFile, StorageError, pieces

UNFINISHED = ".part"
_LOCK = ".lock"
_PUBLIC, _PRIVATE = 0o666, 0o600
"""Who may read a file, before the umask of the process takes from it."""


def _info(key: str, stat: os.stat_result) -> FileInfo:
    return FileInfo(key, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))


class LocalStorage:
    """A folder with the files in it, each under its key; it is made when it is first needed."""

    def __init__(self, folder: Path, setting: str = "CONSULT_STORAGE_URL") -> None:
        self.folder = folder
        self._setting = setting

    @property
    def name(self) -> str:
        """Return the path of the folder."""
        return str(self.folder)

    def check(self) -> None:
        """Look whether the folder can be written to, or can be made."""
        if not is_writable(self.folder):
            raise StorageError(
                f"{self._setting} cannot be used: {nearest(self.folder)} is no folder that can be "
                "written to."
            )

    def write(self, key: str, content: bytes | Iterable[bytes], *, private: bool = False) -> None:
        """Write a file beside its place, and move it there."""
        with self._written(key, content, private=private) as part:
            part.replace(self.folder / key)

    def swap(
        self, key: str, content: bytes, before: bytes | None, *, private: bool = False
    ) -> bool:
        """Write a file if it still says what it said before, while no other process swaps one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / key
        with (self.folder / _LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if (target.read_bytes() if target.exists() else None) != before:
                return False
            self.write(key, content, private=private)
        return True

    def write_made(self, key: str, make: Callable[[Path], None]) -> None:
        """Let a file be made beside its place, and move it there.

        Raises StorageError while another process makes it: a job may have outlived its lease.
        """
        beside = self.folder / (key + UNFINISHED)
        beside.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("ab") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StorageError(f"{beside} is being made by another process.") from None
            with self._made(key, key + UNFINISHED) as part:
                make(part)
                with part.open("rb") as made:
                    os.fsync(made.fileno())
                part.replace(self.folder / key)

    @contextmanager
    def _written(
        self, key: str, content: bytes | Iterable[bytes], *, private: bool
    ) -> Iterator[Path]:
        # Under a name of its own until it is whole: another process may write the same file.
        with self._made(key, f"{key}.{random_id()}{UNFINISHED}") as part:
            mode = _PRIVATE if private else _PUBLIC
            with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
                file.writelines(pieces(content))
                file.flush()
                os.fsync(file.fileno())
            yield part

    @contextmanager
    def _made(self, key: str, beside: str) -> Iterator[Path]:
        part = self.folder / beside
        try:
            (self.folder / key).parent.mkdir(parents=True, exist_ok=True)
            yield part
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise

    def open(self, key: str) -> OpenFile:
        """Open a file to be read, from its beginning."""
        file = (self.folder / key).open("rb")
        return OpenFile(file, _info(key, os.fstat(file.fileno())))

    def info(self, key: str) -> FileInfo:
        """Return what is known of a file without reading it."""
        return _info(key, (self.folder / key).stat())

    def list(self, prefix: str = "") -> Iterator[FileInfo]:
        """Return the files whose key begins with this; one that goes meanwhile is passed by."""
        for path in (self.folder / prefix.rpartition("/")[0]).rglob("*"):
            key = path.relative_to(self.folder).as_posix()
            try:
                if key.startswith(prefix) and key != _LOCK and path.is_file():
                    yield _info(key, path.stat())
            except FileNotFoundError:
                continue

    def delete(self, key: str) -> None:
        """Delete a file, and what was left of making it."""
        for name in (key, key + UNFINISHED):
            (self.folder / name).unlink(missing_ok=True)
