"""Tables of the record. Triggers refuse UPDATE and DELETE on events and leaves (migrations)."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from consult.foundation.core.db import (
    Base,
    Identifier,
    Moment,
    Row,
    Shown,
    private,
    public,
    random_id,
    restricted,
    secret,
)


class Event(Row, Base):
    """Something that was done: to which thing, when, and the digests of who and what was said."""

    shown_on: ClassVar = Shown.COUNTS

    __table_args__ = (Index("ix_event_subject", "subject_type", "subject_id"),)

    public_id: Mapped[str] = public(Identifier, unique=True, default=random_id)
    verb: Mapped[str] = public(String(60))
    subject_type: Mapped[str] = public(String(40))
    subject_id: Mapped[int] = public()
    plan_id: Mapped[int | None] = public(index=True)
    round_id: Mapped[int | None] = public(index=True)
    at: Mapped[datetime] = public(Moment)
    fields: Mapped[dict[str, str]] = public(JSON)
    """The names of what it binds, each with its salted digest (docs/record-format.md)."""

    detail: Mapped["EventDetail"] = relationship(back_populates="event", uselist=False)


class EventDetail(Base):
    """What opens an event: who acted, what was said, the salts. An erasure empties it in part."""

    shown_on: ClassVar = Shown.COUNTS

    event_id: Mapped[int] = public(ForeignKey("event.id"), primary_key=True)
    actor_id: Mapped[int | None] = restricted(index=True)
    content: Mapped[dict[str, object]] = private(JSON)
    reason: Mapped[str] = restricted(Text, default="")
    salts: Mapped[dict[str, str]] = secret(JSON)
    """The salt of each field that was not emptied."""
    salt: Mapped[str] = secret(String(64))
    """The salt of the event itself, which is never emptied."""
    carried: Mapped[dict[str, object] | None] = secret(JSON(none_as_null=True))
    """What a record from before this format held of the event."""
    erased_at: Mapped[datetime | None] = public(Moment)

    event: Mapped[Event] = relationship(back_populates="detail")


class Log(Row, Base):
    """A public log: under which origin, and since when. A restore that loses entries begins one."""

    origin: Mapped[str] = public(String(200), default="")
    """The name under which its checkpoints are signed; empty until the first one is."""
    began_at: Mapped[datetime] = public(Moment)
    first: Mapped[int] = public(default=0)
    """The place of its first entry: those before are of the logs before it."""
    rows_carried_at: Mapped[datetime | None] = public(Moment)
    """When events spoke of all rows that are older than the log; none where that is to be done."""


class Leaf(Base):
    """The place of an event in the public log, given after the commit, in order of numbers."""

    shown_on: ClassVar = Shown.COUNTS

    position: Mapped[int] = public(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = public(ForeignKey("event.id"), unique=True)
    digest: Mapped[str] = public(String(64))


class Receipt(Row, Base):
    """What a participant keeps: proof that an event was stored, and with which text."""

    shown_on: ClassVar = Shown.COUNTS

    code: Mapped[str] = private(String(40), unique=True)
    event_id: Mapped[int] = public(ForeignKey("event.id"), unique=True)
    person_id: Mapped[int | None] = restricted(index=True)
    issued_at: Mapped[datetime] = public(Moment)

    event: Mapped[Event] = relationship()
