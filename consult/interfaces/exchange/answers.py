"""Answers of exchange to the policy's questions."""

from datetime import datetime

from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question
from consult.interfaces.exchange.models import SheetUpload


def is_own_upload(actor: Actor, subject: SheetUpload | None, _now: datetime) -> bool:
    """Whether somebody brought this file themselves."""
    return subject is not None and subject.uploaded_by_id == actor.actor_id


ANSWERS: Answers = {
    Question.OWN_UPLOAD: is_own_upload,
}
