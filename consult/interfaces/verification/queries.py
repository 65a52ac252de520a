"""How the record stands: the last check, and whether everything is on its way into the log."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from consult.foundation.core.db import db
from consult.foundation.record.models import Leaf, Log, Receipt
from consult.foundation.record.notes import NoteError, TreeHead
from consult.foundation.record.published_log import published_log
from consult.foundation.record.queries import present_log
from consult.interfaces.verification.models import Verification

LATE = timedelta(hours=30)
"""A check that is older has not run when it should have."""
UNPROVEN = timedelta(minutes=2)
"""A receipt is proven within this time (docs/record-format.md, section 6)."""


@dataclass(frozen=True)
class RecordState:
    """How the record stands at a moment."""

    last: Verification | None
    began_at: datetime | None
    unproven: int
    at: datetime

    @property
    def word(self) -> str:
        """Say it in one word: ok, differs, unproven, unchecked or empty."""
        if self.began_at is None:
            return "empty"
        if self.last is not None and not self.last.sound:
            return "differs"
        if self.unproven:
            return "unproven"
        since = self.last.began_at if self.last else self.began_at
        return "unchecked" if self.at - since > LATE else "ok"


def last_verification() -> Verification | None:
    """Return the latest check; None before the first one."""
    return db.session.scalars(
        select(Verification).order_by(Verification.began_at.desc()).limit(1)
    ).first()


def record_state(now: datetime) -> RecordState:
    """Return how the record stands."""
    log = present_log()
    return RecordState(last_verification(), log.began_at if log else None, _unproven(log, now), now)


def _unproven(log: Log | None, now: datetime) -> int:
    """Count the receipts that should be proven by now, and are not.

    Receipts are proven in the order of the log, so only the newest ones are looked at.
    """
    newest = select(Receipt.event_id).where(Receipt.issued_at <= now - UNPROVEN)
    looked_at = newest.order_by(Receipt.id.desc()).limit(100).subquery()
    covered_to = log.first + published_size(log) if log else 0
    covered = (Leaf.event_id == looked_at.c.event_id) & (Leaf.position < covered_to)
    missing = select(func.count()).select_from(looked_at).outerjoin(Leaf, covered)
    return db.session.scalar(missing.where(Leaf.event_id.is_(None))) or 0


def published_size(log: Log) -> int:
    """Return how many entries the latest checkpoint of a log covers; 0 where it has none."""
    try:
        head: TreeHead | None = published_log(log.id).head()
    except (NoteError, OSError):
        return 0
    return head.size if head else 0
