"""Answers of privacy to the policy's questions."""

from datetime import datetime

from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question
from consult.people.privacy.exports import KEPT
from consult.people.privacy.models import DataExport


def is_own_export(actor: Actor, subject: DataExport | None, now: datetime) -> bool:
    """Whether an export is the actor's, was made and did not expire."""
    return (
        actor.is_authenticated
        and actor.is_active
        and subject is not None
        and subject.person_id == actor.actor_id
        and subject.made_at is not None
        and now < subject.asked_at + KEPT
    )


ANSWERS: Answers = {
    Question.OWN_EXPORT: is_own_export,
}
