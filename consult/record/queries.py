"""Reading receipts and their place in the log."""

from sqlalchemy import func, select

from consult.core.db import db
from consult.record.models import Event, Leaf


def leaf_of(event: Event) -> Leaf | None:
    """Give the place of an event in the public log; None while it has none yet."""
    found: Leaf | None = db.session.scalar(select(Leaf).where(Leaf.event_id == event.id))
    return found


def log_size() -> int:
    """Give how many leaves the public log has."""
    last = db.session.scalar(select(func.max(Leaf.position)))
    return 0 if last is None else last + 1
