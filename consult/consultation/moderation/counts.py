"""How much waits in each round, and what was decided before about an author."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
    case,
    func,
    select,
    union_all,
)

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Decision, Verb
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Moderation, Round, RoundTally
from consult.foundation.core.db import db


@dataclass(frozen=True)
class RoundAtHand:
    """A round of which somebody works the queue, and how much waits there."""

    slug: str
    title: dict[str, str]
    pending: int
    late: int
    unreviewed: int
    """Public, and no moderator looked at it yet: in rounds where they look afterwards."""
    not_for_publication: int
    """Read and answered, and not published: so their authors want it."""

    @property
    def anything(self) -> int:
        """How much stands in its queue, in whatever part."""
        return self.pending + self.late + self.unreviewed + self.not_for_publication

    def in_state(self, state: State) -> int:
        """Return how much stands in the part of its queue with what is in a state."""
        parts = {
            State.LATE: self.late,
            State.PUBLISHED: self.unreviewed,
            State.NOT_FOR_PUBLICATION: self.not_for_publication,
        }
        return parts.get(state, self.pending)


def _unreviewed() -> ColumnElement[int]:
    counts = [
        select(func.count())
        .where(
            model.round_id == Round.id,
            model.reviewed_at.is_(None),
            model.state == State.PUBLISHED,
        )
        .correlate(Round)
        .scalar_subquery()
        for model in (Proposal, Comment)
    ]
    return counts[0] + counts[1]


@cache
def _counts() -> Select[*tuple[Any, ...]]:
    """Return the statement: building it takes longer than running it."""
    plans: BindParameter[Sequence[int]] = bindparam("plan_ids", expanding=True)
    return (
        select(
            Round.slug,
            Round.title,
            RoundTally.pending + RoundTally.comments_pending,
            RoundTally.late + RoundTally.comments_late,
            case((Round.moderation == Moderation.POST, _unreviewed()), else_=0),
            RoundTally.not_for_publication + RoundTally.comments_not_for_publication,
        )
        .join(RoundTally, RoundTally.round_id == Round.id)
        .where(Round.plan_id.in_(plans), Round.published_at.is_not(None))
        .order_by(Round.opens_at.desc(), Round.id.desc())
    )


def rounds_at_hand(plan_ids: Collection[int]) -> list[RoundAtHand]:
    """Return the rounds of some plans, the newest first, from the counts kept with them."""
    rows = db.session.execute(_counts(), {"plan_ids": list(plan_ids)})
    return [RoundAtHand(*tuple(row)) for row in rows]


def past_decisions(
    author_ids: Collection[int], plan_ids: Collection[int]
) -> dict[int, dict[Verb, int]]:
    """Count what was decided before about what each author wrote, on some plans only."""
    if not author_ids:
        return {}
    on_proposals = select(Proposal.author_id.label("author"), Decision.verb, Decision.round_id)
    on_comments = select(Comment.author_id.label("author"), Decision.verb, Decision.round_id)
    both = union_all(
        on_proposals.join(Decision, Decision.proposal_id == Proposal.id).where(
            Proposal.author_id.in_(author_ids)
        ),
        on_comments.join(Decision, Decision.comment_id == Comment.id).where(
            Comment.author_id.in_(author_ids)
        ),
    ).subquery()
    rows = db.session.execute(
        select(both.c.author, both.c.verb, func.count())
        .join(Round, Round.id == both.c.round_id)
        .where(Round.plan_id.in_(plan_ids))
        .group_by(both.c.author, both.c.verb)
    )
    found: dict[int, dict[Verb, int]] = {}
    for author, verb, many in rows:
        found.setdefault(author, {})[verb] = many
    return found
