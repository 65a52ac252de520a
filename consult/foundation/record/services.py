"""Writing the record: called by every service, in the transaction of the change itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.people import Actor
from consult.foundation.core.readable_codes import SIGNS, new_code
from consult.foundation.core.series import next_of_all
from consult.foundation.record.digests import commitment, leaf_digest, new_salt, timestamp
from consult.foundation.record.models import Event, EventDetail, Leaf, Receipt

_GROUPS, _GROUP = 5, 5
LOOK_BACK = 10_000


class Recorded(Protocol):
    """A row that the record can speak of: its table and its number."""

    @property
    def __tablename__(self) -> str: ...

    @property
    def id(self) -> int:
        """The number of the row."""


def record(
    actor: Actor,
    verb: str,
    subject: Recorded,
    now: datetime,
    *,
    content: Mapping[str, object] | None = None,
    reason: str = "",
    plan_id: int | None = None,
    round_id: int | None = None,
) -> Event:
    """Record that the actor did something to the subject (a row with an id).

    `content` is what was said or changed, as JSON values; it and the reason are bound by a salted
    digest. Returns the event, with its id once the session is flushed.
    """
    salt = new_salt()
    said = dict(content or {})
    event = Event(
        verb=verb,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        plan_id=plan_id,
        round_id=round_id,
        actor_id=actor.actor_id,
        at=now,
        commitment=commitment(salt, said, reason),
    )
    event.detail = EventDetail(salt=salt, content=said, reason=reason)
    db.session.add(event)
    return event


def issue_receipt(event: Event, person_id: int | None, now: datetime) -> Receipt:
    """Issue a receipt for an event; its code opens the receipt page without a sign-in."""
    receipt = Receipt(
        code=new_code(_GROUPS, _GROUP), event=event, person_id=person_id, issued_at=now
    )
    db.session.add(receipt)
    return receipt


def leaf_body(event: Event) -> dict[str, object]:
    """Return what stands in the public log about an event: ids, verb, time and digest, no name."""
    return {
        "event": event.public_id,
        "verb": event.verb,
        "subject": f"{event.subject_type}:{event.subject_id}",
        "round": event.round_id,
        "at": timestamp(event.at),
        "commitment": event.commitment,
    }


def _without_leaf(limit: int) -> Select[Event]:
    """Select the events that wait for their place.

    Transactions may commit in another order than that of their numbers, so a little is looked
    back; only so much that the look costs the same however long the log is.
    """
    last = select(func.coalesce(func.max(Leaf.event_id), 0)).scalar_subquery()
    return (
        select(Event)
        .outerjoin(Leaf, Leaf.event_id == Event.id)
        .where(Leaf.event_id.is_(None), Event.id > last - LOOK_BACK)
        .order_by(Event.id)
        .limit(limit)
    )


def leaves_wait() -> bool:
    """Whether an event waits for its place in the public log; takes no lock."""
    return db.session.scalar(_without_leaf(1)) is not None


def append_leaves(limit: int = 1000) -> int:
    """Append the events that are not in the public log yet, and return how many there were.

    Done by the worker after the commit.
    """
    first = next_of_all(Leaf.position)
    events = db.session.scalars(_without_leaf(limit)).all()
    for position, event in enumerate(events, start=first):
        db.session.add(
            Leaf(position=position, event_id=event.id, digest=leaf_digest(leaf_body(event)))
        )
    return len(events)


def find_receipt(code: str) -> Receipt:
    """Find a receipt by its code, however it was typed; NotFound if there is none."""
    typed = "".join(sign for sign in code.upper() if sign in SIGNS)
    grouped = "-".join(typed[i : i + _GROUP] for i in range(0, len(typed), _GROUP))
    receipt = db.session.scalar(select(Receipt).where(Receipt.code == grouped))
    if receipt is None:
        raise NotFound(_l("No receipt has this code."), _l("A code has five groups of five signs."))
    return receipt
