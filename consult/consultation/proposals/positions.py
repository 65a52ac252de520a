"""Positions: what somebody thinks of a proposal, now and before."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, SQLColumnExpression, case, select, update

from consult.consultation.proposals.models import Position, PositionHistory, Proposal, Stance
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.people import Actor
from consult.foundation.core.text import clean_text
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.organisations.models import Organisation, Sector

_COUNTS = {
    Stance.SUPPORT: "support_count",
    Stance.NEUTRAL: "neutral_count",
    Stance.OBJECT: "object_count",
    Stance.PASS: "pass_count",
}

AGAINST_EACH_OTHER = (_COUNTS[Stance.SUPPORT], _COUNTS[Stance.OBJECT])


def position_of(proposal_id: int, person_id: int | None) -> Position | None:
    """Return the position of a person on a proposal, or None."""
    if person_id is None:
        return None
    found: Position | None = db.session.scalar(
        select(Position).where(Position.proposal_id == proposal_id, Position.person_id == person_id)
    )
    return found


NO_REASON = _l("Say why you object. One sentence is enough; others can then answer it.")


def take_position(
    actor: Actor, proposal: Proposal, stance: Stance, reason: str, now: datetime
) -> Position:
    """Take a position, or another one than before. Who objects says why (InvalidInput)."""
    ensure(actor, Action.POSITION_TAKE, proposal, now)
    reason = clean_text(reason)
    if stance is Stance.OBJECT and not reason:
        raise InvalidInput(_l("This is not complete yet."), errors={"reason": NO_REASON})
    held = position_of(proposal.id, actor.actor_id)
    before = held.stance if held else None
    if held is None:
        held = Position(proposal_id=proposal.id, person_id=actor.actor_id)
        db.session.add(held)
    held.stance, held.reason, held.taken_at = stance, reason, now
    held.sector = _sector_of(actor)
    _count(proposal, before, stance)
    db.session.add(
        PositionHistory(
            proposal_id=proposal.id,
            person_id=actor.actor_id,
            stance=stance,
            reason=reason,
            taken_at=now,
        )
    )
    db.session.flush()
    record(
        actor,
        "position.taken",
        held,
        now,
        content={"stance": stance.value, "proposal": proposal.id},
        reason=reason,
        plan_id=proposal.round.plan_id,
        round_id=proposal.round_id,
    )
    return held


def smaller(one: SQLColumnExpression[int], other: SQLColumnExpression[int]) -> ColumnElement[int]:
    """Say which of two numbers is the smaller one, on both databases."""
    return case((one < other, one), else_=other)


def _sector_of(actor: Actor) -> Sector | None:
    """Return the sector of the organisations that somebody speaks for, if it is one."""
    spoken_for = actor.grants.ids("organisation")
    if not spoken_for:
        return None
    sectors = db.session.scalars(
        select(Organisation.sector).where(Organisation.id.in_(spoken_for)).distinct()
    ).all()
    return sectors[0] if len(sectors) == 1 else None


def _count(proposal: Proposal, before: Stance | None, after: Stance) -> None:
    if before is after:
        return
    values = {_COUNTS[after]: getattr(Proposal, _COUNTS[after]) + 1}
    if before is not None:
        values[_COUNTS[before]] = getattr(Proposal, _COUNTS[before]) - 1
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
