"""What somebody follows."""

import enum
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from consult.foundation.core.db import Base, Moment, Row, Shown, choice, private, restricted


class FollowedKind(enum.StrEnum):
    """What can be followed."""

    PLAN = "plan"
    THEME = "theme"
    ROUND = "round"
    COMMITMENT = "commitment"
    PROPOSAL = "proposal"
    SEARCH = "search"


class Follow(Row, Base):
    """That a person follows something: one row, whatever they do with it."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject_id"),
        # The people of one thing in order of their numbers: a broadcast takes them in steps.
        Index("ix_follow_subject", "kind", "subject_id", "person_id"),
    )

    person_id: Mapped[int] = restricted(ForeignKey("person.id"))
    kind: Mapped[FollowedKind] = restricted(choice(FollowedKind))
    subject_id: Mapped[int] = restricted()
    since: Mapped[datetime] = restricted(Moment)


class FollowedSearch(Row, Base):
    """Words that are looked for in what is new; who looks for them is said by the follows."""

    shown_on: ClassVar = Shown.NOWHERE

    words: Mapped[str] = private(String(200), unique=True)
    made_at: Mapped[datetime] = restricted(Moment)


class SearchHit(Base):
    """That a followed search found something when it became public."""

    shown_on: ClassVar = Shown.NOWHERE

    subject_type: Mapped[str] = restricted(String(40), primary_key=True)
    subject_id: Mapped[int] = restricted(primary_key=True, autoincrement=False)
    search_id: Mapped[int] = restricted(
        ForeignKey("followed_search.id", ondelete="CASCADE"), primary_key=True
    )
