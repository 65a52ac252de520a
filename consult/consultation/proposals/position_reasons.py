"""Why people took their positions: for the people who work on the plan, without who."""

from dataclasses import dataclass

from sqlalchemy import select

from consult.consultation.proposals.models import Position, Stance
from consult.foundation.core.db import db
from consult.people.organisations.models import Sector

MOST_REASONS = 50


@dataclass(frozen=True)
class PositionReason:
    """Why somebody took a position, without who."""

    stance: Stance
    sector: Sector | None
    reason: str


def reasons_given(proposal_id: int) -> list[PositionReason]:
    """Return the latest reasons that people gave for their positions, for who works on the plan."""
    rows = db.session.execute(
        select(Position.stance, Position.sector, Position.reason)
        .where(Position.proposal_id == proposal_id, Position.reason != "")
        .order_by(Position.taken_at.desc(), Position.id.desc())
        .limit(MOST_REASONS)
    )
    return [PositionReason(stance, sector, reason) for stance, sector, reason in rows]
