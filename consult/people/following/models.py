"""What somebody follows."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from consult.foundation.core.db import Base, Moment, Row, choice, restricted


class FollowedKind(enum.StrEnum):
    """What can be followed."""

    PLAN = "plan"
    THEME = "theme"
    ROUND = "round"
    COMMITMENT = "commitment"
    PROPOSAL = "proposal"


class Follow(Row, Base):
    """That a person follows something: one row, whatever they do with it."""

    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject_id"),
        # The people of one thing in order of their numbers: a broadcast takes them in steps.
        Index("ix_follow_subject", "kind", "subject_id", "person_id"),
    )

    person_id: Mapped[int] = restricted(ForeignKey("person.id"))
    kind: Mapped[FollowedKind] = restricted(choice(FollowedKind))
    subject_id: Mapped[int] = restricted()
    since: Mapped[datetime] = restricted(Moment)
