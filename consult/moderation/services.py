"""Deciding about what people handed in: each decision with a reason, on the public record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from consult.accounts.models import Person
from consult.comments import states as comment_states
from consult.comments.models import Comment
from consult.core.db import db
from consult.core.errors import InvalidInput
from consult.core.people import Actor
from consult.core.text import clean_text
from consult.moderation.models import Decision, Ground, Verb
from consult.notifications.services import notify
from consult.policy.actions import Action
from consult.policy.services import ensure
from consult.proposals import states as proposal_states
from consult.proposals.models import Proposal
from consult.record.services import record

Contribution = Proposal | Comment

ACTIONS = {
    Verb.PUBLISH: Action.CONTRIBUTION_PUBLISH,
    Verb.RETURN: Action.CONTRIBUTION_RETURN,
    Verb.HIDE: Action.CONTRIBUTION_HIDE,
    Verb.RESTORE: Action.CONTRIBUTION_RESTORE,
    Verb.ADMIT: Action.CONTRIBUTION_ADMIT,
}
_NEEDS_REASON = {Verb.RETURN, Verb.HIDE, Verb.RESTORE, Verb.ADMIT}
_PAST = {
    Verb.PUBLISH: "published",
    Verb.RETURN: "returned",
    Verb.HIDE: "hidden",
    Verb.RESTORE: "restored",
    Verb.ADMIT: "admitted",
}


@dataclass(frozen=True)
class Judgement:
    """What a moderator decides: the verb, the reason and, for hiding, the ground."""

    verb: Verb
    reason: str = ""
    ground: Ground | None = None


def decide(
    actor: Actor, contribution: Contribution, judgement: Judgement, now: datetime
) -> Decision:
    """Decide about a proposal or a comment, and tell its author who decided and why.

    Raises InvalidInput without the reason or ground that the verb needs, NotAllowed for who may
    not decide about it, or when somebody decided already.
    """
    ensure(actor, ACTIONS[judgement.verb], contribution, now)
    reason = clean_text(judgement.reason)
    _check(judgement, reason)
    _apply(contribution, judgement.verb, now)
    decision = Decision(
        round_id=contribution.round_id,
        proposal_id=contribution.id if isinstance(contribution, Proposal) else None,
        comment_id=contribution.id if isinstance(contribution, Comment) else None,
        verb=judgement.verb,
        ground=judgement.ground if judgement.verb is Verb.HIDE else None,
        reason=reason,
        decided_by_id=actor.actor_id,
        decided_at=now,
    )
    db.session.add(decision)
    kind = "proposal" if isinstance(contribution, Proposal) else "comment"
    record(
        actor,
        f"{kind}.{_PAST[judgement.verb]}",
        contribution,
        now,
        content={"ground": decision.ground.value if decision.ground else None},
        reason=reason,
        plan_id=contribution.round.plan_id,
        round_id=contribution.round_id,
    )
    _tell(actor, contribution, decision, now)
    return decision


def _check(judgement: Judgement, reason: str) -> None:
    if judgement.verb in _NEEDS_REASON and not reason:
        raise InvalidInput(
            _l("This decision needs a reason."),
            _l("The author and the public read it. One or two sentences are enough."),
        )
    if judgement.verb is Verb.HIDE and judgement.ground is None:
        raise InvalidInput(
            _l("Hiding needs a ground."), _l("Choose one; it stands in the public log.")
        )


def _apply(contribution: Contribution, verb: Verb, now: datetime) -> None:
    states: Any = proposal_states if isinstance(contribution, Proposal) else comment_states
    match verb:
        case Verb.PUBLISH:
            states.publish(contribution, now)
        case Verb.RETURN:
            states.return_(contribution)
        case Verb.HIDE:
            states.hide(contribution)
        case Verb.RESTORE:
            states.restore(contribution, now)
        case Verb.ADMIT:
            states.admit(contribution)


def _tell(actor: Actor, contribution: Contribution, decision: Decision, now: datetime) -> None:
    """Tell the author who decided and why, and who was answered that there is an answer."""
    who = actor.display_name if isinstance(actor, Person) else "Consult"
    notify(
        contribution.author,
        "contribution-decided",
        now,
        contribution=contribution,
        is_proposal=isinstance(contribution, Proposal),
        decision=decision,
        decided_by=who,
    )
