"""A cache of files: what can be made again at any time, kept so that it is made once.

A place holds one file, under the digest of all that it was made from; a new one takes the old
one's room. There is no row about it: a backup leaves it out, and whoever misses it makes it anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from consult.foundation.files.services import storage
from consult.foundation.jobs.services import enqueue
from consult.foundation.storage.storage import FileInfo, OpenFile

log = structlog.get_logger()

_FOLDER = "made/"
PERIOD = timedelta(days=7)
"""How long a file is kept; what is asked for after that is made anew."""


def cached_file(place: str, digest: str) -> bytes | None:
    """Return what a place holds if it was made from exactly this; None where it must be made."""
    try:
        with storage().open(f"{_FOLDER}{place}.{digest}").stream as stream:
            return stream.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("cannot read what is kept", place=place, error=str(error))
        return None


def cache_file(place: str, digest: str, content: bytes | Iterable[bytes]) -> None:
    """Keep what was made, whole or not at all; what the place held before goes.

    A full disk is no reason to refuse the reader who waits for it: it is only noted.
    """
    try:
        storage().write(f"{_FOLDER}{place}.{digest}", content)
        _make_room(place, digest)
    except OSError as error:
        log.warning("cannot keep", place=place, error=str(error))


def cache_made(place: str, digest: str, make: Callable[[Path], None]) -> None:
    """Let a file be made and keep it, as `cache_file`; OSError where it cannot be kept."""
    storage().write_made(f"{_FOLDER}{place}.{digest}", make)
    _make_room(place, digest)


def _make_room(place: str, digest: str) -> None:
    for other in storage().list(f"{_FOLDER}{place}."):
        if other.key != f"{_FOLDER}{place}.{digest}":
            storage().delete(other.key)


@dataclass(frozen=True)
class CachedFile:
    """A file that is kept: where, and under which digest."""

    place: str
    digest: str
    info: FileInfo

    def open(self) -> OpenFile | None:
        """Open it to be read bit by bit; None where it is gone, or cannot be read now."""
        try:
            return storage().open(self.info.key)
        except OSError as error:
            log.warning("cannot read what is kept", place=self.place, error=str(error))
            return None

    def drop(self) -> None:
        """Delete it."""
        storage().delete(self.info.key)


def cached_files(places: str) -> Iterator[CachedFile]:
    """Return what is kept in all places that begin with this; nothing where it cannot be read."""
    try:
        for info in storage().list(_FOLDER + places):
            place, _, digest = info.key.removeprefix(_FOLDER).partition(".")
            yield CachedFile(place, digest, info)
    except OSError as error:
        log.warning("cannot read what is kept", place=places, error=str(error))


def drop_cached_later(places: str, now: datetime) -> None:
    """Let all files go whose place begins with this, once the present change is committed."""
    enqueue("drop-cached-files", {"places": places}, now)


def drop(payload: Mapping[str, str], _now: datetime) -> None:
    """Delete the files of some places."""
    for one in storage().list(_FOLDER + payload["places"]):
        storage().delete(one.key)


def drop_old(_payload: Mapping[str, object], now: datetime) -> None:
    """Delete what was made a week ago, and what was left of making it."""
    for one in storage().list(_FOLDER):
        if one.modified <= now - PERIOD:
            storage().delete(one.key)
