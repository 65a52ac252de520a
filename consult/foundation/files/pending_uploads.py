"""Files that wait: chosen in a form and stored at once, until what the form is for takes them.

A browser does not keep a chosen file when a form comes back with errors. So it is stored before
anything is checked, under the form it was chosen in (`place`), and only its owner sees it there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, delete, func, select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence, TooLarge
from consult.foundation.core.people import Actor
from consult.foundation.files.models import ScanState, StoredFile, belongs
from consult.foundation.files.names import file_name
from consult.foundation.files.reading import read_later
from consult.foundation.files.scanning import scan_later, scanner_url
from consult.foundation.files.services import discard, discard_later, store_file
from consult.foundation.record.rows import NOTED, note_deleted

MOST_PENDING_BYTES = 100 * 1024 * 1024
"""For one person, the files of drafts included: ten of the largest, or a hundred usual ones."""


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent: its name, its bytes, and what the virus scanner said of it."""

    name: str
    stream: IO[bytes]
    scanned: ScanState = ScanState.UNSCANNED


@dataclass
class Kept:
    """What became of the files that were sent: those we kept, and why not the others."""

    files: list[StoredFile] = field(default_factory=list)
    errors: list[Sentence] = field(default_factory=list)


def store_pending(
    actor: Actor,
    place: str,
    sent: Iterable[SentFile],
    there: Sequence[StoredFile],
    most: int,
    now: datetime,
) -> Kept:
    """Keep the files that were chosen in a form: the good ones, whatever is wrong with the others.

    `there` are the files that it has already; one of them chosen again is the same file. `most` is
    how many it may have in all. Raises NoRoom where the disk is full; then none is kept.
    """
    kept = Kept()
    try:
        for one in sent:
            if one.scanned is ScanState.INFECTED:
                kept.errors.append(infected(file_name(one.name)))
                continue
            try:
                stored = store_file(actor, one.name, one.stream, now, one.scanned)
            except (InvalidInput, TooLarge) as refusal:
                kept.errors.append(str(refusal))
                continue
            with db.session.no_autoflush:  # what is not kept never becomes a row
                error = _keep(stored, place, [*there, *kept.files], most)
            if error is None:
                kept.files.append(stored)
                db.session.flush()
                continue
            db.session.expunge(stored)
            discard(stored.storage_key)
            kept.errors += [error] if error else []
    except BaseException:
        for file in kept.files:
            discard(file.storage_key)
        raise
    _look_later(kept.files, now)
    return kept


def _look_later(files: Sequence[StoredFile], now: datetime) -> None:
    """Ask to read new files, and to scan those that could not be scanned at once."""
    if files:
        read_later(now)
    if scanner_url() and any(file.scan_state is ScanState.UNSCANNED for file in files):
        scan_later(now)


def infected(name: str) -> Sentence:
    """Return the sentence about a file in which the scanner found a virus."""
    return _l(
        "“%(name)s” is not taken: our virus scanner found a virus in it. Scan the computer that it "
        "comes from, and attach a clean copy.",
        name=name,
    )


def _keep(
    stored: StoredFile, place: str, there: Sequence[StoredFile], most: int
) -> Sentence | None:
    """Let a file wait; otherwise say why not: with nothing to say where it is there already."""
    if any((one.name, one.sha256) == (stored.name, stored.sha256) for one in there):
        return ""
    if len(there) >= most:
        return _l(
            "“%(name)s” is not kept: at most %(most)s files can be with it.",
            name=stored.name,
            most=most,
        )
    waiting = select(func.coalesce(func.sum(StoredFile.size), 0)).where(
        StoredFile.uploaded_by_id == stored.uploaded_by_id, StoredFile.waits_for.is_not(None)
    )
    stored.waits_for = place
    if (db.session.scalar(waiting) or 0) + stored.size > MOST_PENDING_BYTES:
        return _l(
            "“%(name)s” is not kept: your drafts would hold more than 100 MB of files. Take some "
            "away there, or delete a draft, on the page “My proposals”.",
            name=stored.name,
        )
    return None


def pending_uploads(actor: Actor, *places: str) -> Sequence[StoredFile]:
    """Return the files that a person chose in forms which were not taken yet, in that order."""
    return db.session.scalars(
        select(StoredFile)
        .where(StoredFile.uploaded_by_id == actor.actor_id, StoredFile.waits_for.in_(places))
        .order_by(StoredFile.id)
    ).all()


def delete_files(wanted: Select[int], now: datetime) -> int:
    """Delete the files with these ids, row and bytes; nothing may refer to them any more."""
    found = db.session.scalars(select(StoredFile).where(StoredFile.id.in_(wanted))).all()
    discard_later([one.storage_key for one in found], now)
    note_deleted(StoredFile, [one.id for one in found if belongs(one)])
    gone = delete(StoredFile).where(StoredFile.id.in_([one.id for one in found]))
    db.session.execute(gone.execution_options(**NOTED))
    return len(found)
