"""Reading rounds about themes: the themes with what people think of them, and how they rank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.plans.models import Theme
from consult.consultation.proposals.models import Position, Proposal, Stance
from consult.consultation.proposals.sectors import VoteResult, results_of
from consult.consultation.rounds.models import Round
from consult.consultation.theme_rounds.models import ThemeChange
from consult.foundation.core.db import db
from consult.people.organisations.models import Sector


def themes_in(round_id: int) -> Sequence[Proposal]:
    """Return the themes that a round puts forward, in the order of the plan then."""
    return db.session.scalars(
        select(Proposal)
        .where(Proposal.round_id == round_id, Proposal.state == State.PUBLISHED)
        .options(joinedload(Proposal.theme), joinedload(Proposal.round))
        .order_by(Proposal.number)
    ).all()


def own_views(round_id: int, person_id: int | None) -> Mapping[int, Stance]:
    """Return what a person thinks of the themes of a round, by the number of the proposal."""
    rows = db.session.execute(
        select(Proposal.id, Position.stance)
        .join(Position, Position.proposal_id == Proposal.id)
        .where(Proposal.round_id == round_id, Position.person_id == person_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class RankedTheme:
    """A theme in the ranking of a group, with how many of its people find it important."""

    result: VoteResult
    important: int
    people: int

    @property
    def part(self) -> float:
        """The part of the group that finds it important, by which it ranks."""
        return self.important / self.people if self.people else 0


@dataclass(frozen=True)
class ThemeRanking:
    """How the themes of a round rank: for all, and for each sector that may be shown."""

    results: Sequence[VoteResult]
    by_sector: Mapping[Sector, Sequence[RankedTheme]] = field(default_factory=dict)


def ranking_of(round_: Round, *, by_sector: bool) -> ThemeRanking:
    """Return the themes of a round, the most important first; by sector only where asked.

    A sector ranks the themes on which at least five of its people voted (proposals.sectors).
    """
    results = results_of(themes_in(round_.id), by_sector=by_sector)
    # They come in the order of the plan, which stays where as many people find two important.
    ranked = sorted(results, key=lambda one: -_important(one.votes.counts))
    found: dict[Sector, list[RankedTheme]] = {}
    for result in ranked:
        for share in result.shares:
            if share.sector is not None:
                one = RankedTheme(result, _important(share.counts), share.people)
                found.setdefault(share.sector, []).append(one)
    ordered = {sector: sorted(rows, key=lambda row: -row.part) for sector, rows in found.items()}
    return ThemeRanking(ranked, {one: ordered[one] for one in Sector if one in ordered})


def _important(counts: Mapping[Stance, int]) -> int:
    return counts.get(Stance.SUPPORT, 0)


def changes_of(proposal_id: int) -> Sequence[ThemeChange]:
    """Return how a theme was changed after what a round said about it."""
    return db.session.scalars(
        select(ThemeChange).where(ThemeChange.proposal_id == proposal_id).order_by(ThemeChange.id)
    ).all()


def changes_after(round_id: int) -> Sequence[ThemeChange]:
    """Return what a round about the themes changed in the plan, in order of time."""
    return db.session.scalars(
        select(ThemeChange)
        .where(ThemeChange.round_id == round_id)
        .options(joinedload(ThemeChange.theme), joinedload(ThemeChange.proposal))
        .order_by(ThemeChange.id)
    ).all()


def changes_in_plan(plan_id: int) -> Mapping[int, ThemeChange]:
    """Return the last change of each theme of a plan after a round, by the number of the theme."""
    rows = db.session.scalars(
        select(ThemeChange)
        # From the themes, which are few: the proposals of the plan's rounds are many.
        .join(Theme, Theme.id == ThemeChange.theme_id)
        .join(ThemeChange.round)
        .where(Theme.plan_id == plan_id, Round.published_at.is_not(None))
        .options(contains_eager(ThemeChange.round), joinedload(ThemeChange.proposal))
        .order_by(ThemeChange.id)
    )
    return {one.theme_id: one for one in rows}
