"""Moderation decisions."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.comments.models import Comment
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import (
    Base,
    Moment,
    Row,
    choice,
    index_where_null,
    private,
    public,
    restricted,
)
from consult.people.accounts.models import Person


class Verb(enum.StrEnum):
    """What was decided."""

    PUBLISH = "publish"
    RETURN = "return"
    HIDE = "hide"
    RESTORE = "restore"
    ADMIT = "admit"
    KEEP = "keep"
    """Looked at after it was public, and it stays."""


EXCEPTIONS = frozenset({Verb.RETURN, Verb.HIDE, Verb.RESTORE, Verb.ADMIT})
"""All but what is decided about most contributions: they stand out in the log."""


class Ground(enum.StrEnum):
    """Why something was hidden."""

    PERSONAL_DATA = "personal_data"
    OFFENSIVE = "offensive"
    DISCRIMINATION = "discrimination"
    ADVERTISING = "advertising"
    OFF_TOPIC = "off_topic"
    UNLAWFUL = "unlawful"
    SOURCE_MODERATION = "source_moderation"


class Decision(Row, Base):
    """One decision about one contribution."""

    __table_args__ = (
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        Index("ix_decision_log", "round_id", "id"),
        Index("ix_decision_verbs", "round_id", "verb"),
    )

    round_id: Mapped[int] = public(ForeignKey("round.id"))
    proposal_id: Mapped[int | None] = public(ForeignKey("proposal.id"), index=True)
    comment_id: Mapped[int | None] = public(ForeignKey("comment.id"), index=True)
    verb: Mapped[Verb] = public(choice(Verb))
    ground: Mapped[Ground | None] = public(choice(Ground))
    reason: Mapped[str] = public(Text, default="")
    decided_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = public(Moment)
    """None where the source of an import does not say."""

    proposal: Mapped[Proposal | None] = relationship()
    comment: Mapped[Comment | None] = relationship()
    decided_by: Mapped[Person | None] = relationship()


class ReportKind(enum.StrEnum):
    """What somebody says is wrong with a public text."""

    PERSONAL_DATA = "personal_data"
    OFFENSIVE = "offensive"
    DISCRIMINATION = "discrimination"
    ADVERTISING = "advertising"
    OFF_TOPIC = "off_topic"
    UNLAWFUL = "unlawful"
    OTHER = "other"


class ReportOutcome(enum.StrEnum):
    """What became of a report."""

    TAKEN_AWAY = "taken_away"
    """The text is no longer public."""
    STAYS = "stays"


class Report(Row, Base):
    """That somebody reported a public text to the moderators: open until `settled_at` is set."""

    __table_args__ = (
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        index_where_null("ix_report_open", "round_id", "id", null="settled_at"),
    )

    round_id: Mapped[int] = restricted(ForeignKey("round.id"))
    proposal_id: Mapped[int | None] = restricted(ForeignKey("proposal.id"), index=True)
    comment_id: Mapped[int | None] = restricted(ForeignKey("comment.id"), index=True)
    kind: Mapped[ReportKind] = restricted(choice(ReportKind))
    sentence: Mapped[str] = private(Text)
    """What is wrong, in the words of who reported it."""
    reported_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"), index=True)
    """None once their account was closed."""
    reported_at: Mapped[datetime] = restricted(Moment)
    outcome: Mapped[ReportOutcome | None] = restricted(choice(ReportOutcome))
    answer: Mapped[str] = restricted(Text, default="")
    """What the moderator wrote to who reported it."""
    settled_at: Mapped[datetime | None] = restricted(Moment)
    settled_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))

    proposal: Mapped[Proposal | None] = relationship()
    comment: Mapped[Comment | None] = relationship()
    reported_by: Mapped[Person | None] = relationship(foreign_keys=[reported_by_id])
