"""What moderators say to each other about a contribution: notes, and what they want to discuss.

Never public. Who wrote the contribution does not see it either, where they moderate themselves.
"""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from consult.consultation.moderation.models import ModeratorNote
from consult.consultation.moderation.subjects import Moderated, about, keys_of
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput
from consult.foundation.core.people import Actor
from consult.foundation.core.text import clean_text
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure


def add_note(
    actor: Actor, contribution: Moderated, text: str, now: datetime, *, to_discuss: bool = False
) -> ModeratorNote:
    """Keep a note with a contribution; `to_discuss` puts it in the list that others look through.

    Raises InvalidInput without a text.
    """
    ensure(actor, Action.CONTRIBUTION_DISCUSS, contribution, now)
    text = clean_text(text)
    if not text:
        said = _l("Write what the others should know.")
        raise InvalidInput(said, _l("Only who moderates reads it."), errors={"text": said})
    note = ModeratorNote(
        **keys_of(contribution),
        text=text,
        to_discuss=to_discuss,
        written_by_id=actor.actor_id,
        written_at=now,
    )
    db.session.add(note)
    return note


def notes_on(contribution: Moderated) -> Sequence[ModeratorNote]:
    """Return the notes with a contribution, oldest first, with who wrote them."""
    return db.session.scalars(
        select(ModeratorNote)
        .where(about(ModeratorNote, contribution))
        .options(joinedload(ModeratorNote.written_by))
        .order_by(ModeratorNote.id)
    ).all()


def end_discussion(actor: Actor, contribution: Moderated, now: datetime) -> None:
    """Say that a contribution needs no discussion any more; Conflict where it needs none."""
    ensure(actor, Action.CONTRIBUTION_DISCUSS, contribution, now)
    if not settle_discussion(actor, contribution, now):
        raise Conflict(_l("Somebody settled this already."), _l("Go back to the queue."))


def settle_discussion(actor: Actor, contribution: Moderated, now: datetime) -> int:
    """Settle what was to discuss about a contribution, and return how many notes that were."""
    settled = db.session.execute(
        update(ModeratorNote)
        .where(
            about(ModeratorNote, contribution),
            ModeratorNote.to_discuss,
            ModeratorNote.settled_at.is_(None),
        )
        .values(settled_at=now, settled_by_id=actor.actor_id)
        .execution_options(synchronize_session=False)
        .returning(ModeratorNote.id)
    )
    return len(settled.all())
