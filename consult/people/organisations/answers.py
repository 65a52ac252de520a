"""Answers of organisations to the policy's questions: who is its contact, whose mandate it is."""

from datetime import datetime

from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question
from consult.people.organisations.models import Mandate, MandateRequest, Organisation


def is_contact(actor: Actor, subject: object, _now: datetime) -> bool:
    """Whether the actor is the contact of the organisation (of any, without a subject)."""
    if subject is None:
        return bool(actor.grants.ids("organisation", "contact"))
    if isinstance(subject, Organisation):
        return actor.grants.has("organisation", subject.id, "contact")
    if isinstance(subject, Mandate | MandateRequest):
        return actor.grants.has("organisation", subject.organisation_id, "contact")
    return False


def is_speaker(actor: Actor, subject: object, _now: datetime) -> bool:
    """Whether the mandate is the actor's own."""
    return isinstance(subject, Mandate) and subject.person_id == actor.actor_id


ANSWERS: Answers = {
    Question.CONTACT: is_contact,
    Question.SPEAKER: is_speaker,
}
