"""Reading responses, and what still has none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.listing import (
    PUBLIC_STATES,
    ProposalFilter,
    page_of,
)
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.languages import Texts, in_all_languages
from consult.foundation.core.pages import PAGE_SIZE, Page
from consult.outcomes.responses.models import Outcome, Response
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation

ANSWERED_STATES = (State.PUBLISHED, State.NOT_FOR_PUBLICATION)
"""In which states a proposal gets an answer: it is public, or it is to be read only.

No input without an answer (OGP Participation and Co-creation Standards, requirement 4.1).
"""


def _to_be_answered() -> ColumnElement[bool]:
    return Proposal.state.in_(ANSWERED_STATES)


def response_of(proposal_id: int) -> Response | None:
    """Return the response to a proposal as it stands now, a draft or a public one, or None."""
    found: Response | None = db.session.scalar(
        select(Response)
        .where(Response.proposal_id == proposal_id)
        .execution_options(populate_existing=True)
    )
    return found


def _unanswered(round_id: int) -> Select[int | None]:
    answered = select(Response.proposal_id).where(Response.round_id == round_id)
    return (
        select(Proposal.number)
        .where(
            Proposal.round_id == round_id,
            _to_be_answered(),
            Proposal.id.not_in(answered),
        )
        .order_by(Proposal.number)
    )


def unanswered(round_id: int) -> list[int]:
    """Return the numbers of the proposals of a round that wait for a response."""
    return [number for number in db.session.scalars(_unanswered(round_id)) if number is not None]


def next_unanswered(round_id: int, after: int) -> int | None:
    """Return the next proposal without a response: after a number, else from the start, or None."""
    wanted = _unanswered(round_id).order_by(None)
    here = wanted.where(Proposal.number > after).order_by(Proposal.number).limit(1)
    found: int | None = db.session.scalar(here)
    return found or db.session.scalar(wanted.order_by(Proposal.number).limit(1))


def responses_to_publish(round_id: int) -> Sequence[Response]:
    """Return the draft responses to the proposals that get one, with proposal and author."""
    return db.session.scalars(
        select(Response)
        .join(Proposal, Proposal.id == Response.proposal_id)
        .where(
            Response.round_id == round_id,
            Response.published_at.is_(None),
            _to_be_answered(),
        )
        .options(
            joinedload(Response.proposal).options(
                joinedload(Proposal.author), joinedload(Proposal.round)
            )
        )
        .order_by(Response.id)
    ).all()


def answered_counts(round_id: int) -> dict[str, int]:
    """Count the published responses of a round by outcome, as far as the public sees them."""
    rows = db.session.execute(
        select(Response.outcome, func.count())
        .join(Proposal, Proposal.id == Response.proposal_id)
        .where(
            Response.round_id == round_id,
            Response.published_at.is_not(None),
            Proposal.state.in_(PUBLIC_STATES),
        )
        .group_by(Response.outcome)
        .order_by(Response.outcome)
    )
    return {row[0].value: row[1] for row in rows}


@dataclass(frozen=True)
class ResponseProgress:
    """How far the answers to a round are, drafts included."""

    proposals: int
    answered: int
    outcomes: Mapping[Outcome, int]

    @property
    def left(self) -> int:
        """How many have no response."""
        return self.proposals - self.answered

    @property
    def percent(self) -> int:
        """The share that has a response, in whole percents."""
        return 100 * self.answered // self.proposals if self.proposals else 100


def progress_of(round_id: int) -> ResponseProgress:
    """Return how many proposals that get a response have one, by outcome; one statement."""
    rows = db.session.execute(
        select(Response.outcome, func.count(Proposal.id))
        .select_from(Proposal)
        .outerjoin(Response, Response.proposal_id == Proposal.id)
        .where(Proposal.round_id == round_id, _to_be_answered())
        .group_by(Response.outcome)
    ).all()
    outcomes = {row[0]: row[1] for row in rows if row[0] is not None}
    in_order = {outcome: outcomes[outcome] for outcome in Outcome if outcome in outcomes}
    return ResponseProgress(sum(row[1] for row in rows), sum(outcomes.values()), in_order)


@dataclass(frozen=True)
class ToAnswer:
    """A proposal on the organiser's desk, with its response if there is one."""

    id: int
    number: int
    title: str
    language: str
    author: str | None
    organisation: str | None
    support_count: int
    object_count: int
    comment_count: int
    outcome: Outcome | None
    reason: str | None
    reason_language: str | None
    translations: Texts | None
    published: bool
    state: State

    @property
    def reasons(self) -> Texts:
        """The reason in each language that it is written in."""
        return in_all_languages(self.reason_language or "", self.reason or "", self.translations)


def _to_answer() -> Select[*tuple[object, ...]]:
    return (
        select(
            Proposal.id,
            Proposal.number,
            Proposal.title,
            Proposal.language,
            Person.display_name,
            func.coalesce(Organisation.name, func.nullif(Proposal.on_behalf_of, "")),
            Proposal.support_count,
            Proposal.object_count,
            Proposal.comment_count,
            Response.outcome,
            Response.reason,
            Response.language,
            Response.translations,
            Response.published_at.is_not(None),
            Proposal.state,
        )
        .outerjoin(Response, Response.proposal_id == Proposal.id)
        .outerjoin(Person, Person.id == Proposal.author_id)
        .outerjoin(Organisation, Organisation.id == Proposal.organisation_id)
    )


def to_answer(
    round_id: int,
    wanted: ProposalFilter,
    cursor: str | None = None,
    *,
    only_open: bool = False,
    outcome: Outcome | None = None,
    size: int = PAGE_SIZE,
) -> Page[ToAnswer]:
    """Return a page of the proposals of a round that get a response, as a filter asks for them.

    `outcome` is that of the response, prepared or public. Raises InvalidInput as `list_proposals`.
    """
    statement = _to_answer().where(_to_be_answered())
    if only_open:
        statement = statement.where(Response.id.is_(None))
    if outcome is not None:
        statement = statement.where(Response.outcome == outcome)
    return page_of(statement, round_id, wanted, cursor, team=True, size=size, make=ToAnswer)
