"""A file that is read while it is written: one thread writes it, and as many read it as come.

Who reads holds nothing up: neither the writer nor what the writer reads from, such as a transaction
of the database. It has no name in any folder, and is gone when the last one lets go of it.
"""

import os
import tempfile
import threading
from collections.abc import Iterable, Iterator

PIECE = 256 * 1024
"""Bytes that are written, and handed over, at a time."""


class Unfinished(OSError):  # noqa: N818
    """Whoever wrote the file stopped before its end."""


class Unread(Exception):  # noqa: N818
    """Nobody reads the file any more, and nobody else will."""


class GrowingFile:
    """Bytes in the temporary folder of this machine, to which a writer adds."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the last who lets go)
        self._grown = threading.Condition()
        self.size = 0
        """Bytes that can be read by now."""
        self._ended = False
        self._whole = False
        self._holders = 1

    def fill(self, pieces: Iterable[bytes], *, stop_unread: bool = False) -> None:
        """Write pieces, the first one at once and small ones together.

        With `stop_unread`, it raises Unread once nobody reads.
        """
        waiting = 0
        for piece in pieces:
            waiting += self._file.write(piece)
            if waiting >= PIECE or not self.size:
                self._grow(waiting)
                waiting = 0
                if stop_unread and self._holders == 1:
                    raise Unread
        self._grow(waiting)

    def _grow(self, much: int) -> None:
        self._file.flush()
        with self._grown:
            self.size += much
            self._grown.notify_all()

    def end(self, *, whole: bool) -> None:
        """Let the writer go: who reads gets all that there is, and then the end or Unfinished."""
        with self._grown:
            self._ended, self._whole = True, whole
            self._grown.notify_all()
        self.let_go()

    def open(self) -> "GrowingFileReader":
        """Begin to read, at the beginning; whoever opens closes."""
        with self._grown:
            self._holders += 1
        return GrowingFileReader(self)

    def piece(self, at: int) -> bytes:
        """Return what stands from a place on, once there is something; nothing at the end."""
        with self._grown:
            self._grown.wait_for(lambda: self.size > at or self._ended)
            room = min(self.size - at, PIECE)
        if room > 0:
            return os.pread(self._file.fileno(), room, at)
        if not self._whole:
            raise Unfinished("the writer stopped")
        return b""

    def let_go(self) -> None:
        """Note that the writer or a reader is done; the last one closes the file."""
        with self._grown:
            self._holders -= 1
            last = not self._holders
        if last:
            self._file.close()


class GrowingFileReader:
    """One who reads a growing file; can be handed to a web server as it is."""

    def __init__(self, file: GrowingFile) -> None:
        self._file = file
        self._at = 0
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """Return the next piece, as soon as it is written."""
        piece = self._file.piece(self._at)
        if not piece:
            raise StopIteration
        self._at += len(piece)
        return piece

    def so_far(self) -> Iterator[bytes]:
        """Yield what is written now, without waiting for more."""
        for at in range(0, self._file.size, PIECE):
            yield self._file.piece(at)

    def close(self) -> None:
        """Stop reading, at the end or before it."""
        if self._open:
            self._open = False
            self._file.let_go()
