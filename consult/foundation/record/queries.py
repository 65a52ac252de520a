"""Reading receipts and their place in the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Row, func, select

from consult.foundation.core.db import db
from consult.foundation.record.models import Event, Leaf, Log


def leaf_of(event: Event) -> Leaf | None:
    """Return the place of an event in the public log; None while it has none yet."""
    found: Leaf | None = db.session.scalar(select(Leaf).where(Leaf.event_id == event.id))
    return found


_NEWEST = select(Log).order_by(Log.id.desc()).limit(1)


def present_log() -> Log | None:
    """Return the log that grows now; None before the first entry."""
    return db.session.scalar(_NEWEST)


def get_log(number: int) -> Log | None:
    """Return a log by its number; None where there is none."""
    return db.session.get(Log, number)


def log_of(leaf: Leaf) -> Log:
    """Return the log that a leaf stands in."""
    held = select(Log).where(Log.first <= leaf.position).order_by(Log.id.desc())
    found: Log = db.session.scalars(held).all()[0]
    return found


def leaf_count() -> int:
    """Return how many leaves all logs have together."""
    last = db.session.scalar(select(func.max(Leaf.position)))
    return 0 if last is None else last + 1


def log_size() -> int:
    """Return how many entries the present log has."""
    log = present_log()
    return leaf_count() - (log.first if log else 0)


_WINDOW = 500


@dataclass(frozen=True)
class RecordPoint:
    """How far the record was: the number of its last event, and a mark of the last few hundred.

    The mark differs where another event of those was committed later, or where a record that was
    restored has other events under the same numbers.
    """

    event: int
    mark: str


def record_point(until: int | None = None) -> RecordPoint:
    """Return how far the record is now, or what is there now of that point."""
    last = select(Event.id, Event.public_id).order_by(Event.id.desc()).limit(_WINDOW)
    rows = db.session.execute(last if until is None else last.where(Event.id <= until)).all()
    mark = sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()[:16]
    return RecordPoint(rows[0].id if rows else 0, mark)


def acts_since(point: RecordPoint, most: int) -> Sequence[Row[int | None, str]]:
    """Return round and verb of each event after a point, at most so many."""
    return db.session.execute(
        select(Event.round_id, Event.verb)
        .where(Event.id > point.event)
        .order_by(Event.id)
        .limit(most)
    ).all()
