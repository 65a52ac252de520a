"""Responses."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import Base, Moment, Row, choice, public, restricted


class Outcome(enum.StrEnum):
    """What becomes of a proposal."""

    ADOPTED = "adopted"
    ADOPTED_IN_PART = "adopted_in_part"
    NOT_ADOPTED = "not_adopted"
    ALREADY_POLICY = "already_policy"
    OUT_OF_SCOPE = "out_of_scope"


class Response(Row, Base):
    """The answer to one proposal: a draft until `published_at` is set."""

    proposal_id: Mapped[int] = public(ForeignKey("proposal.id"), unique=True)
    round_id: Mapped[int] = public(ForeignKey("round.id"), index=True)
    outcome: Mapped[Outcome] = public(choice(Outcome))
    reason: Mapped[str] = public(Text)
    """Empty where an imported answer gives none: the page says so."""
    language: Mapped[str] = public(String(8))
    prepared_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    prepared_at: Mapped[datetime] = restricted(Moment)
    published_at: Mapped[datetime | None] = public(Moment)
    given_at: Mapped[datetime | None] = public(Moment)
    """When it was given; None for a draft, and where the source of an import does not say."""
    given_by: Mapped[str] = public(String(200), default="")
    """Who gave it, where the source of an import says so: a body, a department."""
    version: Mapped[int] = public(default=1)

    proposal: Mapped[Proposal] = relationship()

    @property
    def public_texts(self) -> dict[str, str]:
        """What the public may read of it, by language: by that it is found."""
        return {self.language: self.reason} if self.published_at else {}

    corrections: Mapped[list["Correction"]] = relationship(order_by="Correction.id")

    __mapper_args__ = {"version_id_col": version}


class Correction(Row, Base):
    """A public answer as it was before it was changed, and why it was. Never changed itself."""

    response_id: Mapped[int] = public(ForeignKey("response.id"), index=True)
    outcome: Mapped[Outcome] = public(choice(Outcome))
    reason: Mapped[str] = public(Text)
    language: Mapped[str] = public(String(8))
    because: Mapped[str] = public(Text)
    """Why the answer was changed, in the words of the organiser."""
    corrected_at: Mapped[datetime] = public(Moment)
    corrected_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
