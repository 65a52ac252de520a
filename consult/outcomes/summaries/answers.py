"""Answers of summaries to the policy's questions."""

from datetime import datetime

from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question
from consult.outcomes.summaries.models import Summary


def is_published(_actor: Actor, subject: Summary, _now: datetime) -> bool:
    """Whether the summary is public."""
    return subject.published_at is not None


ANSWERS: Answers = {
    Question.PUBLISHED_SUMMARY: is_published,
}
