"""What became of the themes after a round about them."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.plans.models import Theme
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import Base, Localized, Moment, Row, public, restricted


class ChangeKind(enum.StrEnum):
    """What was done to a theme after a round."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class ThemeChange(Row, Base):
    """That a theme of the plan was changed, added or removed after a round about them, and why."""

    round_id: Mapped[int] = public(ForeignKey("round.id"), index=True)
    proposal_id: Mapped[int | None] = public(ForeignKey("proposal.id"), index=True)
    """The theme as it was put forward in the round; None for one that was added after it."""
    theme_id: Mapped[int] = public(ForeignKey("theme.id"), index=True)
    was: Mapped[dict[str, str]] = public(Localized)
    becomes: Mapped[dict[str, str]] = public(Localized)
    """Its title before and after, in each language; nothing where it was not in the plan."""
    reason: Mapped[str] = public(Text)
    changed_at: Mapped[datetime] = public(Moment)
    changed_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))

    round: Mapped[Round] = relationship()
    proposal: Mapped[Proposal | None] = relationship()
    theme: Mapped[Theme] = relationship()

    @property
    def kind(self) -> ChangeKind:
        """What was done to the theme."""
        if not self.was:
            return ChangeKind.ADDED
        return ChangeKind.CHANGED if self.becomes else ChangeKind.REMOVED
