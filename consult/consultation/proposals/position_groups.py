"""Positions on a proposal by sector, never of so few people that it tells who."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from consult.consultation.proposals.models import Position, Proposal, Stance
from consult.foundation.core.db import db
from consult.people.organisations.models import Sector

SMALLEST = 5
"""So many people are in every group that is shown, as in small-cell suppression of statistics
(https://www.cbs.nl/nl-nl/over-ons/organisatie/privacy)."""
MOST_REASONS = 50


@dataclass(frozen=True)
class PositionGroup:
    """How many people of a sector took each position.

    No sector: people who speak for nobody, or `others`: the groups that are too small alone.
    """

    sector: Sector | None
    counts: Mapping[Stance, int]
    others: bool = False

    @property
    def people(self) -> int:
        """How many people are in it."""
        return sum(self.counts.values())


def positions_by_sector(proposal: Proposal) -> list[PositionGroup]:
    """Return the groups, the largest first; none where there would be one only. One statement.

    And none where so few took a position that there cannot be two groups.
    """
    taken = (proposal.support_count, proposal.neutral_count, proposal.object_count)
    if sum(taken) + proposal.pass_count < 2 * SMALLEST:
        return []
    rows = db.session.execute(
        select(Position.sector, Position.stance, func.count())
        .where(Position.proposal_id == proposal.id)
        .group_by(Position.sector, Position.stance)
    )
    found: dict[Sector | None, Counter[Stance]] = {}
    for sector, stance, people in rows:
        found.setdefault(sector, Counter())[stance] += people
    groups = [PositionGroup(sector, counts) for sector, counts in found.items()]
    return put_small_together(groups)


def put_small_together(groups: Sequence[PositionGroup]) -> list[PositionGroup]:
    """Put the groups together that are too small to be shown, with the next one if need be.

    What is left over would otherwise tell by subtraction what stands in a group of two.
    """
    shown = sorted(groups, key=lambda one: (-one.people, str(one.sector)))
    small: list[PositionGroup] = []
    while shown and (shown[-1].people < SMALLEST or 0 < _people(small) < SMALLEST):
        small.append(shown.pop())
    if small and _people(small) >= SMALLEST:
        counts: Counter[Stance] = Counter()
        for one in small:
            counts.update(one.counts)
        shown.append(PositionGroup(None, counts, others=True))
    return shown if len(shown) > 1 else []


def _people(groups: Sequence[PositionGroup]) -> int:
    return sum(one.people for one in groups)


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
