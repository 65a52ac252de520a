"""Plans, themes, the bodies of a plan and the roles on it."""

import enum
from datetime import date, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    ForeignKey,
    String,
    UniqueConstraint,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, relationship

from consult.foundation.core.db import Base, Localized, Moment, Row, choice, public, restricted
from consult.foundation.core.findable import in_each_language
from consult.foundation.core.people import PERSON_ID, GrantSource
from consult.people.accounts.models import Person
from consult.people.organisations.models import Body


class Role(enum.StrEnum):
    """What a person does on a plan."""

    ORGANISER = "organiser"
    MODERATOR = "moderator"
    APPROVER = "approver"
    PARTICIPANT = "participant"
    HOLDER = "holder"


class Plan(Row, Base):
    """An action plan."""

    slug: Mapped[str] = public(String(80), unique=True)
    number: Mapped[int | None] = public()
    title: Mapped[dict[str, str]] = public(Localized)
    introduction: Mapped[dict[str, str]] = public(Localized, default=dict)
    disclaimer: Mapped[dict[str, str]] = public(Localized, default=dict)
    related_plan: Mapped[dict[str, str]] = public(Localized, default=dict)
    starts_on: Mapped[date] = public(Date)
    ends_on: Mapped[date] = public(Date)
    languages: Mapped[list[str]] = public(JSON)
    grant_ceiling_cents: Mapped[int | None] = public(BigInteger)
    created_at: Mapped[datetime] = restricted(Moment)
    version: Mapped[int] = public(default=1)

    themes: Mapped[list["Theme"]] = relationship(
        back_populates="plan",
        order_by="Theme.position",
        primaryjoin="and_(Theme.plan_id == Plan.id, Theme.removed_at.is_(None))",
    )
    """Those that are in the plan, in their order."""
    bodies: Mapped[list["PlanBody"]] = relationship(order_by="PlanBody.position")

    __mapper_args__ = {"version_id_col": version}

    @property
    def public_texts(self) -> dict[str, str]:
        """What the public may read of it, by language: by that it is found."""
        return in_each_language(self.title, self.introduction)

    @property
    def plan_id(self) -> int:
        """The plan a subject belongs to: for a plan, itself."""
        return self.id


class Theme(Row, Base):
    """A theme of a plan (oplossingsrichting), in its place.

    One that a round took out of the plan keeps its row: what was said about it leads to it.
    """

    __table_args__ = (UniqueConstraint("plan_id", "slug"),)

    plan_id: Mapped[int] = public(ForeignKey("plan.id"), index=True)
    slug: Mapped[str] = public(String(80))
    position: Mapped[int] = public()
    title: Mapped[dict[str, str]] = public(Localized)
    description: Mapped[dict[str, str]] = public(Localized, default=dict)
    removed_at: Mapped[datetime | None] = public(Moment)

    version: Mapped[int] = public(default=1)

    plan: Mapped[Plan] = relationship(back_populates="themes")

    __mapper_args__ = {"version_id_col": version}


class PlanBody(Base):
    """A body that takes part in a plan, in its place."""

    plan_id: Mapped[int] = public(ForeignKey("plan.id"), primary_key=True)
    body_id: Mapped[int] = public(ForeignKey("body.id"), primary_key=True)
    position: Mapped[int] = public(default=0)

    body: Mapped[Body] = relationship()


class PlanRole(Row, Base):
    """A role of a person on a plan, from a moment until a moment."""

    plan_id: Mapped[int] = restricted(ForeignKey("plan.id"), index=True)
    person_id: Mapped[int] = restricted(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = restricted(choice(Role))
    granted_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = restricted(Moment)
    ended_at: Mapped[datetime | None] = restricted(Moment)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


GRANTS: GrantSource = select(literal("plan"), PlanRole.plan_id, PlanRole.role).where(
    PlanRole.person_id == PERSON_ID, PlanRole.ended_at.is_(None)
)
"""The roles that somebody has on plans."""
