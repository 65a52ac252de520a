"""The outbox, what waits for a digest, and what people chose."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped

from consult.foundation.core.db import (
    Base,
    Identifier,
    Moment,
    Row,
    Shown,
    choice,
    index_where_null,
    private,
    random_id,
    restricted,
)
from consult.foundation.notifications.kinds import Frequency, Topic


class Message(Row, Base):
    """One mail to one person; `public_id` makes the Message-ID, so a repeat can be recognised."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (index_where_null("ix_message_waiting", "due_at", "id", null="settled_at"),)

    public_id: Mapped[str] = restricted(Identifier, unique=True, default=random_id)
    kind: Mapped[str] = restricted(String(60))
    person_id: Mapped[int | None] = restricted(index=True)
    address: Mapped[str] = private(String(254))
    language: Mapped[str] = restricted(String(8))
    subject: Mapped[str] = private(String(300))
    body: Mapped[str] = private(Text)
    """The text without its foot, which is made when it is sent; of a digest, all of it."""
    about_type: Mapped[str] = restricted(String(40), default="")
    about_id: Mapped[int | None] = restricted()
    """What it is about: its reader must still be able to read that when it is sent."""
    key: Mapped[str | None] = restricted(String(120), unique=True)
    """Given to what must exist once, such as the digest of a day."""
    created_at: Mapped[datetime] = restricted(Moment, index=True)
    expires_at: Mapped[datetime | None] = restricted(Moment)
    """From when on it makes no sense any more."""
    due_at: Mapped[datetime] = restricted(Moment)
    """When it is sent, or tried again."""
    attempts: Mapped[int] = restricted(default=0)
    failure: Mapped[str] = restricted(String(500), default="")
    """Why the last try failed, in the words of the mail server, without addresses."""
    sent_at: Mapped[datetime | None] = restricted(Moment)
    failed_at: Mapped[datetime | None] = restricted(Moment, index=True)
    left_out_at: Mapped[datetime | None] = restricted(Moment)
    """When it turned out that its reader may not read it any more, or does not want it."""
    settled_at: Mapped[datetime | None] = restricted(Moment)
    """When it was sent, left out, or failed for good: it waits no longer."""


class Notice(Row, Base):
    """One line to a person: on their page of notices and, if they chose so, in a digest."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (
        index_where_null("ix_notice_open", "person_id", "id", null="settled_at"),
        index_where_null("ix_notice_unread", "person_id", "id", null="read_at"),
        Index("ix_notice_person", "person_id", "id"),
    )

    kind: Mapped[str] = restricted(String(60))
    person_id: Mapped[int] = restricted()
    heading: Mapped[str] = restricted(String(300), default="")
    """The round it belongs to, in the reader's language; empty where it belongs to none."""
    line: Mapped[str] = private(String(500))
    link: Mapped[str] = private(String(500), default="")
    about_type: Mapped[str] = restricted(String(40), default="")
    about_id: Mapped[int | None] = restricted()
    created_at: Mapped[datetime] = restricted(Moment)
    expires_at: Mapped[datetime | None] = restricted(Moment)
    digest_id: Mapped[int | None] = restricted(index=True)
    """The message that holds it."""
    settled_at: Mapped[datetime | None] = restricted(Moment)
    """When it got its place in a digest, or from when on it waits for none."""
    read_at: Mapped[datetime | None] = restricted(Moment)
    """When the person read it on the site; what a desk counts is never new."""


class Preference(Base):
    """How often a person wants to hear about a topic; without a row it is the default."""

    shown_on: ClassVar = Shown.NOWHERE

    person_id: Mapped[int] = restricted(primary_key=True, autoincrement=False)
    topic: Mapped[Topic] = restricted(choice(Topic), primary_key=True)
    frequency: Mapped[Frequency] = restricted(choice(Frequency))
    changed_at: Mapped[datetime] = restricted(Moment)


class Broadcast(Row, Base):
    """Something that many people are told, each once; `cursor` is the last one who was.

    Its unique key also holds that a thing is told once at all.
    """

    shown_on: ClassVar = Shown.NOWHERE

    key: Mapped[str] = restricted(String(120), unique=True)
    kind: Mapped[str] = restricted(String(60))
    about_id: Mapped[int | None] = restricted()
    detail_id: Mapped[int | None] = restricted()
    cursor: Mapped[int] = restricted(default=0)
    told: Mapped[int] = restricted(default=0)
    created_at: Mapped[datetime] = restricted(Moment)
    done_at: Mapped[datetime | None] = restricted(Moment)
