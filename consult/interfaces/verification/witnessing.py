"""Whom we ask to cosign, who did, and the mail that lets anybody keep a checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.broadcasts import tell_once
from consult.foundation.notifications.kinds import Frequency, Topic
from consult.foundation.notifications.models import Preference
from consult.foundation.notifications.services import notify
from consult.foundation.record.notes import Note, TreeHead
from consult.foundation.record.published_log import PublishedLog, published_log
from consult.foundation.record.queries import present_log
from consult.foundation.record.witnesses import Witness, ask_witness, read_witnesses
from consult.people.accounts.models import Person

CHECKPOINT = "record-checkpoint"
_MONDAY = 1


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
            _mail(note, now)


def _mail(note: Note, now: datetime) -> None:
    wanted = select(Preference.person_id).where(
        Preference.topic == Topic.RECORD, Preference.frequency != Frequency.OFF
    )
    keepers = select(Person).where(Person.id.in_(wanted), Person.active).order_by(Person.id)
    # Links in mails need an address, as in a request.
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        for person in db.session.scalars(keepers):
            notify(person, CHECKPOINT, now, note=str(note), head=TreeHead.read(note.text))
