"""Taking a file in, and giving it back."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

import structlog
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import ProgrammingError

from consult.foundation.core.db import db, random_id
from consult.foundation.core.errors import NoRoom, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.files.kinds import LARGEST, checked
from consult.foundation.files.models import ScanState, StoredFile
from consult.foundation.files.names import file_name
from consult.foundation.jobs.services import enqueue
from consult.foundation.record.published_log import check_record_storage, record_storage
from consult.foundation.storage.places import storage_at
from consult.foundation.storage.services import refuse_another_place
from consult.foundation.storage.storage import Storage, StorageError

log = structlog.get_logger()


def storage() -> Storage:
    """Return the storage that the settings name."""
    config = current_app.config
    return storage_at(str(config["STORAGE_URL"]), config["STORAGE_ACCESS"], "CONSULT_STORAGE_URL")


def check_storages() -> None:
    """Try the places of files and record; raises StorageError, with a sentence, where one is wrong.

    One that does not work, or another one than the other nodes have.
    """
    places = {"CONSULT_STORAGE_URL": storage(), "CONSULT_RECORD": record_storage()}
    storage().check()
    check_record_storage()
    for setting, place in places.items():
        with suppress(ProgrammingError):  # a database to come has no tables
            refuse_another_place(place, setting)


def store_file(
    actor: Actor,
    name: str,
    stream: IO[bytes],
    now: datetime,
    scanned: ScanState = ScanState.UNSCANNED,
) -> StoredFile:
    """Keep an uploaded file: checked, under a random name; the row goes with the transaction.

    `scanned` is what the virus scanner said of it. Raises InvalidInput and TooLarge for what we do
    not take, and NoRoom where the disk is full or the storage does not answer.
    """
    stream.seek(0)
    content = stream.read(LARGEST + 1)
    stored = keep_file(actor, *checked(file_name(name), content), content, now)
    stored.scan_state = scanned
    return stored


def keep_file(
    actor: Actor, name: str, media_type: str, content: bytes, now: datetime
) -> StoredFile:
    """Keep a file that was checked, under a random name; the row goes with the transaction.

    Raises NoRoom where the disk is full or the storage does not answer.
    """
    stored = StoredFile(
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        storage_key=random_id(),
        uploaded_by_id=actor.actor_id,
        uploaded_at=now,
    )
    help_ = _l("Keep a copy of your text, and send it again later, or without the file.")
    with _no_room(help_):
        storage().write(stored.storage_key, content)
    db.session.add(stored)
    return stored


@contextmanager
def _no_room(help_: Sentence = "") -> Iterator[None]:
    """Refuse in words (NoRoom) where the storage does not take a file."""
    try:
        yield
    except StorageError as error:
        log.exception("storage", error=str(error))
        raise NoRoom(
            _l(
                "The platform cannot store a file now: it cannot reach the place where it keeps "
                "files. Nothing was changed."
            ),
            help_,
        ) from error
    except OSError as error:
        log.exception("storage", error=str(error))
        raise NoRoom(
            _l("The platform cannot store a file now: its disk may be full. Nothing was changed."),
            help_,
        ) from error


def write_whole(key: str, make: Callable[[Path], None]) -> int:
    """Let a file be made and stored when it is whole; return its size.

    Making it again under the same key replaces it. Raises NoRoom where the disk is full, or the
    storage does not answer.
    """
    with _no_room():
        storage().write_made(key, make)
        return storage().info(key).size


def discard(key: str) -> None:
    """Delete a file at once that no row names; where the storage does not answer, it stays.

    Nobody reads it there, and what the person is told is about something else.
    """
    try:
        storage().delete(key)
    except StorageError as error:
        log.warning("a file that no row names stays in the storage", key=key, error=str(error))


def discard_later(keys: Sequence[str], now: datetime) -> None:
    """Delete files once the present change is committed: a row never stays without its file."""
    if keys:
        enqueue("discard-files", {"keys": list(keys)}, now)


def discard_files(payload: Mapping[str, Sequence[str]], _now: datetime) -> None:
    """Delete the files that a change left behind."""
    for key in payload["keys"]:
        storage().delete(key)
