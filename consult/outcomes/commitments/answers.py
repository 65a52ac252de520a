"""Answers of commitments to the policy's questions."""

from datetime import datetime

from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question
from consult.outcomes.commitments.models import Commitment


def is_published(_actor: Actor, subject: Commitment, _now: datetime) -> bool:
    """Whether the commitment stands in the public plan."""
    return subject.published_at is not None


def is_unpublished(_actor: Actor, subject: Commitment, _now: datetime) -> bool:
    """Whether the commitment is still a draft."""
    return subject.published_at is None


ANSWERS: Answers = {
    Question.PUBLISHED_COMMITMENT: is_published,
    Question.UNPUBLISHED_COMMITMENT: is_unpublished,
}
