"""What moderation knows for the policy table: second looks, and decisions that are still held."""

from datetime import datetime

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.holding import is_held
from consult.consultation.moderation.models import HeldDecision
from consult.consultation.moderation.second_looks import open_second_look
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question


def asks_second_look(actor: Actor, subject: Proposal | Comment, _now: datetime) -> bool:
    """Whether its hiding waits for a second moderator, and this is not who hid it."""
    look = open_second_look(subject)
    return look is not None and look.decision.decided_by_id != actor.actor_id


def is_own_decision(actor: Actor, held: HeldDecision, _now: datetime) -> bool:
    """Whether this person took the decision."""
    return held.decided_by_id == actor.actor_id


def can_be_taken_back(_actor: Actor, held: HeldDecision, now: datetime) -> bool:
    """Whether a decision is still held."""
    return is_held(held, now)


ANSWERS: Answers = {
    Question.SECOND_LOOK: asks_second_look,
    Question.OWN_DECISION: is_own_decision,
    Question.DECISION_HELD: can_be_taken_back,
}
