"""Reading summaries, the numbers of a round, and what is still to do."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, SQLColumnExpression, func, not_, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from consult.consultation.comments.models import ContributionState
from consult.consultation.plans.models import Theme
from consult.consultation.proposals.listing import ProposalFilter, page_of
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.queries import public_proposal
from consult.foundation.core.db import db
from consult.foundation.core.pages import Page
from consult.outcomes.responses.models import Response
from consult.outcomes.summaries.models import Citation, Summary, SummarySection
from consult.people.organisations.models import Body


def summarised_rounds(round_ids: Collection[int]) -> Collection[int]:
    """Return which of some rounds have a public summary."""
    return db.session.scalars(
        select(Summary.round_id).where(
            Summary.round_id.in_(round_ids), Summary.published_at.is_not(None)
        )
    ).all()


def find_summary(round_id: int) -> Summary | None:
    """Return the summary of a round with its sections and citations, or None."""
    found: Summary | None = db.session.scalar(
        select(Summary)
        .where(Summary.round_id == round_id)
        .options(
            selectinload(Summary.sections)
            .selectinload(SummarySection.citations)
            .joinedload(Citation.proposal)
        )
    )
    return found


@dataclass(frozen=True)
class Share:
    """How many published proposals and comments fall under one heading."""

    key: object
    label: object
    proposals: int
    comments: int


def _counted(key: SQLColumnExpression[object], round_id: int) -> list[tuple[object, int, int]]:
    rows = db.session.execute(
        select(key, func.count(Proposal.id), func.coalesce(func.sum(Proposal.comment_count), 0))
        .where(Proposal.round_id == round_id, public_proposal())
        .group_by(key)
    ).all()
    return [(found, proposals, comments) for found, proposals, comments in rows]


def _titled(
    counted: list[tuple[object, int, int]],
    id_: InstrumentedAttribute[int],
    title: InstrumentedAttribute[dict[str, str]],
) -> list[Share]:
    ids = [key for key, *_ in counted if key is not None]
    rows = db.session.execute(select(id_, title).where(id_.in_(ids))).all()
    titles: dict[object, object] = {row[0]: row[1] for row in rows}
    return [Share(key, titles.get(key), *numbers) for key, *numbers in counted]


def shares_by_theme(round_id: int) -> list[Share]:
    """Count published proposals and their comments by theme; the label is the theme's title."""
    return _titled(_counted(Proposal.theme_id, round_id), Theme.id, Theme.title)


def shares_by_body(round_id: int) -> list[Share]:
    """Count published proposals and their comments by the body their author takes part through."""
    return _titled(_counted(Proposal.body_id, round_id), Body.id, Body.name)


def shares_by_sector(round_id: int) -> list[Share]:
    """Count published proposals and their comments by sector; the label is the sector's code."""
    return [Share(key, key, *numbers) for key, *numbers in _counted(Proposal.sector, round_id)]


@dataclass(frozen=True)
class ToTell:
    """A published proposal: whether a response (prepared or public) or a citation reached it."""

    number: int
    title: str
    language: str
    answered: bool
    cited: bool


def _is_cited(round_id: int) -> ColumnElement[bool]:
    cited = (
        select(Citation.proposal_id)
        .join(SummarySection)
        .join(Summary)
        .where(Summary.round_id == round_id)
    )
    return Proposal.id.in_(cited)


def proposals_to_tell(
    round_id: int, wanted: ProposalFilter, cursor: str | None = None, *, only_uncited: bool = False
) -> Page[ToTell]:
    """Return a page of the published proposals that a summary tells about, as a filter asks."""
    cited = _is_cited(round_id)
    statement = select(
        Proposal.number, Proposal.title, Proposal.language, Response.id.is_not(None), cited
    ).outerjoin(Response, Response.proposal_id == Proposal.id)
    if only_uncited:
        statement = statement.where(not_(cited))
    published = replace(wanted, state=ContributionState.PUBLISHED.value)
    return page_of(statement, round_id, published, cursor, make=ToTell)


@dataclass(frozen=True)
class ToldOf:
    """How many published proposals there are under a theme, and how many of them were reached."""

    proposals: int = 0
    cited: int = 0
    answered: int = 0

    def __add__(self, other: "ToldOf") -> "ToldOf":
        """Return the counts of both together."""
        return ToldOf(
            self.proposals + other.proposals,
            self.cited + other.cited,
            self.answered + other.answered,
        )


def told_by_theme(round_id: int) -> dict[int | None, ToldOf]:
    """Count the published proposals of a round by theme, and what reached them; one statement."""
    counted = func.count(Proposal.id)
    rows = db.session.execute(
        select(
            Proposal.theme_id,
            counted,
            counted.filter(_is_cited(round_id)),
            func.count(Response.id),
        )
        .outerjoin(Response, Response.proposal_id == Proposal.id)
        .where(Proposal.round_id == round_id, public_proposal())
        .group_by(Proposal.theme_id)
    )
    return {theme_id: ToldOf(*numbers) for theme_id, *numbers in rows}
