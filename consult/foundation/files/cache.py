"""A cache of files: what can be made again at any time, kept so that it is made once.

A place holds one file, under the digest of all that it was made from; a new one takes the old
one's room. There is no row about it: a backup leaves it out, and whoever misses it makes it anew.
"""

import os
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from consult.foundation.files.services import path_of_key
from consult.foundation.jobs.services import enqueue

log = structlog.get_logger()

_FOLDER = "made"
_UNFINISHED = ".part"
PERIOD = timedelta(days=7)
"""How long a file is kept; what is asked for after that is made anew."""


def _folder() -> Path:
    return path_of_key(_FOLDER)


def cached_file(place: str, digest: str) -> bytes | None:
    """Return what a place holds if it was made from exactly this; None where it must be made."""
    try:
        return (_folder() / f"{place}.{digest}").read_bytes()
    except FileNotFoundError:
        return None


def cache_file(place: str, digest: str, content: bytes) -> None:
    """Keep what was made, whole or not at all; what the place held before goes.

    A full disk is no reason to refuse the reader who waits for it: it is only noted.
    """
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Under a name of its own until it is whole: another process may make the same file.
        with tempfile.NamedTemporaryFile(
            dir=folder, suffix=_UNFINISHED, delete=False
        ) as unfinished:
            unfinished.write(content)
        os.replace(unfinished.name, folder / f"{place}.{digest}")  # noqa: PTH105
        for other in folder.glob(f"{place}.*"):
            if other.name != f"{place}.{digest}":
                other.unlink(missing_ok=True)
    except OSError as error:
        log.warning("cannot keep", place=place, error=str(error))


def drop_cached_later(places: str, now: datetime) -> None:
    """Let all files go whose place begins with this, once the present change is committed."""
    enqueue("drop-cached-files", {"places": places}, now)


def drop(payload: Mapping[str, str], _now: datetime) -> None:
    """Delete the files of some places."""
    for path in _folder().glob(f"{payload['places']}*"):
        path.unlink(missing_ok=True)


def drop_old(_payload: Mapping[str, object], now: datetime) -> None:
    """Delete what was made a week ago, and what was left of making it."""
    for path in _folder().glob("*"):
        try:
            if path.stat().st_mtime <= (now - PERIOD).timestamp():
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue
