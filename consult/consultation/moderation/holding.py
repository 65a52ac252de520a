"""Decisions are held for thirty seconds, so that a slip at the keyboard can be taken back.

Publishing and returning take effect when that time is over. Hiding takes effect at once, since it
protects somebody; its author is told when the time is over, unless it was taken back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from consult.consultation.moderation.claims import claim_of, is_others, release
from consult.consultation.moderation.discussion import settle_discussion
from consult.consultation.moderation.models import Decision, HeldDecision, Verb
from consult.consultation.moderation.queries import number_of
from consult.consultation.moderation.redaction import FORGET, RedactedPassage, redact, unredact
from consult.consultation.moderation.second_looks import ask_second_look, settle_second_look
from consult.consultation.moderation.services import (
    Judgement,
    decide,
    ensure_decidable,
    put_into_effect,
    tell_of,
)
from consult.consultation.moderation.subjects import Moderated, about, is_about, keys_of
from consult.foundation.core.db import db, random_id
from consult.foundation.core.errors import Conflict, Refusal
from consult.foundation.core.people import Actor
from consult.foundation.core.text import clean_text
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import enqueue
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.people.accounts.recipients import as_reader

HELD_FOR = timedelta(seconds=30)
"""So long a decision can be taken back; its mail leaves after that."""
_AT_ONCE = {Verb.HIDE}
"""What protects somebody does not wait; leaving words out neither (`redact_at_desk`)."""
_HELD = {Verb.PUBLISH, Verb.RETURN, Verb.HIDE}
"""The other decisions are taken with a reason, one by one, and are told at once."""


def decide_at_desk(
    actor: Actor, contribution: Moderated, judgement: Judgement, now: datetime, act: str = ""
) -> HeldDecision | Decision:
    """Take a decision at the desk: held for a while where it may be taken back, else at once.

    `act` is the same for all that is decided with one press, and taken back with one. Raises what
    `decide` raises, and Conflict where another moderator is reading it.
    """
    ensure_decidable(actor, contribution, judgement, now)
    _make_way(actor, contribution, now)
    release(contribution)
    settle_discussion(actor, contribution, now)
    if judgement.verb in {Verb.CONFIRM, Verb.REVERSE}:
        return _after_second_look(actor, contribution, judgement, now)
    if judgement.verb not in _HELD:
        return decide(actor, contribution, judgement, now)
    return _hold(actor, contribution, judgement, now, act or random_id())


def redact_at_desk(
    actor: Actor,
    contribution: Moderated,
    passages: Sequence[RedactedPassage],
    judgement: Judgement,
    now: datetime,
    files: Collection[str] = (),
) -> HeldDecision:
    """Leave words out of a contribution at once, which can be taken back for a while.

    It stays open on the desk: a decision about the rest of it follows. Raises what `redact` and
    `decide_at_desk` raise.
    """
    ensure_decidable(actor, contribution, judgement, now)
    _make_way(actor, contribution, now)
    state = contribution.state
    number, seen = number_of(contribution), contribution.version
    decision = redact(actor, contribution, passages, judgement, now, files)
    held = HeldDecision(
        **keys_of(contribution), verb=judgement.verb, ground=judgement.ground,
        reason=decision.reason, number=number, seen=seen, decided_by_id=actor.actor_id,
        decided_at=now, until=now + HELD_FOR, act=random_id(), state_before=state,
        decision=decision,
    )  # fmt: skip
    _settle_later(held, now)
    return held


def _settle_later(held: HeldDecision, now: datetime) -> None:
    db.session.add(held)
    db.session.flush()
    enqueue(
        "decision-held", {"held": held.id}, now, key=f"held:{held.public_id}", run_at=held.until
    )


def _make_way(actor: Actor, contribution: Moderated, now: datetime) -> None:
    """Refuse where another moderator reads it, or a decision about it is held.

    Who left words out of it may go on: then that can be taken back no longer.
    """
    held = held_about(contribution)
    if held is not None and held.verb is Verb.REDACT and held.decided_by_id == actor.actor_id:
        _settle(held.id, now)
        db.session.flush()
    elif held is not None:
        raise Conflict(
            _l("%(name)s decided about this a moment ago.", name=held.decided_by.display_name),
            _l("It takes effect within half a minute, unless they take it back."),
        )
    claim = claim_of(contribution)
    if claim is not None and is_others(claim, actor, now):
        raise Conflict(
            _l("%(name)s is reading this.", name=claim.person.display_name),
            _l("Take it over on its page if you want to decide about it yourself."),
        )


def _after_second_look(
    actor: Actor, contribution: Moderated, judgement: Judgement, now: datetime
) -> Decision:
    back_to = settle_second_look(actor, contribution, now)
    decision = put_into_effect(actor, contribution, judgement, now, back_to=back_to)
    tell_of(actor, contribution, decision, now)
    return decision


def _hold(
    actor: Actor, contribution: Moderated, judgement: Judgement, now: datetime, act: str
) -> HeldDecision:
    held = HeldDecision(
        **keys_of(contribution),
        verb=judgement.verb,
        ground=judgement.ground if judgement.verb is Verb.HIDE else None,
        reason=clean_text(judgement.reason),
        number=number_of(contribution),
        seen=contribution.version if judgement.seen is None else judgement.seen,
        decided_by_id=actor.actor_id,
        decided_at=now,
        until=now + HELD_FOR,
        act=act,
        state_before=contribution.state,
    )
    if judgement.verb in _AT_ONCE:
        held.decision = put_into_effect(actor, contribution, judgement, now)
        ask_second_look(contribution, held.decision, held.state_before, now)
    _settle_later(held, now)
    return held


def held_about(contribution: Moderated) -> HeldDecision | None:
    """Return the decision about a contribution that can still be taken back, or None."""
    return db.session.scalar(
        select(HeldDecision)
        .where(about(HeldDecision, contribution), HeldDecision.settled_at.is_(None))
        .options(joinedload(HeldDecision.decided_by))
    )


@dataclass(frozen=True)
class HeldHere:
    """What the desk shows of decisions that are held."""

    taken: Sequence[HeldDecision]
    """What its reader decided last, with one press, and can still take back."""
    last: HeldDecision | None = None
    """The last decision at the desk about what is open: held, in effect or fallen through."""


def held_here(actor: Actor, contribution: Moderated | None, now: datetime) -> HeldHere:
    """Return what somebody can take back, and the last decision about what is open."""
    mine = (
        HeldDecision.decided_by_id == actor.actor_id,
        HeldDecision.settled_at.is_(None),
        HeldDecision.until > now,
    )
    last_act = select(HeldDecision.act).where(*mine).order_by(HeldDecision.id.desc()).limit(1)
    wanted = and_(HeldDecision.act == last_act.scalar_subquery(), *mine)
    if contribution is not None:
        newest = select(func.max(HeldDecision.id)).where(about(HeldDecision, contribution))
        wanted = or_(wanted, HeldDecision.id == newest.scalar_subquery())
    found = db.session.scalars(
        select(HeldDecision)
        .where(wanted)
        .options(joinedload(HeldDecision.decided_by))
        .order_by(HeldDecision.id)
    ).all()
    taken = [one for one in found if is_held(one, now) and one.decided_by_id == actor.actor_id]
    last = [one for one in found if contribution is not None and is_about(one, contribution)]
    return HeldHere([one for one in taken if one.act == taken[-1].act], last[-1] if last else None)


def is_held(held: HeldDecision, now: datetime) -> bool:
    """Whether a decision can still be taken back."""
    return held.settled_at is None and now < held.until


def take_back(actor: Actor, act: str, now: datetime) -> Sequence[HeldDecision]:
    """Take back what was decided with one press, and return it: nothing of it was told to anybody.

    Raises Conflict when its time is over, and NotFound where it was somebody else.
    """
    found = db.session.scalars(
        select(HeldDecision)
        .where(HeldDecision.act == act)
        .order_by(HeldDecision.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    ours = [one for one in found if one.settled_at is None] or found[:1]
    if not ours:
        raise Conflict(_l("There is nothing to take back."), _l("Go back to the queue."))
    for held in ours:
        ensure(actor, Action.DECISION_TAKE_BACK, held, now)
        held.settled_at = held.taken_back_at = now
        if held.decision is not None:
            _undo(actor, held, now)
    return ours


def _undo(actor: Actor, held: HeldDecision, now: datetime) -> None:
    """Put what was hidden at once back where it was, or words that were left out.

    The record shows both.
    """
    contribution = _locked(held)
    if held.verb is Verb.REDACT and held.decision is not None:
        unredact(actor, contribution, held.decision, now)
        return
    settle_second_look(actor, contribution, now)
    put_into_effect(actor, contribution, Judgement(Verb.REVERSE), now, back_to=held.state_before)


def _locked(held: HeldDecision) -> Moderated:
    contribution = held.proposal or held.comment
    if contribution is None:  # the check of the table says that it is one of the two
        raise LookupError(held.id)
    db.session.refresh(contribution, with_for_update={"of": type(contribution)})
    return contribution


def settle_held(payload: Mapping[str, object], now: datetime) -> None:
    """Let a decision take effect whose time is over, and tell who it concerns; a job.

    Where the contribution had changed meanwhile, it does not, and its moderator sees why.
    """
    try:
        with unit_of_work():
            _settle(payload["held"], now)
    except Refusal as refusal:
        with unit_of_work():
            held = db.session.get_one(HeldDecision, payload["held"])
            held.settled_at = now
            with force_locale(held.decided_by.language):
                held.refusal = str(refusal)


def _settle(held_id: object, now: datetime) -> None:
    held = db.session.get_one(
        HeldDecision, held_id, with_for_update={"of": HeldDecision}, populate_existing=True
    )
    if held.settled_at is not None:
        return
    held.settled_at = now
    contribution = _locked(held)
    moderator = as_reader(held.decided_by_id) or held.decided_by
    if held.decision is not None:
        if held.verb is Verb.REDACT:
            enqueue(FORGET, {"decision": held.decision.id}, now)
        tell_of(moderator, contribution, held.decision, now)
        return
    judgement = Judgement(held.verb, held.reason, held.ground, held.seen, confirmed=True)
    held.decision = decide(moderator, contribution, judgement, now)
