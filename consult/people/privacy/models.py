"""Consents, exports of one's own data, closed and suspended accounts, the retention log, incidents.

Triggers refuse UPDATE on versions of an incident (migrations).
"""

import enum
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from consult.foundation.core.db import (
    Base,
    Identifier,
    Moment,
    Row,
    Shown,
    choice,
    private,
    public,
    random_id,
    restricted,
    secret,
)
from consult.people.accounts.models import Person


class ConsentKind(enum.StrEnum):
    """What people agree to; the texts stand in texts.py."""

    TAKING_PART = "taking_part"
    CONTACT_LATER = "contact_later"


class GivenAt(enum.StrEnum):
    """On which page a consent was given."""

    REGISTRATION = "registration"
    CONTRIBUTION = "contribution"
    MY_DATA = "my_data"


class ClosedBy(enum.StrEnum):
    """Who closed an account."""

    SELF = "self"
    ADMINISTRATOR = "administrator"
    RETENTION = "retention"


class AccountState(enum.StrEnum):
    """Where an account stands; follows from its rows."""

    IN_USE = "in_use"
    UNCONFIRMED = "unconfirmed"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class DeadlineState(enum.StrEnum):
    """What became of the time within which an incident is reported."""

    RUNNING = "running"
    OVER = "over"
    REPORTED = "reported"
    REPORTED_LATE = "reported_late"
    NOT_NEEDED = "not_needed"


class Consent(Row, Base):
    """That a person agreed to a version of a text; withdrawn or followed, it stays as history."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (Index("ix_consent_person", "person_id", "kind", "version"),)

    person_id: Mapped[int] = private(ForeignKey("person.id"))
    kind: Mapped[ConsentKind] = private(choice(ConsentKind))
    version: Mapped[int] = private()
    digest: Mapped[str] = public(String(64))
    """Of the text in both languages, so that nobody can change it afterwards unseen."""
    language: Mapped[str] = private(String(8))
    """In which the person read it."""
    given_at: Mapped[datetime] = private(Moment)
    given_on: Mapped[GivenAt] = private(choice(GivenAt))
    withdrawn_at: Mapped[datetime | None] = private(Moment)


class DataExport(Row, Base):
    """An export of a person's own data: asked for, made by a job, gone after seven days."""

    shown_on: ClassVar = Shown.NOWHERE

    public_id: Mapped[str] = private(Identifier, unique=True, default=random_id)
    person_id: Mapped[int] = private(ForeignKey("person.id"), index=True)
    language: Mapped[str] = private(String(8))
    asked_at: Mapped[datetime] = private(Moment)
    made_at: Mapped[datetime | None] = private(Moment)
    size: Mapped[int | None] = private()
    stored_as: Mapped[str] = secret(String(80), default=random_id)
    """Known before the file is written, so that no file is ever without its row."""


class Tombstone(Base):
    """That an account was closed: when, by whom, under which version of the rules."""

    person_id: Mapped[int] = restricted(ForeignKey("person.id"), primary_key=True)
    closed_at: Mapped[datetime] = restricted(Moment, index=True)
    closed_by: Mapped[ClosedBy] = restricted(choice(ClosedBy))
    rules_version: Mapped[int] = restricted()


class Suspension(Row, Base):
    """That an account may not be used, from a moment until a moment, and why."""

    person_id: Mapped[int] = private(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = private(Text)
    suspended_at: Mapped[datetime] = private(Moment)
    suspended_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = private(Moment)
    end_reason: Mapped[str] = private(Text, default="")
    ended_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))


class AccountUse(Base):
    """When somebody last signed in, and when they were warned that their account will close."""

    shown_on: ClassVar = Shown.NOWHERE

    person_id: Mapped[int] = private(ForeignKey("person.id"), primary_key=True)
    last_at: Mapped[datetime] = private(Moment, index=True)
    warned_at: Mapped[datetime | None] = private(Moment)


class RetentionRun(Row, Base):
    """What the retention job did: of which kind, how many, up to when. No personal data."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (UniqueConstraint("kind", "ran_at"),)

    kind: Mapped[str] = restricted(String(60))
    ran_at: Mapped[datetime] = restricted(Moment, index=True)
    cut_off: Mapped[datetime] = restricted(Moment)
    number: Mapped[int] = restricted()


class Incident(Row, Base):
    """A breach of personal data, as the versions of its entry tell."""

    public_id: Mapped[str] = restricted(Identifier, unique=True, default=random_id)
    noted_at: Mapped[datetime] = restricted(Moment, index=True)

    versions: Mapped[list["IncidentVersion"]] = relationship(order_by="IncidentVersion.number")

    @property
    def latest(self) -> "IncidentVersion":
        """What is known now."""
        return self.versions[-1]


class IncidentVersion(Row, Base):
    """What was known of an incident at a moment. Never overwritten: more is a next version."""

    __table_args__ = (UniqueConstraint("incident_id", "number"),)

    incident_id: Mapped[int] = restricted(ForeignKey("incident.id"))
    number: Mapped[int] = restricted()
    written_at: Mapped[datetime] = restricted(Moment)
    written_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    what: Mapped[str] = private(Text)
    began_at: Mapped[datetime | None] = private(Moment)
    discovered_at: Mapped[datetime] = private(Moment)
    whose: Mapped[str] = private(Text)
    how_many: Mapped[int | None] = private()
    consequences: Mapped[str] = private(Text)
    measures: Mapped[str] = private(Text)
    reported_at: Mapped[datetime | None] = private(Moment)
    """When it was reported to the Autoriteit Persoonsgegevens."""
    not_reported: Mapped[str] = private(Text, default="")
    """Why it need not be reported, where that was decided."""
    told_at: Mapped[datetime | None] = private(Moment)
    """When the people whose data it is about were told."""

    written_by: Mapped[Person | None] = relationship()
