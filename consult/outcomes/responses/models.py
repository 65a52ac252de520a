"""Responses."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import Base, Localized, Moment, Row, choice, public, restricted
from consult.foundation.core.languages import Texts, in_all_languages


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
    """The language that it was written in first; `translations` holds it in others."""
    translations: Mapped[Texts] = public(Localized, default=dict)
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
    def reasons(self) -> Texts:
        """The reason in each language that it is written in."""
        return in_all_languages(self.language, self.reason, self.translations)

    @property
    def public_texts(self) -> Texts:
        """What the public may read of it, by language: by that it is found."""
        return self.reasons if self.published_at else {}

    corrections: Mapped[list["Correction"]] = relationship(order_by="Correction.id")

    __mapper_args__ = {"version_id_col": version}


class Correction(Row, Base):
    """A public answer as it was before it was changed, and why it was. Never changed itself."""

    response_id: Mapped[int] = public(ForeignKey("response.id"), index=True)
    outcome: Mapped[Outcome] = public(choice(Outcome))
    reason: Mapped[str] = public(Text)
    language: Mapped[str] = public(String(8))
    translations: Mapped[Texts] = public(Localized, default=dict)
    because: Mapped[str] = public(Text)
    """Why the answer was changed, in the words of the organiser."""
    corrected_at: Mapped[datetime] = public(Moment)
    corrected_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))

    @property
    def reasons(self) -> Texts:
        """The reason in each language that it was written in."""
        return in_all_languages(self.language, self.reason, self.translations)
