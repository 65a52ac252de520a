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
from consult.consultation.moderation.subjects import Moderated, keys_of, kind_of
from consult.consultation.moderation.suspected import carry_over, refuse_unconfirmed
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

DECIDED = "contribution-decided"

ACTIONS = {
    Verb.PUBLISH: Action.CONTRIBUTION_PUBLISH,
    Verb.RETURN: Action.CONTRIBUTION_RETURN,
    Verb.HIDE: Action.CONTRIBUTION_HIDE,
    Verb.RESTORE: Action.CONTRIBUTION_RESTORE,
    Verb.ADMIT: Action.CONTRIBUTION_ADMIT,
    Verb.KEEP: Action.CONTRIBUTION_KEEP,
    Verb.CONFIRM: Action.CONTRIBUTION_CONFIRM,
    Verb.REVERSE: Action.CONTRIBUTION_REVERSE,
    Verb.REDACT: Action.CONTRIBUTION_REDACT,
}
NEEDS_REASON = {Verb.RETURN, Verb.HIDE, Verb.RESTORE, Verb.ADMIT, Verb.REVERSE, Verb.REDACT}
NEEDS_GROUND = {Verb.HIDE, Verb.REDACT}
_TAKES_AWAY = {Verb.HIDE, Verb.RETURN}
_SHOWS_AGAIN = {Verb.PUBLISH, Verb.RESTORE, Verb.REVERSE}
_NOT_TOLD = {Verb.KEEP, Verb.CONFIRM}
"""Nothing changed for the author of the contribution."""
_PAST = {
    Verb.PUBLISH: "published",
    Verb.RETURN: "returned",
    Verb.HIDE: "hidden",
    Verb.RESTORE: "restored",
    Verb.ADMIT: "admitted",
    Verb.KEEP: "kept",
    Verb.CONFIRM: "hiding_confirmed",
    Verb.REVERSE: "hiding_reversed",
    Verb.REDACT: "redacted",
    Verb.UNREDACT: "redaction_taken_back",
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
    confirmed: bool = False
    """Whether what may hold personal data is to be published all the same."""


def decide(actor: Actor, contribution: Moderated, judgement: Judgement, now: datetime) -> Decision:
    """Decide about a proposal or a comment, and tell its author who decided and why.

    Raises NotAllowed for whoever may not decide on it, or when somebody decided already; Conflict
    when it is no longer what was read (`judgement.seen`): nobody publishes a text unread.
    InvalidInput without the reason or ground that the verb needs, and Unconfirmed where a text that
    may hold personal data is to be published and that was not said once more.
    """
    ensure_decidable(actor, contribution, judgement, now)
    first_seen = contribution.published_at is None
    decision = put_into_effect(actor, contribution, judgement, now)
    tell_of(actor, contribution, decision, now)
    if isinstance(contribution, Comment) and first_seen and contribution.published_at:
        tell_published(contribution, now)
    if isinstance(contribution, Proposal) and judgement.verb is Verb.PUBLISH:
        tell_shown(contribution, now)
    return decision


def ensure_decidable(
    actor: Actor, contribution: Moderated, judgement: Judgement, now: datetime
) -> None:
    """Refuse a decision that cannot be taken: as `decide` does, with the same errors."""
    ensure(actor, Action.CONTRIBUTION_CURATE, contribution, now)
    _check_seen(actor, contribution, judgement, now)
    ensure(actor, ACTIONS[judgement.verb], contribution, now)
    ensure_complete(judgement)
    if judgement.verb is Verb.PUBLISH:
        refuse_unconfirmed(contribution, confirmed=judgement.confirmed)


def put_into_effect(
    actor: Actor,
    contribution: Moderated,
    judgement: Judgement,
    now: datetime,
    *,
    back_to: State = State.PUBLISHED,
) -> Decision:
    """Do what was decided, on the record, and tell nobody yet; the caller asked the policy.

    `back_to` is where a contribution stood before it was hidden, for a hiding that is reversed.
    """
    first_seen = contribution.published_at is None
    _apply(contribution, judgement.verb, back_to, now)
    decision = add_decision(actor, contribution, judgement, now)
    record_decision(actor, contribution, decision, now)
    if isinstance(contribution, Proposal):
        _let_copies_follow(actor, contribution, decision, now, first_seen=first_seen)
    return decision


def add_decision(
    actor: Actor, contribution: Moderated, judgement: Judgement, now: datetime
) -> Decision:
    """Add a decision to the log; the caller does what was decided, and records it."""
    decision = Decision(
        **keys_of(contribution),
        verb=judgement.verb,
        ground=judgement.ground if judgement.verb in NEEDS_GROUND else None,
        reason=clean_text(judgement.reason),
        decided_by_id=actor.actor_id,
        decided_at=now,
    )
    db.session.add(decision)
    return decision


def tell_of(actor: Actor, contribution: Moderated, decision: Decision, now: datetime) -> None:
    """Tell the author of a decision, and who reported a text that it took away."""
    if decision.verb in _TAKES_AWAY:
        settle_reports(actor, contribution, ReportOutcome.TAKEN_AWAY, decision.reason, now)
    if decision.verb not in _NOT_TOLD:
        _tell(actor, contribution, decision, now)


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


def ensure_complete(judgement: Judgement) -> None:
    """Refuse a decision (InvalidInput) without the reason or the ground that its verb needs."""
    if judgement.verb in NEEDS_REASON and not clean_text(judgement.reason):
        text = _l("This decision needs a reason.")
        help_ = _l("The author and the public read it. One or two sentences are enough.")
        raise InvalidInput(text, help_, errors={"reason": text})
    if judgement.verb in NEEDS_GROUND and judgement.ground is None:
        hides = judgement.verb is Verb.HIDE
        text = _l("Hiding needs a ground.") if hides else _l("Leaving words out needs a ground.")
        help_ = _l("Choose one; it stands in the public log.")
        raise InvalidInput(text, help_, errors={"ground": text})


def _apply(contribution: Moderated, verb: Verb, back_to: State, now: datetime) -> None:
    version = contribution.version
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
        case Verb.REVERSE:
            states.put_back(contribution, back_to, now)
        case Verb.KEEP | Verb.CONFIRM | Verb.REDACT | Verb.UNREDACT:
            pass
    looked_at = verb is not Verb.ADMIT and contribution.state is not State.PENDING
    contribution.reviewed_at = now if looked_at else None
    carry_over(contribution, version)


def record_decision(
    actor: Actor,
    contribution: Moderated,
    decision: Decision,
    now: datetime,
    **more: object,
) -> None:
    """Record a decision, with the rows that it changed; `more` is said besides the ground."""
    record(
        actor,
        f"{kind_of(contribution)}.{_PAST[decision.verb]}",
        contribution,
        now,
        content={"ground": decision.ground.value if decision.ground else None, **more},
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
    elif decision.verb in _SHOWS_AGAIN and proposal.state is State.PUBLISHED and not first_seen:
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
