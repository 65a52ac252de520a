"""How many large files are handed over at a time by one process.

Each takes a thread until its reader has it all, and the pages need threads as well.
"""

import threading
from collections.abc import Iterator
from typing import Protocol

from consult.foundation.files.growing import PIECE
from consult.foundation.storage.storage import OpenFile

MOST = 4
_room = threading.BoundedSemaphore(MOST)


class NoTransferFree(Exception):  # noqa: N818
    """So many are reading already that another one would keep pages waiting."""


class FileReader(Protocol):
    """What can be handed over piece by piece, and is closed afterwards."""

    def __next__(self) -> bytes: ...

    def close(self) -> None:
        """Stop reading."""


class KeptFileReader:
    """A file of the storage, read piece by piece."""

    def __init__(self, opened: OpenFile) -> None:
        self._stream = opened.stream

    def __next__(self) -> bytes:
        """Return the next piece."""
        piece = self._stream.read(PIECE)
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        """Stop reading."""
        self._stream.close()


class Transfer:
    """A content on its way to a reader; takes one of the few places until it is closed."""

    def __init__(self, content: FileReader) -> None:
        if not _room.acquire(blocking=False):
            content.close()
            raise NoTransferFree
        self._content = content
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """Return the next piece."""
        return next(self._content)

    def close(self) -> None:
        """Give the place back: at the end, or when the reader went away."""
        if self._open:
            self._open = False
            _room.release()
            self._content.close()
