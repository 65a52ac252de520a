"""Writing the record: called by every service, in the transaction of the change itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, Select, func, insert, select
from sqlalchemy.orm import Session

from consult.foundation.core.clock import now as now_of_clock
from consult.foundation.core.db import db, table_of
from consult.foundation.core.errors import NotFound
from consult.foundation.core.people import Actor
from consult.foundation.core.readable_codes import SIGNS, new_code
from consult.foundation.core.series import next_of_all
from consult.foundation.core.unit_of_work import is_working
from consult.foundation.record.digests import (
    OpenedField,
    entry_of,
    event_digest,
    field_digest,
    new_salt,
    timestamp,
)
from consult.foundation.record.merkle import leaf_hash
from consult.foundation.record.models import Event, EventDetail, Leaf, Log, Receipt
from consult.foundation.record.published_log import next_log_number
from consult.foundation.record.rows import rows_left, take_changed

BEGUN_AGAIN = "record.begun_again"
"""The verb of the first event of a log that takes the place of one that lost entries."""
LEFT = "row.changed"
"""The verb of an event for rows that no other one speaks of."""
ACTOR, REASON, RECEIPT, CARRIED, SAID = "actor", "reason", "receipt", "carried", "said."

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
    receipt: str = "",
) -> Event:
    """Record that the actor did something to the subject (a row with an id).

    `content` is what was said or changed, as JSON values; it, the reason and the actor are bound by
    salted digests, and so is every recorded row that this transaction changed since its event
    before. `receipt` is the code of a receipt that is issued for it (`record_with_receipt`).
    Returns the event, with its id once the session is flushed.
    """
    more = dict(take_changed()) | ({RECEIPT: receipt} if receipt else {})
    event = Event(
        verb=verb,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        plan_id=plan_id,
        round_id=round_id,
        at=now,
    )
    bind(event, actor.actor_id, dict(content or {}), reason, more)
    db.session.add(event)
    return event


def record_rest(session: Session) -> None:
    """Record rows of a unit of work that none of its events binds, before it is committed.

    Services record what they do; this is for what one of them forgot, so that no row is ever
    stored of which no event speaks. Tests fail where a request or a job leaves something to it.
    """
    if not is_working() or session.in_nested_transaction() or not (left := rows_left(session)):
        return
    _, table, key = left[0].split(".")
    event = Event(
        verb=LEFT, subject_type=table, subject_id=int(key.split("-")[0]), at=now_of_clock()
    )
    bind(event, None, {}, "", take_changed())
    session.add(event)


def bind(
    event: Event,
    actor_id: int | None,
    content: dict[str, object],
    reason: str,
    more: Mapping[str, object],
) -> None:
    """Give an event its digests, and the detail that opens them; `more` are fields beside those."""
    fields, salts = digests_of({**fields_of(actor_id, content, reason), **more})
    event.fields = fields
    event.detail = EventDetail(
        actor_id=actor_id, content=content, reason=reason, salts=salts, salt=new_salt()
    )


def fields_of(
    actor_id: int | None, content: Mapping[str, object], reason: str
) -> dict[str, object]:
    """Return the fields of an event by their names: who acted, what was said, and why."""
    said = {SAID + key: value for key, value in content.items()}
    return {ACTOR: actor_id, **said, **({REASON: reason} if reason else {})}


def digests_of(fields: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the digests of fields, and the fresh salts under which they were made."""
    salts = {name: new_salt() for name in fields}
    return {name: field_digest(salts[name], value) for name, value in fields.items()}, salts


def record_with_receipt(
    actor: Actor,
    verb: str,
    subject: Recorded,
    now: datetime,
    *,
    content: Mapping[str, object],
    plan_id: int,
    round_id: int,
) -> Receipt:
    """Record something (see `record`), and issue the actor a receipt for it.

    The code of a receipt opens its page without a sign-in.
    """
    code = new_code(_GROUPS, _GROUP)
    event = record(
        actor,
        verb,
        subject,
        now,
        content=content,
        plan_id=plan_id,
        round_id=round_id,
        receipt=code,
    )
    receipt = Receipt(code=code, event=event, person_id=actor.actor_id, issued_at=now)
    db.session.add(receipt)
    return receipt


def opened_fields(detail: EventDetail) -> dict[str, OpenedField]:
    """Return what opens what was said in an event: salt and value of each field, by its name."""
    said = fields_of(detail.actor_id, detail.content, detail.reason)
    return {
        name: {"salt": detail.salts[name], "value": value}
        for name, value in sorted(said.items())
        if name in detail.salts and name.startswith(SAID)
    }


ENTRY_COLUMNS = (
    Event.id, Event.public_id, Event.verb, Event.subject_type, Event.subject_id, Event.plan_id,
    Event.round_id, Event.at, Event.fields, EventDetail.salt,
)  # fmt: skip
"""What an entry is made of: whoever makes many reads these, and no objects."""


def event_body(event: Event | Row[*tuple[Any, ...]]) -> dict[str, object]:
    """Return an event as its digest binds it (docs/record-format.md, section 2).

    A row must have the columns of an event, but for its number.
    """
    return {
        "event": event.public_id,
        "verb": event.verb,
        "subject": {"type": event.subject_type, "id": event.subject_id},
        "plan": event.plan_id,
        "round": event.round_id,
        "at": timestamp(event.at),
        "fields": event.fields,
    }


def entry(event: Event) -> bytes:
    """Return what stands in the public log about an event: when, and a digest."""
    return entry_of(event.at, event_digest(event.detail.salt, event_body(event)))


def entry_of_row(row: Row[*tuple[Any, ...]]) -> bytes:
    """Return the entry of an event from a row of `ENTRY_COLUMNS`."""
    return entry_of(row.at, event_digest(row.salt, event_body(row)))


def _without_leaf(limit: int) -> Select[*tuple[Any, ...]]:
    """Select what the entries are made of that wait for their place.

    Transactions may commit in another order than that of their numbers, so a little is looked
    back; only so much that the look costs the same however long the log is.
    """
    last = select(func.coalesce(func.max(Leaf.event_id), 0)).scalar_subquery()
    return (
        select(*ENTRY_COLUMNS)
        .join(EventDetail, EventDetail.event_id == Event.id)
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
    events = db.session.execute(_without_leaf(limit)).all()
    if events and db.session.scalar(select(Log.id).limit(1)) is None:
        began = events[0].at
        db.session.add(Log(id=next_log_number(), began_at=began, rows_carried_at=began))
    places = [
        {"position": position, "event_id": row.id, "digest": leaf_hash(entry_of_row(row)).hex()}
        for position, row in enumerate(events, start=first)
    ]
    if places:
        db.session.execute(insert(table_of(Leaf)), places)
    return len(places)


def find_receipt(code: str) -> Receipt:
    """Find a receipt by its code, however it was typed; NotFound if there is none."""
    typed = "".join(sign for sign in code.upper() if sign in SIGNS)
    grouped = "-".join(typed[i : i + _GROUP] for i in range(0, len(typed), _GROUP))
    receipt = db.session.scalar(select(Receipt).where(Receipt.code == grouped))
    if receipt is None:
        raise NotFound(_l("No receipt has this code."), _l("A code has five groups of five signs."))
    return receipt
