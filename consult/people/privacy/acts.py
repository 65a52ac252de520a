"""What a person did, as the record keeps it; with what they said where that was about their own."""

from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.record.models import Event, EventDetail
from consult.people.privacy.parts import Plain, parts

FIELDS = ("event", "verb", "at", "about", "number", "seal", "said", "reason", "erased_at")


def acts_of(person_id: int) -> list[Plain]:
    """Return every event of a person.

    What was said is left out where it is about the text or the account of somebody else: that is
    theirs.
    """
    own = _own_subjects(person_id)
    rows = db.session.execute(
        select(Event, EventDetail)
        .join(EventDetail, EventDetail.event_id == Event.id)
        .where(Event.actor_id == person_id)
        .order_by(Event.id)
    ).all()
    return [_act(row[0], row[1], own) for row in rows]


def _own_subjects(person_id: int) -> dict[str, set[int]]:
    """Return the numbers of the person's own rows, by the kind of subject that they are."""
    own = {"person": {person_id}}
    for part in parts():
        if part.authored:
            ids = select(part.table.c.id).where(part.whose(person_id))
            own[part.table.name] = own.get(part.table.name, set()) | set(db.session.scalars(ids))
    return own


def _act(event: Event, detail: EventDetail, own: dict[str, set[int]]) -> Plain:
    act: dict[str, object] = {
        "event": event.public_id,
        "verb": event.verb,
        "at": event.at.isoformat(),
        "about": event.subject_type,
        "number": event.subject_id,
        "seal": event.commitment,
    }
    if detail.erased_at is not None:
        act["erased_at"] = detail.erased_at.isoformat()
    elif event.subject_id in own.get(event.subject_type, ()):
        act["said"], act["reason"] = detail.content, detail.reason
    return act
