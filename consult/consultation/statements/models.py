"""Which statement stands before somebody now."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import Base, Moment, Row, Shown, private

LONGEST_STATEMENT = 140
"""Characters in a statement, as in Polis: one sentence that is read at a glance."""


class StatementInView(Row, Base):
    """The statement of a round that was put before a person to vote on; the next one replaces it.

    Who comes back sees the same one again, and it is counted as shown once.
    """

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    round_id: Mapped[int] = private(ForeignKey("round.id"))
    person_id: Mapped[int] = private(ForeignKey("person.id"), index=True)
    proposal_id: Mapped[int] = private(ForeignKey("proposal.id"))
    shown_at: Mapped[datetime] = private(Moment)

    proposal: Mapped[Proposal] = relationship()
