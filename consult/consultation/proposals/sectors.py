"""What people think of a proposal, by the sector they belong to, as far as it may be shown.

Statistical disclosure control in its plainest form, a threshold with complementary suppression:
a group of fewer than five people is not shown, and neither is another one, where what is left of
the whole would tell the same (Eurostat and Statistics Netherlands publish tables so).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from consult.consultation.proposals.models import Proposal, SectorCount, Stance
from consult.consultation.proposals.positions import COUNTS, VOTES
from consult.foundation.core.db import db
from consult.people.organisations.models import Sector

SMALLEST_GROUP = 5
"""Fewer people than this are never shown as a group."""

StanceCounts = Mapping[Stance, int]


@dataclass(frozen=True)
class SectorShare:
    """What a group of people thinks: those of a sector, or all that are not shown apart (None)."""

    sector: Sector | None
    counts: StanceCounts

    @property
    def people(self) -> int:
        """How many people are in the group."""
        return sum(self.counts.values())


def shares_of(whole: StanceCounts, by_sector: Mapping[Sector, StanceCounts]) -> list[SectorShare]:
    """Return the groups that may be shown, the largest first, and all others together at the end.

    `whole` counts everybody, also who belongs to no sector. No group that is shown is smaller than
    five people, and neither is what is left when the shown ones are subtracted from the whole.
    """
    groups = [SectorShare(sector, counts) for sector, counts in by_sector.items()]
    shown = sorted(
        (one for one in groups if one.people >= SMALLEST_GROUP),
        key=lambda one: (-one.people, str(one.sector)),
    )
    rest = _without(whole, shown)
    while shown and 0 < rest.people < SMALLEST_GROUP:
        shown.pop()
        rest = _without(whole, shown)
    if not shown:
        return []
    return [*shown, rest] if rest.people else shown


def _without(whole: StanceCounts, shown: Sequence[SectorShare]) -> SectorShare:
    left = {
        stance: number - sum(one.counts.get(stance, 0) for one in shown)
        for stance, number in whole.items()
    }
    return SectorShare(None, left)


def sector_counts(proposal_ids: Collection[int]) -> dict[int, dict[Sector, StanceCounts]]:
    """Return what was counted of some proposals by sector; one statement."""
    found: dict[int, dict[Sector, StanceCounts]] = defaultdict(dict)
    for one in db.session.scalars(
        select(SectorCount).where(SectorCount.proposal_id.in_(proposal_ids))
    ):
        found[one.proposal_id][one.sector] = {
            stance: getattr(one, column) for stance, column in COUNTS.items()
        }
    return found


def groups_of(proposal: Proposal) -> list[SectorShare]:
    """Return what people of each sector think of a proposal, as far as it may be shown."""
    whole = {stance: getattr(proposal, column) for stance, column in COUNTS.items()}
    return shares_of(whole, sector_counts([proposal.id]).get(proposal.id, {}))


@dataclass(frozen=True)
class VoteResult:
    """What people voted on a proposal: all together, and by sector as far as it may be shown."""

    proposal: Proposal
    votes: SectorShare
    shares: Sequence[SectorShare] = ()


def votes_on(proposal: Proposal) -> StanceCounts:
    """Return how many people voted what on a proposal."""
    return {stance: getattr(proposal, COUNTS[stance]) for stance in VOTES}


def results_of(proposals: Sequence[Proposal], *, by_sector: bool) -> list[VoteResult]:
    """Return what people voted on proposals; `by_sector` costs one statement for all of them."""
    told = sector_counts([one.id for one in proposals]) if by_sector else {}
    found = []
    for one in proposals:
        votes = SectorShare(None, votes_on(one))
        shares = shares_of(votes.counts, told.get(one.id, {})) if by_sector else []
        found.append(VoteResult(one, votes, shares))
    return found
