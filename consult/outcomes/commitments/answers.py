"""Answers of commitments to the policy's questions."""

from datetime import datetime
from typing import Any

from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question


def is_published(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Whether the commitment stands in the public plan."""
    return subject.published_at is not None


def is_unpublished(_actor: Actor, subject: Any, _now: datetime) -> bool:
    """Whether the commitment is still a draft."""
    return subject.published_at is None


ANSWERS: Answers = {
    Question.PUBLISHED_COMMITMENT: is_published,
    Question.UNPUBLISHED_COMMITMENT: is_unpublished,
}
