"""Meetings, who was there, and the warnings about a gap between two of them."""

import enum
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from consult.foundation.core.db import (
    Base,
    Localized,
    Moment,
    Row,
    Shown,
    choice,
    public,
    restricted,
)
from consult.foundation.core.findable import in_each_language
from consult.foundation.files.models import StoredFile
from consult.people.organisations.models import Body, Membership


class MeetingKind(enum.StrEnum):
    """What a meeting is for; OGP standard 5.1 asks for two monitoring meetings a year."""

    REGULAR = "regular"
    MONITORING = "monitoring"


class MeetingState(enum.StrEnum):
    """Where a meeting stands."""

    PLANNED = "planned"
    HELD = "held"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Presence(enum.StrEnum):
    """Whether a member was there."""

    PRESENT = "present"
    REPRESENTED = "represented"
    EXCUSED = "excused"
    ABSENT = "absent"


TOOK_PLACE = (MeetingState.HELD, MeetingState.PUBLISHED)
WAS_THERE = (Presence.PRESENT, Presence.REPRESENTED)


class Meeting(Row, Base):
    """A meeting of a body, with its number there.

    The agenda and the files are for members until the minutes are published; where it is, or the
    link to it, is for them always.
    """

    __table_args__ = (
        UniqueConstraint("body_id", "number"),
        Index("ix_meeting_body_start", "body_id", "starts_at"),
    )

    body_id: Mapped[int] = public(ForeignKey("body.id"))
    number: Mapped[int] = public()
    kind: Mapped[MeetingKind] = public(choice(MeetingKind))
    state: Mapped[MeetingState] = public(choice(MeetingState), default=MeetingState.PLANNED)
    title: Mapped[dict[str, str]] = public(Localized)
    starts_at: Mapped[datetime] = public(Moment)
    ends_at: Mapped[datetime] = public(Moment)
    place: Mapped[str] = restricted(String(300), default="")
    agenda: Mapped[dict[str, str]] = public(Localized, default=dict)
    minutes: Mapped[dict[str, str]] = public(Localized, default=dict)
    minutes_changed_at: Mapped[datetime | None] = public(Moment)
    guests: Mapped[int] = public(default=0)
    published_at: Mapped[datetime | None] = public(Moment)
    cancelled_reason: Mapped[str] = public(Text, default="")
    created_at: Mapped[datetime] = restricted(Moment)
    version: Mapped[int] = public(default=1)

    body: Mapped[Body] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def public_texts(self) -> dict[str, str]:
        """What the public may read of it, by language: by that it is found."""
        more = (self.agenda, self.minutes) if self.state is MeetingState.PUBLISHED else ()
        return in_each_language(self.title, *more)

    def has_begun(self, now: datetime) -> bool:
        """Whether its first moment has come."""
        return self.starts_at <= now


class Attendance(Row, Base):
    """Whether a member was at a meeting. Of people only the number is public."""

    __table_args__ = (UniqueConstraint("meeting_id", "membership_id"),)

    meeting_id: Mapped[int] = restricted(ForeignKey("meeting.id"))
    membership_id: Mapped[int] = restricted(ForeignKey("membership.id"), index=True)
    presence: Mapped[Presence] = restricted(choice(Presence))

    membership: Mapped[Membership] = relationship()


class MeetingFile(Row, Base):
    """A file with a meeting."""

    meeting_id: Mapped[int] = public(ForeignKey("meeting.id"), index=True)
    file_id: Mapped[int] = public(ForeignKey("stored_file.id"), unique=True)

    file: Mapped[StoredFile] = relationship()


class GapWarning(Row, Base):
    """That the organisers of a body were warned: no meeting since that day. Once for each gap."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (UniqueConstraint("body_id", "since"),)

    body_id: Mapped[int] = restricted(ForeignKey("body.id"))
    since: Mapped[date] = restricted(Date)
    warned_at: Mapped[datetime] = restricted(Moment)
