"""Taking a file in, and giving it back."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

import structlog
from flask import current_app
from flask_babel import lazy_gettext as _l

from consult.foundation.core.db import db, random_id
from consult.foundation.core.errors import NoRoom
from consult.foundation.core.people import Actor
from consult.foundation.files.kinds import LARGEST, checked
from consult.foundation.files.models import StoredFile
from consult.foundation.files.names import file_name
from consult.foundation.jobs.services import enqueue

log = structlog.get_logger()


def _storage() -> Path:
    """Return the folder of the local storage; other kinds of storage have their own adapter."""
    url = str(current_app.config["STORAGE_URL"])
    return Path(url.removeprefix("file:"))


def store_file(actor: Actor, name: str, stream: IO[bytes], now: datetime) -> StoredFile:
    """Keep an uploaded file: checked, under a random name; the row goes with the transaction.

    Raises InvalidInput and TooLarge for what we do not take, and NoRoom where the disk is full.
    """
    stream.seek(0)
    content = stream.read(LARGEST + 1)
    name, media_type = checked(file_name(name), content)
    stored = StoredFile(
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        storage_key=random_id(),
        uploaded_by_id=actor.actor_id,
        uploaded_at=now,
    )
    _write(stored.storage_key, content)
    db.session.add(stored)
    return stored


def _write(key: str, content: bytes) -> None:
    """Write a file whole, or leave nothing behind (NoRoom)."""
    target = _storage() / key
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        target.unlink(missing_ok=True)
        log.exception("storage", error=str(error))
        raise NoRoom(
            _l("The platform cannot store a file now: its disk may be full. Nothing was changed."),
            _l("Keep a copy of your text, and send it again later, or without the file."),
        ) from error


def write_whole(key: str, make: Callable[[Path], None]) -> int:
    """Let a file be made beside its place and moved there when it is whole; return its size.

    Making it again under the same key replaces it. Raises NoRoom where the disk is full.
    """
    target = _storage() / key
    beside = target.with_name(f"{key}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        make(beside)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        log.exception("storage", error=str(error))
        raise NoRoom(_l("The platform cannot store a file now: its disk may be full.")) from error
    return target.stat().st_size


def path_of_key(key: str) -> Path:
    """Return where a file lies that is known by its key only."""
    return _storage() / key


def discard(key: str) -> None:
    """Delete a file at once, and what was left of making it; for one that no row names."""
    for name in (key, f"{key}.part"):
        (_storage() / name).unlink(missing_ok=True)


def discard_later(keys: Sequence[str], now: datetime) -> None:
    """Delete files once the present change is committed: a row never stays without its file."""
    if keys:
        enqueue("discard-files", {"keys": list(keys)}, now)


def discard_files(payload: Mapping[str, Sequence[str]], _now: datetime) -> None:
    """Delete the files that a change left behind."""
    for key in payload["keys"]:
        discard(key)


def path_of(stored: StoredFile) -> Path:
    """Return where a stored file lies."""
    return _storage() / stored.storage_key
