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

from consult.core.db import db
from consult.core.errors import InvalidInput, Sentence, TooLarge
from consult.core.people import Actor
from consult.files.models import StoredFile
from consult.files.services import discard, store_file

MOST_WAITING_BYTES = 100 * 1024 * 1024
"""For one person, the files of drafts included: ten of the largest, or a hundred usual ones."""


@dataclass
class Kept:
    """What became of the files that were sent: those we kept, and why not the others."""

    files: list[StoredFile] = field(default_factory=list)
    errors: list[Sentence] = field(default_factory=list)


def keep_files(
    actor: Actor, place: str, sent: Iterable[tuple[str, IO[bytes]]], most: int, now: datetime
) -> Kept:
    """Keep the files that were chosen in a form: the good ones, whatever is wrong with the others.

    `most` is how many more may be with it. Raises NoRoom where the disk is full; then none is kept.
    """
    kept = Kept()
    try:
        for name, stream in sent:
            try:
                _keep(actor, place, name, stream, most, now, kept)
            except (InvalidInput, TooLarge) as refusal:
                kept.errors.append(str(refusal))
        db.session.flush()
    except BaseException:
        for one in kept.files:
            discard(one.storage_key)
        raise
    return kept


def _keep(
    actor: Actor,
    place: str,
    name: str,
    stream: IO[bytes],
    most: int,
    now: datetime,
    kept: Kept,
) -> None:
    if len(kept.files) >= most:
        raise InvalidInput(
            _l("“%(name)s” is one file too many, and is not kept.", name=name),
            _l("Put several texts together in one file."),
        )
    stored = store_file(actor, name, stream, now)
    waiting = select(func.coalesce(func.sum(StoredFile.size), 0)).where(
        StoredFile.uploaded_by_id == actor.actor_id, StoredFile.waits_for.is_not(None)
    )
    if (db.session.scalar(waiting) or 0) + stored.size > MOST_WAITING_BYTES:
        db.session.expunge(stored)
        discard(stored.storage_key)
        raise InvalidInput(
            _l(
                "“%(name)s” is not kept: your drafts hold 100 MB of files already.",
                name=stored.name,
            ),
            _l("Take files away there, or delete a draft, on the page “My proposals”."),
        )
    stored.waits_for = place
    kept.files.append(stored)


def waiting_for(actor: Actor, place: str) -> Sequence[StoredFile]:
    """Give the files that a person chose in a form which was not taken yet, in that order."""
    return db.session.scalars(
        select(StoredFile)
        .where(StoredFile.uploaded_by_id == actor.actor_id, StoredFile.waits_for == place)
        .order_by(StoredFile.id)
    ).all()


def forget_files(wanted: Select[int]) -> int:
    """Delete the files with these ids, row and bytes; nothing may refer to them any more."""
    found = db.session.scalars(select(StoredFile).where(StoredFile.id.in_(wanted))).all()
    # The bytes first: a file without its row would never be found again.
    for one in found:
        discard(one.storage_key)
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_([one.id for one in found])))
    return len(found)
