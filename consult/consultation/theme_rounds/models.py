"""What became of the themes after a round about them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.plans.models import Theme
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import Base, Localized, Moment, Row, public, restricted


class ThemeChange(Row, Base):
    """That a theme of the plan was changed because of what a round said about it, and why."""

    proposal_id: Mapped[int] = public(ForeignKey("proposal.id"), index=True)
    """The theme as it was put forward in the round."""
    theme_id: Mapped[int] = public(ForeignKey("theme.id"), index=True)
    was: Mapped[dict[str, str]] = public(Localized)
    becomes: Mapped[dict[str, str]] = public(Localized)
    """Its title before and after, in each language."""
    reason: Mapped[str] = public(Text)
    changed_at: Mapped[datetime] = public(Moment)
    changed_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))

    proposal: Mapped[Proposal] = relationship()
    theme: Mapped[Theme] = relationship()
