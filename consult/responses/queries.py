"""Reading responses, and what still has none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from consult.comments.models import ContributionState as State
from consult.core.db import db
from consult.core.pages import PAGE_SIZE, Page, decode_cursor, page_of
from consult.proposals.models import Proposal
from consult.responses.models import Outcome, Response


def response_of(proposal_id: int) -> Response | None:
    """Give the response to a proposal, a draft or a public one, or None."""
    found: Response | None = db.session.scalar(
        select(Response).where(Response.proposal_id == proposal_id)
    )
    return found


def unanswered(round_id: int) -> list[int]:
    """Give the numbers of the published proposals of a round that have no response."""
    answered = select(Response.proposal_id).where(Response.round_id == round_id)
    numbers = db.session.scalars(
        select(Proposal.number)
        .where(
            Proposal.round_id == round_id,
            Proposal.state == State.PUBLISHED,
            Proposal.id.not_in(answered),
        )
        .order_by(Proposal.number)
    )
    return [number for number in numbers if number is not None]


def responses_to_publish(round_id: int) -> Sequence[Response]:
    """Give the draft responses to proposals that are public, with proposal and author."""
    return db.session.scalars(
        select(Response)
        .join(Proposal, Proposal.id == Response.proposal_id)
        .where(
            Response.round_id == round_id,
            Response.published_at.is_(None),
            Proposal.state == State.PUBLISHED,
        )
        .options(
            joinedload(Response.proposal).options(
                joinedload(Proposal.author), joinedload(Proposal.round)
            )
        )
        .order_by(Response.id)
    ).all()


def answered_counts(round_id: int) -> dict[str, int]:
    """Count the published responses of a round by outcome."""
    rows = db.session.execute(
        select(Response.outcome, func.count())
        .where(Response.round_id == round_id, Response.published_at.is_not(None))
        .group_by(Response.outcome)
        .order_by(Response.outcome)
    )
    return {row[0].value: row[1] for row in rows}


@dataclass(frozen=True)
class Progress:
    """How far the answers to a round are."""

    proposals: int
    answered: int

    @property
    def percent(self) -> int:
        """The share that has a response, in whole percents."""
        return 100 * self.answered // self.proposals if self.proposals else 100


def progress_of(round_id: int) -> Progress:
    """Tell how many published proposals of a round have a response."""
    row = db.session.execute(
        select(func.count(Proposal.id), func.count(Response.id))
        .outerjoin(Response, Response.proposal_id == Proposal.id)
        .where(Proposal.round_id == round_id, Proposal.state == State.PUBLISHED)
    ).one()
    return Progress(row[0], row[1])


@dataclass(frozen=True)
class ToAnswer:
    """A published proposal on the organiser's desk, with its response if there is one."""

    id: int
    number: int | None
    title: str
    language: str
    outcome: Outcome | None
    published: bool


def to_answer(
    round_id: int, cursor: str | None = None, *, only_open: bool = False, size: int = PAGE_SIZE
) -> Page[ToAnswer]:
    """Give a page of the published proposals of a round, in order of number."""
    statement: Any = (
        select(
            Proposal.id,
            Proposal.number,
            Proposal.title,
            Proposal.language,
            Response.outcome,
            Response.published_at.is_not(None),
        )
        .outerjoin(Response, Response.proposal_id == Proposal.id)
        .where(Proposal.round_id == round_id, Proposal.state == State.PUBLISHED)
        .order_by(Proposal.number)
        .limit(size + 1)
    )
    if only_open:
        statement = statement.where(Response.id.is_(None))
    after = decode_cursor(cursor, 1)
    if after is not None:
        statement = statement.where(Proposal.number > int(after[0]))
    rows = [ToAnswer(*tuple(row)) for row in db.session.execute(statement)]
    return page_of(rows, lambda one: (one.number,), size)
