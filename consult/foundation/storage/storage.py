"""Where the bytes of files lie: in a folder, or in object storage; both are asked in one way.

A file has a key, arrives under it whole or not at all, and is never changed in place.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

PLACE_MARK = ".place"
"""The key of the mark by which a database knows its storage (see services)."""


class StorageError(OSError):
    """The storage cannot be used; the sentence tells an operator why, and what would help."""


@dataclass(frozen=True)
class FileInfo:
    """What the storage knows of a file."""

    key: str
    size: int
    modified: datetime


@dataclass(frozen=True)
class OpenFile:
    """A file that is open to be read bit by bit; whoever opened it closes the stream."""

    stream: BinaryIO
    info: FileInfo


class Storage(Protocol):
    """A place for files.

    A file that is not there is a FileNotFoundError; whatever else goes wrong is an OSError, and a
    StorageError where the storage does not answer or refuses us.
    """

    @property
    def name(self) -> str:
        """What an operator calls it: the path of a folder, or an address."""

    def check(self) -> None:
        """Try whether it can be used; StorageError where it cannot."""

    def write(self, key: str, content: bytes | Iterable[bytes], *, private: bool = False) -> None:
        """Write a file whole, in the place of one that has the key already.

        A `private` one is for us alone: nobody else on this machine may read it.
        """

    def swap(
        self, key: str, content: bytes, before: bytes | None, *, private: bool = False
    ) -> bool:
        """Write a file if it still says what it said `before`: None for one that is not there.

        Returns false, and writes nothing, where somebody else wrote it meanwhile.
        """

    def write_made(self, key: str, make: Callable[[Path], None]) -> None:
        """Let a file be made at a path of this machine, and take it in when it is whole."""

    def open(self, key: str) -> OpenFile:
        """Open a file to be read, from its beginning."""

    def info(self, key: str) -> FileInfo:
        """Return what is known of a file without reading it."""

    def list(self, prefix: str = "") -> Iterator[FileInfo]:
        """Return the files whose key begins with this, in no order."""

    def delete(self, key: str) -> None:
        """Delete a file, and what was left of making it; nothing where it is not there."""


def pieces(content: bytes | Iterable[bytes]) -> Iterable[bytes]:
    """Return a content piece by piece."""
    return [content] if isinstance(content, bytes) else content
