"""Verifying the record: every event, leaf and receipt, recomputed from what is stored."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.record.digests import commitment, leaf_digest
from consult.foundation.record.models import Event, EventDetail, Leaf, Receipt
from consult.foundation.record.services import leaf_body

BATCH = 2000


@dataclass
class Verdict:
    """What was checked, and every fault found, as sentences."""

    events: int = 0
    leaves: int = 0
    receipts: int = 0
    erased: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong."""
        return not self.faults


def _events() -> Iterator[tuple[Event, EventDetail | None, Leaf | None]]:
    last = 0
    while True:
        statement = (
            select(Event, EventDetail, Leaf)
            .outerjoin(EventDetail, EventDetail.event_id == Event.id)
            .outerjoin(Leaf, Leaf.event_id == Event.id)
            .where(Event.id > last)
            .order_by(Event.id)
            .limit(BATCH)
        )
        rows = [(row[0], row[1], row[2]) for row in db.session.execute(statement)]
        if not rows:
            return
        yield from rows
        last = rows[-1][0].id
        db.session.expunge_all()


def _check(event: Event, detail: EventDetail | None, leaf: Leaf | None, verdict: Verdict) -> None:
    verdict.events += 1
    if detail is None:
        verdict.faults.append(f"event {event.id}: its detail row is missing")
    elif detail.erased_at is not None:
        verdict.erased += 1
    elif detail.salt is None or event.commitment != commitment(
        detail.salt, detail.content, detail.reason
    ):
        verdict.faults.append(f"event {event.id}: what was said does not match its digest")
    if leaf is not None:
        verdict.leaves += 1
        if leaf.digest != leaf_digest(leaf_body(event)):
            verdict.faults.append(f"event {event.id}: it does not match its leaf in the log")


def verify_record() -> Verdict:
    """Recompute every digest of the record and of the receipts; reads in batches."""
    verdict = Verdict()
    for event, detail, leaf in _events():
        _check(event, detail, leaf, verdict)
    positions = db.session.scalars(select(Leaf.position).order_by(Leaf.position)).all()
    gaps = [p for place, p in enumerate(positions) if p != place][:1]
    verdict.faults.extend(f"leaf {gap}: a leaf before it is missing" for gap in gaps)
    known = select(Event.id)
    verdict.receipts = len(db.session.scalars(select(Receipt.id)).all())
    orphans = db.session.scalars(select(Receipt.code).where(Receipt.event_id.not_in(known)))
    verdict.faults.extend(f"receipt {code}: its event is missing" for code in orphans)
    return verdict
