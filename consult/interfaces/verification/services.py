"""Checking the record every night, and telling the administrators what differs."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time

import structlog
from flask import current_app
from sqlalchemy import select

from consult.foundation.core.calendar import local_day, moment_of
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.queues import Clock, Lease
from consult.foundation.notifications.broadcasts import tell_once
from consult.foundation.notifications.services import notify
from consult.foundation.record.checkpoints import kept_heads
from consult.foundation.record.notes import NoteError
from consult.foundation.record.queries import present_log
from consult.foundation.record.verify import Verdict, verify_at_once
from consult.interfaces.verification.models import Verification
from consult.interfaces.verification.queries import last_verification, published_size, record_state
from consult.people.accounts.models import Person, PlatformRole

log = structlog.get_logger()
DIFFERS, UNPROVEN, STALLED = "record-differs", "receipts-unproven", "jobs-stalled"
AT = time(3, 30)
"""When the check begins, in local time."""
MOST_SENTENCES = 20
"""Of what differs, so many are kept and sent; the command says all."""


def is_due(now: datetime) -> bool:
    """Whether the check of tonight, or the very first one, has not been done; reads alone."""
    last = last_verification()
    if last is None:
        return present_log() is not None
    return last.began_at < moment_of(local_day(now), AT) <= now


def check_record(lease: Lease, clock: Clock) -> int:
    """Check the record, keep what was found, and tell the administrators of a difference."""
    began = clock()
    lease.hold(began)
    verdict = _verify()
    with unit_of_work():
        found = _keep(verdict, began, clock())
        if not found.sound:
            log.error("the record differs", differences=found.differences)
            _tell(DIFFERS, clock(), found=found)
    return 1


def _verify() -> Verdict:
    try:
        heads = kept_heads()
    except NoteError as error:
        return Verdict(faults=[f"The log: a kept checkpoint cannot be used: {error}."])
    return verify_at_once(heads)


def _keep(verdict: Verdict, began: datetime, ended: datetime) -> Verification:
    present = present_log()
    found = Verification(
        began_at=began,
        ended_at=ended,
        events=verdict.events,
        entries=verdict.leaves,
        rows=verdict.rows,
        receipts=verdict.receipts,
        checkpoints=verdict.checkpoints,
        size=published_size(present) if present else 0,
        differences=len(verdict.faults),
        faults=verdict.faults[:MOST_SENTENCES],
        losses=verdict.losses,
    )
    db.session.add(found)
    db.session.flush()
    return found


def raise_alarms(_payload: Mapping[str, object], now: datetime) -> None:
    """Tell the administrators, once a day, of receipts without a proof and of jobs that stall."""
    state = record_state(now)
    for kind, number in ((UNPROVEN, state.unproven), (STALLED, state.stalled)):
        with unit_of_work():
            if number and tell_once(f"{kind}:{local_day(now).isoformat()}", kind, now):
                log.error(kind, number=number)
                _tell(kind, now, number=number)


def _tell(kind: str, now: datetime, **facts: object) -> None:
    # Links in mails need an address, as in a request.
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        for person in administrators():
            notify(person, kind, now, **facts)


def administrators() -> Sequence[Person]:
    """Return the administrators of the platform."""
    return db.session.scalars(
        select(Person)
        .join(Person.roles)
        .where(PlatformRole.name == "administrator", Person.active)
        .order_by(Person.id)
    ).all()
