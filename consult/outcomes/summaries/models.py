"""Summaries, their sections and citations."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.comments.models import Comment
from consult.consultation.plans.models import Theme
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import Base, Localized, Moment, Row, public, restricted


class Summary(Row, Base):
    """The summary of a round: a draft until `published_at` is set."""

    round_id: Mapped[int] = public(ForeignKey("round.id"), unique=True)
    introduction: Mapped[dict[str, str]] = public(Localized, default=dict)
    saved_at: Mapped[datetime] = restricted(Moment)
    published_at: Mapped[datetime | None] = public(Moment)
    checkpoint: Mapped[str | None] = public(Text)
    """The latest checkpoint of the public log when it was published."""
    version: Mapped[int] = public(default=1)

    round: Mapped[Round] = relationship()
    sections: Mapped[list["SummarySection"]] = relationship(back_populates="summary")

    __mapper_args__ = {"version_id_col": version}


class SummarySection(Row, Base):
    """The text about one theme; without a theme, about what stands under none."""

    __table_args__ = (UniqueConstraint("summary_id", "theme_id"),)

    summary_id: Mapped[int] = public(ForeignKey("summary.id"))
    theme_id: Mapped[int | None] = public(ForeignKey("theme.id"))
    text: Mapped[dict[str, str]] = public(Localized, default=dict)

    summary: Mapped[Summary] = relationship(back_populates="sections")
    theme: Mapped[Theme | None] = relationship()
    citations: Mapped[list["Citation"]] = relationship(cascade="all, delete-orphan")


class Citation(Row, Base):
    """That a section cites a proposal, or one comment on it."""

    section_id: Mapped[int] = public(ForeignKey("summary_section.id"), index=True)
    proposal_id: Mapped[int] = public(ForeignKey("proposal.id"), index=True)
    comment_id: Mapped[int | None] = public(ForeignKey("comment.id"), index=True)

    proposal: Mapped[Proposal] = relationship()
    comment: Mapped[Comment | None] = relationship()
