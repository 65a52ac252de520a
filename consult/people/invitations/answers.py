"""Answers of invitations to the policy's questions: whose it is, and whether it is open."""

from datetime import datetime

from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question
from consult.people.accounts.models import Person
from consult.people.invitations.models import Invitation


def is_invited(actor: Actor, subject: object, _now: datetime) -> bool:
    """Whether the invitation is for the confirmed address of the actor."""
    return (
        isinstance(actor, Person)
        and isinstance(subject, Invitation)
        and actor.confirmed_at is not None
        and bool(actor.email)
        and subject.address == actor.email
    )


def is_open(_actor: Actor, subject: object, now: datetime) -> bool:
    """Whether the invitation can be answered."""
    return isinstance(subject, Invitation) and subject.is_open(now)


ANSWERS: Answers = {
    Question.INVITED: is_invited,
    Question.INVITATION_OPEN: is_open,
}
