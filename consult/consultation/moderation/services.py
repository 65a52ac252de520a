"""Deciding about what people handed in: each decision with a reason, on the public record."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.consultation.comments import states as comment_states
from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.notices import tell_published
from consult.consultation.moderation.models import Decision, Ground, ReportOutcome, Verb
from consult.consultation.moderation.queries import discussed
from consult.consultation.moderation.reports import settle_reports
from consult.consultation.proposals import states as proposal_states
from consult.consultation.proposals.follower_notices import tell_shown
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.public_copies import remove_public_copies, restore_public_copies
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput
from consult.foundation.core.people import Actor
from consult.foundation.core.text import clean_text
from consult.foundation.notifications.services import notify
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import Person

Moderated = Proposal | Comment
DECIDED = "contribution-decided"

ACTIONS = {
    Verb.PUBLISH: Action.CONTRIBUTION_PUBLISH,
    Verb.RETURN: Action.CONTRIBUTION_RETURN,
    Verb.HIDE: Action.CONTRIBUTION_HIDE,
    Verb.RESTORE: Action.CONTRIBUTION_RESTORE,
    Verb.ADMIT: Action.CONTRIBUTION_ADMIT,
    Verb.KEEP: Action.CONTRIBUTION_KEEP,
}
NEEDS_REASON = {Verb.RETURN, Verb.HIDE, Verb.RESTORE, Verb.ADMIT}
_PAST = {
    Verb.PUBLISH: "published",
    Verb.RETURN: "returned",
    Verb.HIDE: "hidden",
    Verb.RESTORE: "restored",
    Verb.ADMIT: "admitted",
    Verb.KEEP: "kept",
}


@dataclass(frozen=True)
class Judgement:
    """What a moderator decides: the verb, the reason and, for hiding, the ground.

    `seen` is the version of the contribution that was read; None where nobody reads a page.
    """

    verb: Verb
    reason: str = ""
    ground: Ground | None = None
    seen: int | None = None


def decide(actor: Actor, contribution: Moderated, judgement: Judgement, now: datetime) -> Decision:
    """Decide about a proposal or a comment, and tell its author who decided and why.

    Raises NotAllowed for whoever may not decide on it, or when somebody decided already; Conflict
    when it is no longer what was read (`judgement.seen`): nobody publishes a text unread.
    InvalidInput without the reason or ground that the verb needs.
    """
    ensure(actor, Action.CONTRIBUTION_CURATE, contribution, now)
    _check_seen(actor, contribution, judgement, now)
    ensure(actor, ACTIONS[judgement.verb], contribution, now)
    reason = clean_text(judgement.reason)
    _check_complete(judgement, reason)
    first_seen = contribution.published_at is None
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
    _record(actor, contribution, decision, now)
    if isinstance(contribution, Proposal):
        _let_copies_follow(actor, contribution, decision, now, first_seen=first_seen)
    if judgement.verb in {Verb.HIDE, Verb.RETURN}:
        settle_reports(actor, contribution, ReportOutcome.TAKEN_AWAY, reason, now)
    if judgement.verb is not Verb.KEEP:  # nothing changed for its author
        _tell(actor, contribution, decision, now)
    if isinstance(contribution, Comment) and first_seen and contribution.published_at:
        tell_published(contribution, now)
    if isinstance(contribution, Proposal) and judgement.verb is Verb.PUBLISH:
        tell_shown(contribution, now)
    return decision


def _check_seen(actor: Actor, contribution: Moderated, judgement: Judgement, now: datetime) -> None:
    if judgement.seen is None or judgement.seen == contribution.version:
        return
    if contribution.state is State.WITHDRAWN:
        text = _l("Its author withdrew this while you were looking at it.")
    elif can(actor, ACTIONS[judgement.verb], contribution, now):
        text = _l("This text was changed while you were looking at it.")
    else:
        text = _l("Somebody decided about this while you were looking at it.")
    raise Conflict(text, _l("Nothing of yours was stored. Look at it as it is now."))


def _check_complete(judgement: Judgement, reason: str) -> None:
    if judgement.verb in NEEDS_REASON and not reason:
        text = _l("This decision needs a reason.")
        help_ = _l("The author and the public read it. One or two sentences are enough.")
        raise InvalidInput(text, help_, errors={"reason": text})
    if judgement.verb is Verb.HIDE and judgement.ground is None:
        text = _l("Hiding needs a ground.")
        help_ = _l("Choose one; it stands in the public log.")
        raise InvalidInput(text, help_, errors={"ground": text})


def _apply(contribution: Moderated, verb: Verb, now: datetime) -> None:
    states = proposal_states if isinstance(contribution, Proposal) else comment_states
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
        case Verb.KEEP:
            pass
    contribution.reviewed_at = None if verb is Verb.ADMIT else now


def _record(actor: Actor, contribution: Moderated, decision: Decision, now: datetime) -> None:
    kind = "proposal" if isinstance(contribution, Proposal) else "comment"
    record(
        actor,
        f"{kind}.{_PAST[decision.verb]}",
        contribution,
        now,
        content={"ground": decision.ground.value if decision.ground else None},
        reason=decision.reason,
        plan_id=contribution.round.plan_id,
        round_id=contribution.round_id,
    )


def _let_copies_follow(
    actor: Actor, proposal: Proposal, decision: Decision, now: datetime, *, first_seen: bool
) -> None:
    """Let copies of a text go and come back with it; of a text never public there is none.

    A text that was public and waits for a moderator again stays where it was until they decide.
    """
    if decision.verb is Verb.HIDE:
        remove_public_copies(actor, proposal, decision.ground, now)
    elif decision.verb is Verb.RETURN and not first_seen:
        remove_public_copies(actor, proposal, None, now)
    elif decision.verb is Verb.RESTORE or (decision.verb is Verb.PUBLISH and not first_seen):
        restore_public_copies(actor, proposal, now)


def _tell(actor: Actor, contribution: Moderated, decision: Decision, now: datetime) -> None:
    """Notify the author who decided, in which role, and why."""
    on_proposal = isinstance(contribution, Proposal)
    notify(
        contribution.author,
        DECIDED,
        now,
        contribution=contribution,
        proposal=contribution if isinstance(contribution, Proposal) else discussed(contribution),
        is_proposal=on_proposal,
        decision=decision,
        decided_by=actor.display_name if isinstance(actor, Person) else "Consult",
    )
