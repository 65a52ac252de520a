"""How the record stands: the last check, what is on its way into the log, and who cosigned it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import bindparam, func, select

from consult.foundation.core.db import db
from consult.foundation.jobs.services import stalled_jobs
from consult.foundation.record.models import Leaf, Log, Receipt
from consult.foundation.record.notes import NoteError, TreeHead
from consult.foundation.record.published_log import PublishedLog, published_log
from consult.foundation.record.queries import present_log
from consult.foundation.record.witnesses import Witness, read_witnesses
from consult.interfaces.verification.models import Verification

LATE = timedelta(hours=30)
"""A check that is older has not run when it should have."""
PROVEN_WITHIN = timedelta(minutes=2)
"""A receipt is proven within this time (docs/record-format.md, section 6)."""


@dataclass(frozen=True)
class RecordState:
    """How the record stands at a moment."""

    last: Verification | None
    began_at: datetime | None
    unproven: int
    stalled: int
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


_looked_at = (
    select(Receipt.event_id)
    .where(Receipt.issued_at <= bindparam("before"))
    .order_by(Receipt.id.desc())
    .limit(100)
    .subquery()
)
_UNPROVEN = (
    select(func.count())
    .select_from(_looked_at)
    .outerjoin(
        Leaf, (Leaf.event_id == _looked_at.c.event_id) & (Leaf.position < bindparam("covered_to"))
    )
    .where(Leaf.event_id.is_(None))
)
_LAST = select(Verification).order_by(Verification.began_at.desc()).limit(1)


def last_verification() -> Verification | None:
    """Return the latest check; None before the first one."""
    return db.session.scalars(_LAST).first()


def record_state(now: datetime) -> RecordState:
    """Return how the record stands."""
    log = present_log()
    return RecordState(
        last=last_verification(),
        began_at=log.began_at if log else None,
        unproven=_unproven(log, now),
        stalled=stalled_jobs(now),
        at=now,
    )


def _unproven(log: Log | None, now: datetime) -> int:
    """Count the receipts that should be proven by now, and are not.

    Receipts are proven in the order of the log, so only the newest ones are looked at.
    """
    covered_to = log.first + published_size(log) if log else 0
    values = {"before": now - PROVEN_WITHIN, "covered_to": covered_to}
    return db.session.scalar(_UNPROVEN, values) or 0


def published_size(log: Log) -> int:
    """Return how many entries the latest checkpoint of a log covers; 0 where it has none."""
    try:
        head: TreeHead | None = published_log(log.id).head()
    except (NoteError, OSError):
        return 0
    return head.size if head else 0


@dataclass(frozen=True)
class Cosigner:
    """A witness, how many entries the last checkpoint of theirs had, and when they signed it."""

    name: str
    size: int
    at: datetime


def witnesses() -> tuple[Witness, ...]:
    """Return the witnesses that the operator named."""
    return read_witnesses(current_app.config["WITNESSES"])


def cosigners(files: PublishedLog) -> list[Cosigner]:
    """Return who cosigned the latest cosigned checkpoint of a log, by name."""
    note = files.cosigned()
    if note is None:
        return []
    size = TreeHead.read(note.text).size
    signed = note.signed_by([one.key for one in witnesses()])
    return sorted(
        (Cosigner(one.name, size, one.cosigned_at) for one in signed), key=lambda one: one.name
    )
