"""Answers of following to the policy's questions."""

from datetime import datetime

from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question
from consult.foundation.policy.services import can
from consult.people.following.subjects import FollowedSubject


def is_readable(actor: Actor, subject: FollowedSubject, now: datetime) -> bool:
    """Whether the actor may read what is to be followed."""
    return subject.reading is None or can(actor, subject.reading, subject.row, now)


ANSWERS: Answers = {Question.READABLE: is_readable}
