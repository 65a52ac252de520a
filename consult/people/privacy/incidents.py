"""The log of incidents (AVG art. 33, paragraph 5): entries in versions, never overwritten."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import chain

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from consult.foundation.core.csv_files import written
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotFound, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.privacy.models import DeadlineState, Incident, IncidentVersion

LIMIT = timedelta(hours=72)
"""Within this time after it was discovered, the supervisor must know of it."""


@dataclass(frozen=True)
class IncidentText:
    """What is known of an incident."""

    what: str
    discovered_at: datetime
    whose: str
    consequences: str
    measures: str
    began_at: datetime | None = None
    how_many: int | None = None
    reported_at: datetime | None = None
    not_reported: str = ""
    told_at: datetime | None = None


FIELDS = tuple(IncidentText.__dataclass_fields__)


@dataclass(frozen=True)
class Deadline:
    """Where the 72 hours stand: until when, how much is over, and what became of it."""

    at: datetime
    state: DeadlineState
    used: float
    """Which part of the 72 hours is over, from 0 to 1."""
    hours_left: int

    @classmethod
    def of(cls, version: IncidentVersion, now: datetime) -> "Deadline":
        """Return where the limit of an incident stands at a moment."""
        at = version.discovered_at + LIMIT
        until = version.reported_at or now
        used = min(1.0, max(0.0, (until - version.discovered_at) / LIMIT))
        if version.reported_at is not None:
            in_time = version.reported_at <= at
            state = DeadlineState.REPORTED if in_time else DeadlineState.REPORTED_LATE
        elif version.not_reported:
            state = DeadlineState.NOT_NEEDED
        else:
            state = DeadlineState.RUNNING if now <= at else DeadlineState.OVER
        return cls(at, state, used, max(0, (at - now) // timedelta(hours=1)))


def note_incident(actor: Actor, text: IncidentText, now: datetime) -> Incident:
    """Note an incident: its entry begins with version 1 (InvalidInput says what cannot be)."""
    ensure(actor, Action.INCIDENT_KEEP, None, now)
    _check(text, now)
    made = Incident(noted_at=now)
    db.session.add(made)
    db.session.flush()
    _write(actor, made, text, 1, now)
    return made


def add_version(
    actor: Actor, incident: Incident, text: IncidentText, read: int, now: datetime
) -> None:
    """Add what is known now; what was written before stays as it is.

    Raises Conflict when somebody else added a version since number `read`.
    """
    ensure(actor, Action.INCIDENT_KEEP, None, now)
    _check(text, now)
    lock_rows(incident)
    last = incident.latest
    if read != last.number:
        raise Conflict(
            _l("Somebody else changed this while you were working on it."),
            _l("Compare the texts, put yours together with theirs, and save again."),
            mine={name: str(getattr(text, name) or "") for name in FIELDS},
            theirs={name: str(getattr(last, name) or "") for name in FIELDS},
        )
    _write(actor, incident, text, last.number + 1, now)


def _write(
    actor: Actor, incident: Incident, text: IncidentText, number: int, now: datetime
) -> None:
    written = IncidentVersion(
        incident_id=incident.id,
        number=number,
        written_at=now,
        written_by_id=actor.actor_id,
        **asdict(text),
    )
    db.session.add(written)
    db.session.flush()
    # What was written stands in its version only: an entry goes whole when its period is over.
    record(actor, "incident.noted", incident, now, content={"version": number})


def _check(text: IncidentText, now: datetime) -> None:
    errors: dict[str, Sentence] = {}
    for name in ("began_at", "discovered_at", "reported_at", "told_at"):
        at = getattr(text, name)
        if at is not None and at > now:
            errors[name] = _l("This moment is still to come.")
    if text.began_at is not None and text.began_at > text.discovered_at:
        errors["began_at"] = _l("It cannot be discovered before it began.")
    if text.reported_at is not None and text.not_reported:
        errors["not_reported"] = _l("It was reported: leave the reason for not reporting empty.")
    if errors:
        raise InvalidInput(_l("This is not complete yet."), errors=errors)


def incidents() -> Sequence[Incident]:
    """Return every incident with its versions, newest first."""
    return db.session.scalars(
        select(Incident).order_by(Incident.id.desc()).options(selectinload(Incident.versions))
    ).all()


def get_incident(public_id: str) -> Incident:
    """Find an incident by its id (NotFound)."""
    found = db.session.scalar(
        select(Incident).where(Incident.public_id == public_id)
        .options(selectinload(Incident.versions).joinedload(IncidentVersion.written_by))
    )  # fmt: skip
    if found is None:
        raise NotFound(_l("There is nothing here."), _l("Check the address, or search."))
    return found


def as_csv() -> Iterator[str]:
    """Write every version of every incident as CSV, oldest first."""
    rows = db.session.execute(
        select(Incident, IncidentVersion, Person.display_name)
        .join(IncidentVersion, IncidentVersion.incident_id == Incident.id)
        .outerjoin(Person, Person.id == IncidentVersion.written_by_id)
        .order_by(Incident.id, IncidentVersion.number)
    )
    heading = ["incident", "version", "written_at", "written_by", *FIELDS]
    lines = (
        [one.public_id, version.number, version.written_at, name]
        + [getattr(version, field) for field in FIELDS]
        for one, version, name in rows
    )
    return written(chain([heading], lines))
