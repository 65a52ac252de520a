"""Checking the record every night, asking witnesses, and telling people what they must know."""

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
from consult.foundation.notifications.kinds import Frequency, Topic
from consult.foundation.notifications.models import Preference
from consult.foundation.notifications.services import notify
from consult.foundation.record.checkpoints import kept_heads
from consult.foundation.record.notes import NoteError, TreeHead
from consult.foundation.record.published_log import published_log
from consult.foundation.record.queries import present_log
from consult.foundation.record.verify import Verdict, verify_at_once
from consult.foundation.record.witnesses import ask_witness
from consult.interfaces.verification.models import Verification
from consult.interfaces.verification.queries import (
    last_verification,
    published_size,
    record_state,
    witnesses,
)
from consult.people.accounts.models import Person, PlatformRole

log = structlog.get_logger()
DIFFERS, UNPROVEN, STALLED = "record-differs", "receipts-unproven", "jobs-stalled"
CHECKPOINT = "record-checkpoint"
_MONDAY = 1
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
            _tell(administrators(), DIFFERS, clock(), found=found)
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
                _tell(administrators(), kind, now, number=number)


def ask_witnesses(_payload: Mapping[str, object], _now: datetime) -> None:
    """Ask every witness that has an address; none of them holds anything up."""
    log = present_log()
    if log is None:
        return
    files = published_log(log.id)
    db.session.rollback()  # nothing is held while others take their time
    for one in witnesses():
        ask_witness(files, one)


def mail_checkpoint(_payload: Mapping[str, object], now: datetime) -> None:
    """On Monday, mail the checkpoint to everybody who chose to keep it."""
    log = present_log()
    note = published_log(log.id).checkpoint() if log else None
    today = local_day(now)
    if note is None or today.isoweekday() != _MONDAY:
        return
    with unit_of_work():
        if tell_once(f"checkpoint:{today.isoformat()}", CHECKPOINT, now):
            _tell(_keepers(), CHECKPOINT, now, note=str(note), head=TreeHead.read(note.text))


def _keepers() -> Sequence[Person]:
    """Return who chose to keep checkpoints."""
    wanted = select(Preference.person_id).where(
        Preference.topic == Topic.RECORD, Preference.frequency != Frequency.OFF
    )
    keepers = select(Person).where(Person.id.in_(wanted), Person.active).order_by(Person.id)
    return db.session.scalars(keepers).all()


def _tell(people: Sequence[Person], kind: str, now: datetime, **facts: object) -> None:
    # Links in mails need an address, as in a request.
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        for person in people:
            notify(person, kind, now, **facts)


def administrators() -> Sequence[Person]:
    """Return the administrators of the platform."""
    return db.session.scalars(
        select(Person)
        .join(Person.roles)
        .where(PlatformRole.name == "administrator", Person.active)
        .order_by(Person.id)
    ).all()
