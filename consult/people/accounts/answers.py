"""Answers of accounts to the policy's questions."""

from datetime import datetime

from flask import current_app

from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question


def is_demonstration(_actor: Actor, _subject: object, _now: datetime) -> bool:
    """Whether this is the demonstration, where mail stays in the house."""
    return bool(current_app.config["DEMONSTRATION"])


ANSWERS: Answers = {
    Question.DEMONSTRATION: is_demonstration,
}
