"""Answers of rounds to the policy's questions. A subject is a round, or has one."""

from datetime import datetime
from typing import Protocol

from consult.consultation.plans.answers import has_role, is_on_team
from consult.consultation.plans.models import Role
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import Readers, Round, RoundState
from consult.consultation.rounds.phases import CLOSED, OPENED, OVER, TAKES_INPUT
from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question


class OfRound(Protocol):
    """Something that belongs to a round."""

    @property
    def round(self) -> Round:
        """The round."""


def round_of(subject: Round | OfRound) -> Round:
    """Return the round of a subject; a round is its own."""
    return subject if isinstance(subject, Round) else subject.round


def is_announced(_actor: Actor, subject: Round | OfRound, _now: datetime) -> bool:
    """Whether the round was announced; one that was cancelled before, never was."""
    return round_of(subject).published_at is not None


def is_draft(_actor: Actor, subject: Round | OfRound, now: datetime) -> bool:
    """Whether the round was not announced yet."""
    return round_of(subject).state_at(now) is RoundState.DRAFT


def is_not_over(_actor: Actor, subject: Round | OfRound, now: datetime) -> bool:
    """Whether the round can still be changed."""
    return round_of(subject).state_at(now) not in OVER


def has_opened(_actor: Actor, subject: Round | OfRound, now: datetime) -> bool:
    """Whether the round has opened; what comes after closing is kept as late."""
    return round_of(subject).state_at(now) in OPENED


def is_open(_actor: Actor, subject: Round | OfRound, now: datetime) -> bool:
    """Whether the round takes contributions now (with its grace period)."""
    return round_of(subject).state_at(now) in TAKES_INPUT


def is_closed(_actor: Actor, subject: Round | OfRound, now: datetime) -> bool:
    """Whether the round has closed."""
    return round_of(subject).state_at(now) in CLOSED


def is_unanswered(_actor: Actor, subject: Round | OfRound, _now: datetime) -> bool:
    """Whether the responses of the round are still to be published."""
    return round_of(subject).answered_at is None


def takes_proposals(_actor: Actor, subject: Round | OfRound, _now: datetime) -> bool:
    """Whether proposals can be handed in, in a round of this kind."""
    return rules_of(round_of(subject)).takes_proposals


def takes_comments(_actor: Actor, subject: Round | OfRound, _now: datetime) -> bool:
    """Whether people can comment, in a round of this kind."""
    return rules_of(round_of(subject)).takes_comments


def takes_positions(_actor: Actor, subject: Round | OfRound, _now: datetime) -> bool:
    """Whether people can take positions, in a round of this kind."""
    return rules_of(round_of(subject)).takes_positions


def takes_statements(_actor: Actor, subject: Round | OfRound, _now: datetime) -> bool:
    """Whether statements can be handed in, in a round of this kind."""
    return rules_of(round_of(subject)).takes_statements


def asks_about_themes(_actor: Actor, subject: Round | OfRound, _now: datetime) -> bool:
    """Whether the round asks about the themes of the plan."""
    return rules_of(round_of(subject)).asks_about_themes


def takes_votes(_actor: Actor, subject: Round | OfRound, _now: datetime) -> bool:
    """Whether people vote with one press, in a round of this kind."""
    return rules_of(round_of(subject)).takes_votes


def takes_part(actor: Actor, subject: Round | OfRound, _now: datetime) -> bool:
    """Whether the round is for this actor: open to all, a member, or named a participant."""
    round_ = round_of(subject)
    if round_.open_to_everyone:
        return actor.is_authenticated
    bodies = {link.body_id for link in round_.bodies}
    return bool(bodies & actor.grants.ids("body")) or has_role(actor, round_, Role.PARTICIPANT)


def is_readable(actor: Actor, subject: Round | OfRound, now: datetime) -> bool:
    """Whether the actor may read the round."""
    round_ = round_of(subject)
    return (
        round_.readers is Readers.EVERYONE
        or takes_part(actor, round_, now)
        or is_on_team(actor, round_, now)
    )


ANSWERS: Answers = {
    Question.ROUND_ANNOUNCED: is_announced,
    Question.ROUND_IS_DRAFT: is_draft,
    Question.ROUND_NOT_OVER: is_not_over,
    Question.ROUND_OPENED: has_opened,
    Question.ROUND_OPEN: is_open,
    Question.ROUND_CLOSED: is_closed,
    Question.ROUND_UNANSWERED: is_unanswered,
    Question.PROPOSALS_TAKEN: takes_proposals,
    Question.COMMENTS_TAKEN: takes_comments,
    Question.POSITIONS_TAKEN: takes_positions,
    Question.STATEMENTS_TAKEN: takes_statements,
    Question.THEMES_ASKED: asks_about_themes,
    Question.VOTES_TAKEN: takes_votes,
    Question.TAKES_PART: takes_part,
    Question.ROUND_READABLE: is_readable,
}
