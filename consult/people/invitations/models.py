"""Invitations, the keys that their mails carry, and the files that they came from."""

import enum
from datetime import date, datetime
from typing import ClassVar, NotRequired, TypedDict

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from consult.foundation.core.db import (
    Base,
    Moment,
    Row,
    Shown,
    choice,
    index_where_null,
    private,
    restricted,
    secret,
)
from consult.people.accounts.models import Person
from consult.people.organisations.models import Body, Organisation


class InvitationState(enum.StrEnum):
    """Where an invitation stands. The first two are open, the others are its end."""

    WAITING = "waiting"
    """Its mail has not left yet."""
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"


class ListedRow(TypedDict):
    """What a file says of somebody who can be invited; what cannot be used is None."""

    address: str | None
    name: str
    organisation_id: int | None
    language: str | None


class RefusedRow(TypedDict):
    """A row of a file that was refused: its line, the name of the reason, and what it said."""

    line: int
    reason: str
    other: NotRequired[int]
    """The line in which the same stands."""
    said: dict[str, str]


class InvitationBatch(Row, Base):
    """A file of invitations: what was good in it, what was not, and when it was sent.

    `rows` is what the file says of each who can be invited, until it is sent; `bad_rows` is what
    was refused, with its line and the name of the reason (words).
    """

    shown_on: ClassVar = Shown.NOWHERE

    body_id: Mapped[int] = restricted(ForeignKey("body.id"), index=True)
    made_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    made_at: Mapped[datetime] = restricted(Moment)
    sent_at: Mapped[datetime | None] = restricted(Moment)
    encoding: Mapped[str] = restricted(String(20), default="utf-8")
    rows: Mapped[list[ListedRow]] = private(JSON, default=list)
    bad_rows: Mapped[list[RefusedRow]] = private(JSON, default=list)
    invited: Mapped[int] = restricted(default=0)
    refused: Mapped[int] = restricted(default=0)
    note: Mapped[str] = private(Text, default="")
    starts_on: Mapped[date] = restricted(Date)
    ends_on: Mapped[date | None] = restricted(Date)

    body: Mapped[Body] = relationship()


class Invitation(Row, Base):
    """That somebody is asked to sit at a body, and what they answered.

    The address, the name and the texts are emptied a while after the end (retention).
    """

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (
        # One open invitation for an address at a body, whoever sends at the same instant.
        index_where_null(
            "uq_invitation_open", "body_id", "address", null="closed_at", unique=True
        ),
        Index("ix_invitation_body_id_state", "body_id", "state"),
        Index("ix_invitation_address", "address"),
    )  # fmt: skip

    body_id: Mapped[int] = restricted(ForeignKey("body.id"))
    batch_id: Mapped[int | None] = restricted(ForeignKey("invitation_batch.id"), index=True)
    address: Mapped[str] = private(String(254))
    name: Mapped[str] = private(String(120), default="")
    language: Mapped[str] = private(String(8), default="nl")
    organisation_id: Mapped[int | None] = restricted(ForeignKey("organisation.id"))
    starts_on: Mapped[date] = restricted(Date)
    ends_on: Mapped[date | None] = restricted(Date)
    note: Mapped[str] = private(Text, default="")
    state: Mapped[InvitationState] = restricted(
        choice(InvitationState), default=InvitationState.WAITING
    )
    invited_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    invited_at: Mapped[datetime] = restricted(Moment)
    message_id: Mapped[int | None] = restricted(index=True)
    """The mail that invites; a reminder is another one."""
    sent_at: Mapped[datetime | None] = restricted(Moment)
    reminded_at: Mapped[datetime | None] = restricted(Moment)
    """The first reminder that went by itself."""
    warned_at: Mapped[datetime | None] = restricted(Moment)
    """The last reminder that went by itself, shortly before the end."""
    expires_at: Mapped[datetime] = restricted(Moment, index=True)
    closed_at: Mapped[datetime | None] = restricted(Moment, index=True)
    accepted_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    decline_reason: Mapped[str] = private(Text, default="")

    body: Mapped[Body] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    invited_by: Mapped[Person | None] = relationship(foreign_keys=[invited_by_id])
    accepted_by: Mapped[Person | None] = relationship(foreign_keys=[accepted_by_id])

    def is_open(self, now: datetime) -> bool:
        """Whether it can be answered at this moment."""
        return self.closed_at is None and now < self.expires_at

    def state_at(self, now: datetime) -> InvitationState:
        """Return the state as it is now: what has passed its end is expired at that instant."""
        if self.closed_at is None and now >= self.expires_at:
            return InvitationState.EXPIRED
        return self.state


class InvitationKey(Row, Base):
    """The digest of the random key in the link of one mail; the key itself is in that mail only."""

    shown_on: ClassVar = Shown.NOWHERE

    invitation_id: Mapped[int] = restricted(ForeignKey("invitation.id"), index=True)
    digest: Mapped[str] = secret(String(64), unique=True)
    message_id: Mapped[int] = restricted()
    made_at: Mapped[datetime] = restricted(Moment)

    invitation: Mapped[Invitation] = relationship()
