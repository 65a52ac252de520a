"""Telling many people something, each once: in batches, so that nobody waits for the database.

A broadcast is made with the change that it tells about. A job tells the next people and asks for
the one after; where it stands is written together with what it wrote, so a worker that dies leaves
nobody out and tells nobody twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, insert, select, update

from consult.foundation.core.db import db, rows_changed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import enqueue
from consult.foundation.notifications.kinds import DEFAULTS, Frequency, kind_of
from consult.foundation.notifications.models import Broadcast, Message, Notice
from consult.foundation.notifications.readers import recipients
from consult.foundation.notifications.services import frequencies, message_row, notice_row, write

BATCH = 200


@dataclass(frozen=True)
class Telling:
    """Whom a broadcast tells (a SELECT of one column, their numbers), and the facts of it."""

    people: Select[int]
    facts: Mapping[str, object]


BroadcastPlanner = Callable[[Broadcast, datetime], Telling | None]
_plans: dict[str, BroadcastPlanner] = {}


def plan_broadcasts(plans: Mapping[str, BroadcastPlanner]) -> None:
    """Register, by kind, who says whom a broadcast tells, and what; None if it is too late now."""
    _plans.update(plans)


def was_told(key: str) -> bool:
    """Whether a broadcast with this key was made."""
    return db.session.scalar(select(Broadcast.id).where(Broadcast.key == key)) is not None


def tell_once(key: str, kind: str, now: datetime) -> bool:
    """Note, inside a unit of work, that something is told now; False if it was told before."""
    if was_told(key):
        return False
    db.session.add(Broadcast(key=key, kind=kind, created_at=now, done_at=now))
    db.session.flush()
    return True


def broadcast(
    kind: str, key: str, now: datetime, about_id: int, detail_id: int | None = None
) -> None:
    """Notify many people something after the commit; what has the same key is told once."""
    if was_told(key):
        return
    made = Broadcast(key=key, kind=kind, about_id=about_id, detail_id=detail_id, created_at=now)
    db.session.add(made)
    db.session.flush()
    _ask(made.id, 0, now)


def _ask(broadcast_id: int, cursor: int, now: datetime) -> None:
    key = f"broadcast:{broadcast_id}:{cursor}"
    enqueue("broadcast", {"broadcast": broadcast_id, "cursor": cursor}, now, key=key)


def spread(payload: Mapping[str, object], now: datetime) -> None:
    """Notify the next people. The texts are written before the database is held."""
    told = db.session.get_one(Broadcast, payload["broadcast"], populate_existing=True)
    if told.done_at is not None or told.cursor != payload["cursor"]:
        db.session.rollback()
        return
    telling = _plans[told.kind](told, now)
    ids: list[int] = []
    messages: list[dict[str, object]] = []
    notices: list[dict[str, object]] = []
    if telling is not None:
        ids = _next(telling, told.cursor)
        messages, notices = _written(told.kind, ids, telling, now)
    cursor, broadcast_id = told.cursor, told.id
    db.session.rollback()
    with unit_of_work():
        _store(broadcast_id, cursor, ids, messages, notices, now)


def _next(telling: Telling, cursor: int) -> list[int]:
    people = telling.people.subquery()
    (number,) = people.c
    found = db.session.scalars(
        select(number).where(number > cursor).distinct().order_by(number).limit(BATCH)
    )
    return list(found)


def _written(
    name: str, ids: list[int], telling: Telling, now: datetime
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    kind = kind_of(name)
    chosen = {} if kind.always else frequencies(ids, kind.topic)
    default = Frequency.IMMEDIATELY if kind.always else DEFAULTS[kind.topic]
    messages, notices = [], []
    for id_, recipient in recipients(ids).items():
        when = chosen.get(id_, default)
        if when is Frequency.OFF:
            continue
        written = write(recipient, kind, telling.facts)
        if when is Frequency.IMMEDIATELY:
            messages.append(message_row(recipient, name, written, now))
        if not kind.always:
            notices.append(notice_row(recipient, kind, written, when, now))
    return messages, notices


def _store(
    broadcast_id: int,
    cursor: int,
    ids: list[int],
    messages: list[dict[str, object]],
    notices: list[dict[str, object]],
    now: datetime,
) -> None:
    done = len(ids) < BATCH
    moved = rows_changed(
        update(Broadcast)
        .where(
            Broadcast.id == broadcast_id, Broadcast.cursor == cursor, Broadcast.done_at.is_(None)
        )
        .values(
            cursor=ids[-1] if ids else cursor,
            told=Broadcast.told + len({one["person_id"] for one in (*messages, *notices)}),
            done_at=now if done else None,
        )
        .execution_options(synchronize_session=False)
    )
    if not moved:
        return  # somebody else told these people meanwhile
    if messages:
        db.session.execute(insert(Message), messages)
    if notices:
        db.session.execute(insert(Notice), notices)
    if not done:
        _ask(broadcast_id, ids[-1], now)
