"""Threads and comments."""

import enum
from datetime import datetime
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    inspect,
)
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.rounds.models import Round
from consult.foundation.core.db import (
    Base,
    Identifier,
    Moment,
    Row,
    choice,
    index_where_null,
    public,
    random_id,
    restricted,
)
from consult.foundation.policy.actions import Action
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation


class ContributionState(enum.StrEnum):
    """Where a contribution stands; the same for proposals and comments."""

    DRAFT = "draft"
    PENDING = "pending"
    PUBLISHED = "published"
    RETURNED = "returned"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"
    LATE = "late"
    NOT_FOR_PUBLICATION = "not_for_publication"
    """Read and answered, and never public: so its author wants it."""


class CommentKind(enum.StrEnum):
    """What a comment is."""

    REACTION = "reaction"
    QUESTION = "question"
    SUGGESTION = "suggestion"
    DISSENT = "dissent"
    """Of somebody whose own organisation signed the text: they do not agree."""
    MISSING = "missing"
    """About a theme: what is missing in it."""
    ELSEWHERE = "elsewhere"
    """About a theme: what belongs elsewhere."""


ABOUT_THEMES = (CommentKind.MISSING, CommentKind.ELSEWHERE)
"""What one says of a theme only."""


class Alignment(enum.StrEnum):
    """What a comment thinks of its proposal, where its source asks for it."""

    IN_FAVOUR = "in_favour"
    NEUTRAL = "neutral"
    AGAINST = "against"


class AuthorRole(enum.StrEnum):
    """As what somebody contributed, where the source of an import says so."""

    PARTICIPANT = "participant"
    ORGANISATION = "organisation"
    GOVERNMENT = "government"
    MEETING = "meeting"


_UNSEEN = {
    ContributionState.DRAFT,
    ContributionState.PENDING,
    ContributionState.LATE,
    ContributionState.NOT_FOR_PUBLICATION,
}


def contribution_is_seen(contribution: Base) -> bool:
    """Whether a public page tells something of a contribution, as it was or as it is now.

    That it came in is counted elsewhere (Shown.COUNTS).
    """
    found = inspect(contribution).attrs["state"].history
    states = {*found.added, *found.unchanged, *found.deleted}
    was_known = bool(found.unchanged or found.deleted) or not inspect(contribution).persistent
    return not was_known or not states <= _UNSEEN


def keep_from_publication() -> CheckConstraint:
    """Make the check with which the database itself keeps to what an author wants.

    What is not for publication has no state in which it is public, waits to be or once was.
    """
    return CheckConstraint(
        "(NOT not_for_publication AND state <> 'not_for_publication') OR "
        "(not_for_publication AND published_at IS NULL AND "
        "state IN ('draft', 'late', 'withdrawn', 'not_for_publication'))",
        name="not_for_publication",
    )


class Thread(Row, Base):
    """The conversation about one thing."""

    round_id: Mapped[int] = public(ForeignKey("round.id"), index=True)
    comment_count: Mapped[int] = public(default=0)

    round: Mapped[Round] = relationship()


class Comment(Row, Base):
    """One thing that was said in a thread."""

    READ_BY: ClassVar = Action.PROPOSAL_READ
    unseen_columns: ClassVar = frozenset({"version", "reviewed_at"})

    __table_args__ = (
        UniqueConstraint("thread_id", "number"),
        Index("ix_comment_top", "thread_id", "root_id", "id"),
        Index("ix_comment_queue", "state", "arrived_at", "id"),
        index_where_null(
            "ix_comment_unreviewed", "state", "arrived_at", "id", "round_id", null="reviewed_at"
        ),
        keep_from_publication(),
    )

    public_id: Mapped[str] = public(Identifier, unique=True, default=random_id)
    thread_id: Mapped[int] = public(ForeignKey("thread.id"))
    round_id: Mapped[int] = public(ForeignKey("round.id"), index=True)
    number: Mapped[int] = public()
    """The number within its thread: comment 3 on proposal 12 is cited as #12.3."""
    parent_id: Mapped[int | None] = public(ForeignKey("comment.id"), index=True)
    root_id: Mapped[int | None] = public(ForeignKey("comment.id"))
    depth: Mapped[int] = public(default=0)
    author_id: Mapped[int | None] = restricted(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = public(ForeignKey("organisation.id"))
    kind: Mapped[CommentKind] = public(choice(CommentKind))
    body: Mapped[str] = public(Text)
    language: Mapped[str] = public(String(8))
    state: Mapped[ContributionState] = public(choice(ContributionState))
    arrived_at: Mapped[datetime] = public(Moment)
    published_at: Mapped[datetime | None] = public(Moment)
    reviewed_at: Mapped[datetime | None] = restricted(Moment)
    """When a moderator last looked at its present text; where they look afterwards, later."""
    alignment: Mapped[Alignment | None] = public(choice(Alignment))
    author_role: Mapped[AuthorRole | None] = public(choice(AuthorRole))
    likes: Mapped[int | None] = public()
    """How many its source counted, without saying who; the same for the dislikes."""
    dislikes: Mapped[int | None] = public()
    source_url: Mapped[str] = public(String(500), default="")
    """Where it stands at the source of an import."""
    not_for_publication: Mapped[bool] = restricted(default=False)
    """Whether its author wants it read, and not published."""
    not_for_publication_reason: Mapped[str] = restricted(Text, default="")
    version: Mapped[int] = public(default=1)

    thread: Mapped[Thread] = relationship()
    round: Mapped[Round] = relationship()
    author: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def is_seen(self) -> bool:
        """Whether a public page tells something of it."""
        return contribution_is_seen(self)


SINCE_0019 = (Comment.alignment, Comment.author_role, Comment.likes, Comment.dislikes)
SINCE_0030 = (Comment.not_for_publication, Comment.not_for_publication_reason)
"""What the events of earlier versions do not bind, by the migration that added it."""
