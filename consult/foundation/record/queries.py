"""Reading receipts and their place in the log."""

from sqlalchemy import func, select

from consult.foundation.core.db import db
from consult.foundation.record.models import Event, Leaf, Log


def leaf_of(event: Event) -> Leaf | None:
    """Return the place of an event in the public log; None while it has none yet."""
    found: Leaf | None = db.session.scalar(select(Leaf).where(Leaf.event_id == event.id))
    return found


def present_log() -> Log | None:
    """Return the log that grows now; None before the first entry."""
    return db.session.scalars(select(Log).order_by(Log.id.desc())).first()


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
_newest = select(Event.id).order_by(Event.id.desc()).limit(_WINDOW).subquery()
_REVISION = select(
    select(Event.public_id).order_by(Event.id.desc()).limit(1).scalar_subquery(),
    func.sum(_newest.c.id),
)


def revision() -> tuple[str, int]:
    """Return what differs after every recorded change: the name of the last event, a sum.

    Transactions may commit in another order than that of their events' numbers (PostgreSQL), so
    the last event alone would miss one; the sum of the last few hundred numbers does not.
    """
    found = db.session.execute(_REVISION).one()
    return found[0] or "", int(found[1] or 0)
