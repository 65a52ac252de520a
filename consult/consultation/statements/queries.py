"""Reading statements: which comes next, one's own votes, and the results."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Position, Proposal, Stance
from consult.consultation.proposals.sectors import VoteResult, results_of
from consult.consultation.rounds.models import Round
from consult.consultation.statements.models import StatementInView
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.pages import PAGE_SIZE, Keyset, Page


def in_view(round_id: int, person_id: int | None) -> StatementInView | None:
    """Return which statement of a round was put before a person last, or None."""
    found: StatementInView | None = db.session.scalar(
        select(StatementInView)
        .where(StatementInView.round_id == round_id, StatementInView.person_id == person_id)
        .options(joinedload(StatementInView.proposal))
    )
    return found


def next_statement(
    round_id: int, person_id: int | None, besides: Sequence[int] = ()
) -> Proposal | None:
    """Return the statement to put before a person: the one that was shown least, not voted on yet.

    Those in `besides` are not it. None where the person voted on all of them.
    """
    voted = select(Position.id).where(
        Position.proposal_id == Proposal.id, Position.person_id == person_id
    )
    found: Proposal | None = db.session.scalar(
        select(Proposal)
        .where(
            Proposal.round_id == round_id,
            Proposal.state == State.PUBLISHED,
            Proposal.id.not_in(besides),
            ~voted.exists(),
        )
        .order_by(Proposal.shown_count, Proposal.id)
        .limit(1)
    )
    return found


@dataclass(frozen=True)
class VotingProgress:
    """How far somebody is with the statements of a round."""

    voted: int
    published: int

    @property
    def left(self) -> int:
        """On how many they did not vote yet."""
        return max(0, self.published - self.voted)


def progress_of(round_: Round, person_id: int | None) -> VotingProgress:
    """Count on how many statements of a round a person voted; one statement."""
    voted = db.session.scalar(
        select(func.count())
        .select_from(Position)
        .join(Proposal, Proposal.id == Position.proposal_id)
        .where(
            Position.person_id == person_id,
            Proposal.round_id == round_.id,
            Proposal.state == State.PUBLISHED,
        )
    )
    return VotingProgress(voted or 0, round_.tally.published)


class StatementOrder(enum.StrEnum):
    """In which order the results are listed."""

    AGREED = "agreed"
    CONTESTED = "contested"
    NEWEST = "newest"


_KEYSETS = {
    StatementOrder.AGREED: Keyset(Proposal.support_count, Proposal.id, descending=True),
    StatementOrder.CONTESTED: Keyset(Proposal.contested_count, Proposal.id, descending=True),
    StatementOrder.NEWEST: Keyset(Proposal.arrived_at, Proposal.id, descending=True),
}


def read_order(said: str) -> StatementOrder:
    """Read the order that an address asks for; InvalidInput for one that we do not know."""
    try:
        return StatementOrder(said)
    except ValueError:
        raise InvalidInput(
            _l("The list knows no “%(value)s” for “%(name)s”.", name="order", value=said[:60]),
            _l("Choose one of the filters on the page."),
        ) from None


def list_results(
    round_id: int,
    order: StatementOrder,
    cursor: str | None = None,
    *,
    by_sector: bool = False,
    size: int = PAGE_SIZE,
) -> Page[VoteResult]:
    """Return a page of the published statements of a round with their counts.

    `by_sector` asks for the shares of the sectors as well, in one statement more. Raises
    InvalidInput for a cursor that is none of ours.
    """
    page = _KEYSETS[order].page(
        select(Proposal).where(Proposal.round_id == round_id, Proposal.state == State.PUBLISHED),
        cursor,
        size,
    )
    rows = results_of(page.rows, by_sector=by_sector)
    return Page(rows, page.next_cursor, page.is_first)


def most_agreed_with(round_id: int, size: int = 5) -> Page[VoteResult]:
    """Return the statements of a round with which most people agree."""
    return list_results(round_id, StatementOrder.AGREED, size=size)


def own_votes(
    round_id: int, person_id: int | None, cursor: str | None
) -> Page[tuple[Proposal, Stance]]:
    """Return a page of the statements of a round on which a person voted, the last one first."""
    statement = (
        select(Proposal, Position.stance)
        .join(Position, Position.proposal_id == Proposal.id)
        .where(
            Position.person_id == person_id,
            Proposal.round_id == round_id,
            Proposal.state == State.PUBLISHED,
        )
    )
    last_first = Keyset(Position.id, descending=True)
    return last_first.page(statement, cursor, make=lambda one, stance: (one, stance))
