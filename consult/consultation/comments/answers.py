"""Answers about one contribution: a comment, a proposal, or an attachment's proposal."""

from datetime import datetime
from typing import Any

from consult.consultation.comments.models import ContributionState as State
from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Question, answers

SEEN = {State.PUBLISHED, State.WITHDRAWN, State.HIDDEN}
"""Whose page the public can open, once it was published: the text itself, or its tombstone."""


@answers(Question.AUTHOR)
def is_author(actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether the actor wrote it."""
    return actor.actor_id is not None and subject.author_id == actor.actor_id


@answers(Question.NOT_OWN)
def is_not_own(actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether somebody else wrote it: nobody moderates their own text."""
    return subject.author_id is None or subject.author_id != actor.actor_id


@answers(Question.DRAFT)
def is_draft(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether it was not handed in yet."""
    return bool(subject.state is State.DRAFT)


@answers(Question.PUBLIC)
def is_public(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether the public may see it, or its tombstone."""
    return _was_published(subject) and subject.state in SEEN


def _was_published(subject: Any) -> bool:
    return subject.published_at is not None


@answers(Question.TEXT_PUBLIC)
def is_text_public(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether the public may read its text: otherwise its place alone is public."""
    return bool(subject.state is State.PUBLISHED)


@answers(Question.PENDING)
def is_pending(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether it waits for a moderator."""
    return bool(subject.state is State.PENDING)


@answers(Question.PUBLISHED)
def is_published(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether a moderator published it, and it still stands there."""
    return bool(subject.state is State.PUBLISHED)


@answers(Question.UNREVIEWED)
def is_unreviewed(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether no moderator looked at its present text yet."""
    return subject.reviewed_at is None


@answers(Question.HANDED_IN)
def is_handed_in(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether it was handed in: a draft is nobody's but its author's."""
    return bool(subject.state is not State.DRAFT)


@answers(Question.RETURNED)
def is_returned(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether a moderator sent it back to its author."""
    return bool(subject.state is State.RETURNED)


@answers(Question.REVISABLE)
def is_revisable(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether its author may hand in a new text."""
    return subject.state in {State.PENDING, State.PUBLISHED, State.RETURNED}


@answers(Question.WITHDRAWABLE)
def is_withdrawable(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether it can still be withdrawn."""
    return subject.state in {State.PENDING, State.PUBLISHED, State.RETURNED, State.LATE}


@answers(Question.HIDEABLE)
def is_hideable(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether it is visible, or waits to be."""
    return subject.state in {State.PUBLISHED, State.PENDING}


@answers(Question.HIDDEN)
def is_hidden(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether a moderator hid it."""
    return bool(subject.state is State.HIDDEN)


@answers(Question.LATE)
def is_late(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether it arrived after the grace period."""
    return bool(subject.state is State.LATE)
