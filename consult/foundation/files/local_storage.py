"""Files in a folder of this machine."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from os import fstat, stat_result
from pathlib import Path

from consult.foundation.core.db import random_id
from consult.foundation.core.folders import is_writable, nearest
from consult.foundation.files.storage import FileInfo, OpenFile, StorageError, pieces

UNFINISHED = ".part"


def _info(key: str, stat: stat_result) -> FileInfo:
    return FileInfo(key, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))


class LocalStorage:
    """A folder with the files in it, each under its key; it is made when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str:
        """Return the path of the folder."""
        return str(self.folder)

    def check(self) -> None:
        """Look whether the folder can be written to, or can be made."""
        if not is_writable(self.folder):
            raise StorageError(
                f"CONSULT_STORAGE_URL cannot be used: {nearest(self.folder)} is no folder that can "
                "be written to."
            )

    def write(self, key: str, content: bytes | Iterable[bytes]) -> None:
        """Write a file beside its place, and move it there."""

        def make(path: Path) -> None:
            with path.open("wb") as file:
                file.writelines(pieces(content))

        # Under a name of its own until it is whole: another process may write the same file.
        self._make(key, f"{key}.{random_id()}{UNFINISHED}", make)

    def write_made(self, key: str, make: Callable[[Path], None]) -> None:
        """Let a file be made beside its place, and move it there."""
        self._make(key, key + UNFINISHED, make)

    def _make(self, key: str, beside: str, make: Callable[[Path], None]) -> None:
        part, target = self.folder / beside, self.folder / key
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            make(part)
            part.replace(target)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise

    def open(self, key: str) -> OpenFile:
        """Open a file to be read, from its beginning."""
        file = (self.folder / key).open("rb")
        return OpenFile(file, _info(key, fstat(file.fileno())))

    def info(self, key: str) -> FileInfo:
        """Return what is known of a file without reading it."""
        return _info(key, (self.folder / key).stat())

    def list(self, prefix: str = "") -> Iterator[FileInfo]:
        """Return the files whose key begins with this; one that goes meanwhile is passed by."""
        for path in (self.folder / prefix.rpartition("/")[0]).rglob("*"):
            key = path.relative_to(self.folder).as_posix()
            try:
                if key.startswith(prefix) and path.is_file():
                    yield _info(key, path.stat())
            except FileNotFoundError:
                continue

    def delete(self, key: str) -> None:
        """Delete a file, and what was left of making it."""
        for name in (key, key + UNFINISHED):
            (self.folder / name).unlink(missing_ok=True)
