"""Commitments and the proposals they were made from."""

import enum
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.plans.models import Plan, Theme
from consult.consultation.proposals.models import Origin, Proposal
from consult.foundation.core.db import Base, Localized, Moment, Row, choice, public, restricted
from consult.foundation.core.findable import in_each_language
from consult.foundation.policy.actions import Action
from consult.people.organisations.models import Organisation

PROSE = ("title", "problem", "description", "results", "relevance", "funding")
"""The texts of a commitment, in the order of the OGP form (handbook 5.0, 2022)."""


class CommitmentState(enum.StrEnum):
    """Whether a commitment stands in the public plan."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Commitment(Row, Base):
    """A promise in a plan: a draft until `published_at` is set."""

    READ_BY: ClassVar = Action.COMMITMENT_READ

    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    plan_id: Mapped[int] = public(ForeignKey("plan.id"))
    number: Mapped[int] = public()
    theme_id: Mapped[int | None] = public(ForeignKey("theme.id"), index=True)
    title: Mapped[dict[str, str]] = public(Localized)
    problem: Mapped[dict[str, str]] = public(Localized, default=dict)
    description: Mapped[dict[str, str]] = public(Localized, default=dict)
    results: Mapped[dict[str, str]] = public(Localized, default=dict)
    relevance: Mapped[dict[str, str]] = public(Localized, default=dict)
    funding: Mapped[dict[str, str]] = public(Localized, default=dict)
    holder_id: Mapped[int | None] = public(ForeignKey("organisation.id"))
    partners: Mapped[str] = public(String(500), default="")
    origin: Mapped[Origin] = public(choice(Origin), default=Origin.NEW)
    starts_on: Mapped[date | None] = public(Date)
    ends_on: Mapped[date | None] = public(Date)
    amount_cents: Mapped[int | None] = public(BigInteger)
    created_at: Mapped[datetime] = restricted(Moment)
    saved_at: Mapped[datetime] = restricted(Moment)
    published_at: Mapped[datetime | None] = public(Moment)
    version: Mapped[int] = public(default=1)

    plan: Mapped[Plan] = relationship()
    theme: Mapped[Theme | None] = relationship()
    holder: Mapped[Organisation | None] = relationship()
    sources: Mapped[list["CommitmentSource"]] = relationship(
        back_populates="commitment", order_by="CommitmentSource.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def public_texts(self) -> dict[str, str]:
        """What the public may read of it, by language: by that it is found."""
        said = (self.title, self.problem, self.description, self.results, self.relevance)
        return in_each_language(*said) if self.published_at else {}

    @property
    def state(self) -> CommitmentState:
        """Where the commitment stands."""
        return CommitmentState.PUBLISHED if self.published_at else CommitmentState.DRAFT


class CommitmentSource(Row, Base):
    """That a commitment was made from a proposal, and what was taken over."""

    __table_args__ = (UniqueConstraint("commitment_id", "proposal_id"),)

    commitment_id: Mapped[int] = public(ForeignKey("commitment.id"))
    proposal_id: Mapped[int] = public(ForeignKey("proposal.id"), index=True)
    note: Mapped[dict[str, str]] = public(Localized, default=dict)

    commitment: Mapped[Commitment] = relationship(back_populates="sources")
    proposal: Mapped[Proposal] = relationship()
