"""Answers about one contribution: a comment, a proposal, or an attachment's proposal."""

from datetime import datetime
from typing import Protocol

from consult.consultation.comments.models import ContributionState as State
from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question

SEEN = {State.PUBLISHED, State.WITHDRAWN, State.HIDDEN}
"""Whose page the public can open, once it was published: the text itself, or its tombstone."""


class Contribution(Protocol):
    """What the questions ask about: a text of somebody, with where it stands."""

    @property
    def author_id(self) -> int | None:
        """Who wrote it; None where that is forgotten, or it came from elsewhere."""

    @property
    def state(self) -> State:
        """Where it stands."""

    @property
    def published_at(self) -> datetime | None:
        """When it was published, if it ever was."""

    @property
    def reviewed_at(self) -> datetime | None:
        """When a moderator last looked at its present text."""

    @property
    def not_for_publication(self) -> bool:
        """Whether its author wants it read, and not published."""


def is_author(actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether the actor wrote it."""
    return actor.actor_id is not None and subject.author_id == actor.actor_id


def is_not_own(actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether somebody else wrote it: nobody moderates their own text."""
    return subject.author_id is None or subject.author_id != actor.actor_id


def is_draft(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether it was not handed in yet."""
    return subject.state is State.DRAFT


def is_public(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether the public may see it, or its tombstone."""
    return _was_published(subject) and subject.state in SEEN


def _was_published(subject: Contribution) -> bool:
    return subject.published_at is not None


def is_text_public(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether the public may read its text: otherwise its place alone is public."""
    return subject.state is State.PUBLISHED


def is_pending(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether it waits for a moderator."""
    return subject.state is State.PENDING


def is_for_publication(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether its author lets it be published."""
    return not subject.not_for_publication


def is_not_for_publication(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether it was taken in to be read and answered, and not published."""
    return subject.state is State.NOT_FOR_PUBLICATION


def is_published(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether a moderator published it, and it still stands there."""
    return subject.state is State.PUBLISHED


def is_unreviewed(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether no moderator looked at its present text yet."""
    return subject.reviewed_at is None


def is_handed_in(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether it was handed in: a draft is nobody's but its author's."""
    return subject.state is not State.DRAFT


def is_returned(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether a moderator sent it back to its author."""
    return subject.state is State.RETURNED


def is_revisable(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether its author may hand in a new text."""
    return subject.state in {
        State.PENDING, State.PUBLISHED, State.RETURNED, State.NOT_FOR_PUBLICATION,
    }  # fmt: skip


def is_withdrawable(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether it can still be withdrawn."""
    return is_revisable(_actor, subject, _now) or subject.state is State.LATE


def is_hideable(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether it is visible, or waits to be."""
    return subject.state in {State.PUBLISHED, State.PENDING}


def is_hidden(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether a moderator hid it."""
    return subject.state is State.HIDDEN


def is_late(_actor: Actor, subject: Contribution, _now: datetime) -> bool:
    """Whether it arrived after the grace period."""
    return subject.state is State.LATE


ANSWERS: Answers = {
    Question.AUTHOR: is_author,
    Question.NOT_OWN: is_not_own,
    Question.DRAFT: is_draft,
    Question.PUBLIC: is_public,
    Question.TEXT_PUBLIC: is_text_public,
    Question.PENDING: is_pending,
    Question.PUBLISHED: is_published,
    Question.FOR_PUBLICATION: is_for_publication,
    Question.NOT_FOR_PUBLICATION: is_not_for_publication,
    Question.UNREVIEWED: is_unreviewed,
    Question.HANDED_IN: is_handed_in,
    Question.RETURNED: is_returned,
    Question.REVISABLE: is_revisable,
    Question.WITHDRAWABLE: is_withdrawable,
    Question.HIDEABLE: is_hideable,
    Question.HIDDEN: is_hidden,
    Question.LATE: is_late,
}
