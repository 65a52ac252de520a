"""Positions: what somebody thinks of a proposal, now and before."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, SQLColumnExpression, bindparam, case, select, update

from consult.consultation.proposals.models import (
    Position,
    PositionHistory,
    Proposal,
    SectorCount,
    Stance,
)
from consult.consultation.proposals.texts import NOT_SPOKEN_FOR
from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.text import clean_text
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.organisations.models import Sector
from consult.people.organisations.on_behalf import remember_choice
from consult.people.organisations.queries import sector_of

COUNTS = {
    Stance.SUPPORT: "support_count",
    Stance.NEUTRAL: "neutral_count",
    Stance.OBJECT: "object_count",
    Stance.PASS: "pass_count",
}
"""In which column of a proposal, and of a sector, the positions of each kind are counted."""
VOTES = (Stance.SUPPORT, Stance.OBJECT, Stance.PASS)
"""What one votes with a press: agree, disagree, pass."""

AGAINST_EACH_OTHER = (COUNTS[Stance.SUPPORT], COUNTS[Stance.OBJECT])


_HELD = select(Position).where(
    Position.proposal_id == bindparam("proposal_id"), Position.person_id == bindparam("person_id")
)


def position_of(proposal_id: int, person_id: int | None) -> Position | None:
    """Return the position of a person on a proposal, or None."""
    if person_id is None:
        return None
    asked = {"proposal_id": proposal_id, "person_id": person_id}
    found: Position | None = db.session.scalar(_HELD, asked)
    return found


NO_REASON = _l("Say why you object. One sentence is enough; others can then answer it.")
NO_VOTE = _l("Choose one of the three.")


def _check(
    actor: Actor,
    stance: Stance,
    reason: str,
    organisation_id: int | None,
    *,
    reason_asked: bool = True,
) -> None:
    errors: dict[str, Sentence] = {}
    if organisation_id is not None and organisation_id not in actor.grants.ids("organisation"):
        errors["on_behalf"] = NOT_SPOKEN_FOR
    if reason_asked and stance is Stance.OBJECT and not reason:
        errors["reason"] = NO_REASON
    if errors:
        raise InvalidInput(_l("This is not complete yet."), errors=errors)


def take_position(
    actor: Actor,
    proposal: Proposal,
    stance: Stance,
    reason: str,
    now: datetime,
    organisation_id: int | None = None,
) -> Position:
    """Take a position, or another one than before, for oneself or on behalf of an organisation.

    Raises InvalidInput for an objection without a reason, and for an organisation that the actor
    does not speak for.
    """
    ensure(actor, Action.POSITION_TAKE, proposal, now)
    reason = clean_text(reason)
    _check(actor, stance, reason, organisation_id)
    held = _hold(actor, proposal, stance, reason, now, organisation_id, named=True)
    _keep(actor, proposal, held, now)
    return held


def cast_vote(
    actor: Actor,
    proposal: Proposal,
    stance: Stance,
    now: datetime,
    organisation_id: int | None = None,
) -> Position:
    """Take a position with one press, or another one than before; one person has one vote.

    It counts for the sector of the organisation on behalf of which it is given, and no page tells
    which one that was. Raises InvalidInput for what is no vote, and for an organisation that the
    actor does not speak for.
    """
    ensure(actor, Action.VOTE_CAST, proposal, now)
    if stance not in VOTES:
        raise InvalidInput(NO_VOTE, errors={"stance": NO_VOTE})
    _check(actor, stance, "", organisation_id, reason_asked=False)
    held = _hold(actor, proposal, stance, "", now, organisation_id, named=False)
    _keep(actor, proposal, held, now)
    return held


def _hold(
    actor: Actor,
    proposal: Proposal,
    stance: Stance,
    reason: str,
    now: datetime,
    organisation_id: int | None,
    *,
    named: bool,
) -> Position:
    """Hold a position in the place of an earlier one, and count it for one sector.

    `named` says whether it is kept on behalf of which organisation it was taken.
    """
    remember_choice(actor, organisation_id, now)
    bodies = [link.body_id for link in proposal.round.bodies]
    sector = sector_of(actor, organisation_id, bodies, local_day(now))
    held = position_of(proposal.id, actor.actor_id)
    before = (held.stance, held.sector) if held else None
    if held is None:
        held = Position(proposal_id=proposal.id, person_id=actor.actor_id)
        db.session.add(held)
    held.stance, held.sector, held.reason, held.taken_at = stance, sector, reason, now
    if named:
        held.organisation_id = organisation_id
    after = (stance, sector)
    if after != before:
        if before is not None:
            _count(proposal, *before, by=-1)
        _count(proposal, *after, by=1)
    return held


def _keep(actor: Actor, proposal: Proposal, held: Position, now: datetime) -> None:
    """Keep a position that was taken in the history, and record it."""
    db.session.add(
        PositionHistory(
            proposal_id=proposal.id,
            person_id=actor.actor_id,
            stance=held.stance,
            reason=held.reason,
            taken_at=now,
        )
    )
    db.session.flush()
    record(
        actor,
        "position.taken",
        held,
        now,
        content={
            "stance": held.stance.value,
            "proposal": proposal.id,
            **({"organisation": held.organisation_id} if held.organisation_id else {}),
        },
        reason=held.reason,
        plan_id=proposal.round.plan_id,
        round_id=proposal.round_id,
    )


def smaller(one: SQLColumnExpression[int], other: SQLColumnExpression[int]) -> ColumnElement[int]:
    """Say which of two numbers is the smaller one, on both databases."""
    return case((one < other, one), else_=other)


def _count(proposal: Proposal, stance: Stance, sector: Sector | None, *, by: int) -> None:
    """Count a position with its proposal, which locks its row, and then with its sector."""
    column = COUNTS[stance]
    values = {column: getattr(Proposal, column) + by}
    support, object_ = (
        values[name] if name in values else getattr(Proposal, name) for name in AGAINST_EACH_OTHER
    )
    values["contested_count"] = smaller(support, object_)
    # Not through the object: a position must not make its author's revision a stale one.
    db.session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if sector is None:
        return
    counted = db.session.scalar(
        update(SectorCount)
        .where(SectorCount.proposal_id == proposal.id, SectorCount.sector == sector)
        .values({column: getattr(SectorCount, column) + by})
        .returning(SectorCount.proposal_id)
        .execution_options(synchronize_session=False)
    )
    if counted is None:
        db.session.add(SectorCount(proposal_id=proposal.id, sector=sector, **{column: by}))
        db.session.flush()
