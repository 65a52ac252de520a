"""Tables of the record. Triggers refuse UPDATE and DELETE on events and leaves (migrations)."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from consult.foundation.core.db import (
    Base,
    Identifier,
    Moment,
    Row,
    private,
    public,
    random_id,
    restricted,
    secret,
)


class Event(Row, Base):
    """Something that was done: who, what, to which thing, when, and the digest of what was said."""

    __table_args__ = (Index("ix_event_subject", "subject_type", "subject_id"),)

    public_id: Mapped[str] = public(Identifier, unique=True, default=random_id)
    verb: Mapped[str] = public(String(60))
    subject_type: Mapped[str] = public(String(40))
    subject_id: Mapped[int] = public()
    plan_id: Mapped[int | None] = public(index=True)
    round_id: Mapped[int | None] = public(index=True)
    actor_id: Mapped[int | None] = restricted()
    at: Mapped[datetime] = public(Moment)
    commitment: Mapped[str] = public(String(64))

    detail: Mapped["EventDetail"] = relationship(back_populates="event", uselist=False)


class EventDetail(Base):
    """What was said in an event; an erasure empties it and leaves the event standing."""

    event_id: Mapped[int] = public(ForeignKey("event.id"), primary_key=True)
    salt: Mapped[str | None] = secret(String(64))
    content: Mapped[dict[str, object] | None] = private(JSON)
    reason: Mapped[str] = restricted(Text, default="")
    erased_at: Mapped[datetime | None] = public(Moment)

    event: Mapped[Event] = relationship(back_populates="detail")


class Leaf(Base):
    """The place of an event in the public log, given after the commit, in order of numbers."""

    position: Mapped[int] = public(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = public(ForeignKey("event.id"), unique=True)
    digest: Mapped[str] = public(String(64))


class Receipt(Row, Base):
    """What a participant keeps: proof that an event was stored, and with which text."""

    code: Mapped[str] = private(String(40), unique=True)
    event_id: Mapped[int] = public(ForeignKey("event.id"), unique=True)
    person_id: Mapped[int | None] = restricted(index=True)
    issued_at: Mapped[datetime] = public(Moment)

    event: Mapped[Event] = relationship()
