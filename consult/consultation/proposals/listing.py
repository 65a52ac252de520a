"""The list of a round's proposals: filters, orders and pages by keyset."""

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar, TypeVarTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.plans.models import Theme
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.queries import ListedProposal
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.numbers import plain_number
from consult.foundation.core.pages import PAGE_SIZE, Keyset, Page
from consult.foundation.core.search import HitCount, WordSearch, count_hits
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation, Sector

PUBLIC_STATES = (State.PUBLISHED, State.WITHDRAWN)
NONE = "none"
"""The value of a filter that asks for what has no theme, no sector or no body."""
_A_NUMBER = re.compile(r"#(\d{1,9})")
"""A question that names one proposal."""


class Order(enum.StrEnum):
    """In which order proposals are listed."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DISCUSSED = "discussed"
    SUPPORTED = "supported"
    CONTESTED = "contested"


@dataclass(frozen=True)
class ProposalFilter:
    """What a reader wants to see. Values as they stand in the address."""

    query: str = ""
    theme: str = ""
    body: str = ""
    sector: str = ""
    organisation: str = ""
    state: str = ""
    outcome: str = ""
    order: str = Order.NEWEST.value

    @property
    def filtered(self) -> bool:
        """Whether anything is left out by a filter."""
        return replace(self, order="") != ProposalFilter(order="")

    def asked(self, **changes: str) -> dict[str, str]:
        """Return the arguments of the address that asks for this, with changes; "" takes away."""
        wanted = {**vars(self), **changes}
        if wanted["order"] == Order.NEWEST:
            wanted["order"] = ""
        found = {"q": wanted.pop("query"), **wanted}
        return {name: value for name, value in found.items() if value}


_KEYSETS = {
    Order.NEWEST: Keyset(Proposal.arrived_at, Proposal.id, descending=True),
    Order.OLDEST: Keyset(Proposal.arrived_at, Proposal.id),
    Order.DISCUSSED: Keyset(Proposal.comment_count, Proposal.id, descending=True),
    Order.SUPPORTED: Keyset(Proposal.support_count, Proposal.id, descending=True),
    Order.CONTESTED: Keyset(Proposal.contested_count, Proposal.id, descending=True),
}


Columns = TypeVarTuple("Columns")
T = TypeVar("T")
SomeChoice = TypeVar("SomeChoice", bound=enum.StrEnum)


def _refuse(name: str, value: str) -> InvalidInput:
    return InvalidInput(
        _l("The list knows no “%(value)s” for “%(name)s”.", name=name, value=value[:60]),
        _l("Choose one of the filters on the page."),
    )


def _number(name: str, value: str) -> int:
    found = plain_number(value)
    if found is None:
        raise _refuse(name, value)
    return found


def _member(name: str, value: str, kind: type[SomeChoice]) -> SomeChoice:
    try:
        return kind(value)
    except ValueError:
        raise _refuse(name, value) from None


def _conditions(wanted: ProposalFilter, *, team: bool) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        column.is_(None)
        for value, column in (
            (wanted.theme, Proposal.theme_id),
            (wanted.body, Proposal.body_id),
            (wanted.sector, Proposal.sector),
        )
        if value == NONE
    ]
    if wanted.theme and wanted.theme != NONE:
        found.append(Proposal.theme_id == _number("theme", wanted.theme))
    if wanted.body and wanted.body != NONE:
        found.append(Proposal.body_id == _number("body", wanted.body))
    if wanted.sector and wanted.sector != NONE:
        found.append(Proposal.sector == _member("sector", wanted.sector, Sector))
    if wanted.organisation:
        number = _number("organisation", wanted.organisation)
        found.append(Proposal.organisation_id == number)
    if wanted.outcome:
        found.append(Proposal.outcome == wanted.outcome[:40])
    return [*found, _of_states(wanted.state, team=team)]


def _of_states(value: str, *, team: bool) -> ColumnElement[bool]:
    visible = [s for s in State if s is not State.DRAFT] if team else list(PUBLIC_STATES)
    if value:
        state = _member("state", value, State)
        if state not in visible:
            raise _refuse("state", value)
        visible = [state]
    chosen = Proposal.state.in_(visible)
    return chosen if team else chosen & Proposal.published_at.is_not(None)


def count_found(round_id: int, wanted: ProposalFilter, *, team: bool = False) -> HitCount:
    """Count the proposals that a search finds among those of `list_proposals`; one statement."""
    statement, words = narrowed(select(Proposal.id), round_id, wanted, team=team)
    return words.count(statement) if words else count_hits(statement)


def list_proposals(
    round_id: int,
    wanted: ProposalFilter,
    cursor: str | None = None,
    *,
    team: bool = False,
    size: int = PAGE_SIZE,
    hits: HitCount | None = None,
) -> Page[ListedProposal]:
    """Return a page of a round's proposals; the team also sees what is not public.

    `hits` is what `count_found` counted, where it did. Raises InvalidInput for a filter, order or
    cursor that we do not know.
    """
    return page_of(
        _rows(), round_id, wanted, cursor, team=team, size=size, hits=hits,
        make=lambda *row: _as_seen(ListedProposal(*row), team=team),
    )  # fmt: skip


def page_of(
    statement: Select[*Columns],
    round_id: int,
    wanted: ProposalFilter,
    cursor: str | None = None,
    *,
    team: bool = False,
    size: int = PAGE_SIZE,
    make: Callable[..., T],
    hits: HitCount | None = None,
) -> Page[T]:
    """Return a page of a SELECT of proposals, with what a filter asks of them, in its order."""
    order = _KEYSETS[_member("order", wanted.order, Order)]
    statement, words = narrowed(statement, round_id, wanted, team=team)
    if words:
        return words.page(order, statement, cursor, size, make=make, hits=hits)
    return order.page(statement, cursor, size, make=make)


def narrowed(
    statement: Select[*Columns], round_id: int, wanted: ProposalFilter, *, team: bool = False
) -> tuple[Select[*Columns], WordSearch | None]:
    """Return a SELECT of proposals with what a filter asks of them, and the words to look for.

    `#12` is no word: it asks for a number.
    """
    conditions = _conditions(wanted, team=team)
    statement = statement.where(Proposal.round_id == round_id, *conditions)
    if number := _A_NUMBER.fullmatch(wanted.query):
        return statement.where(Proposal.number == int(number[1])), None
    if not wanted.query:
        return statement, None
    if not team:
        # That a word is found would tell what stood in a text that is no longer public.
        statement = statement.where(Proposal.state == State.PUBLISHED)
    return statement, WordSearch("proposal", wanted.query, Proposal.id)


def _as_seen(one: ListedProposal, *, team: bool) -> ListedProposal:
    """Return a row without its text, where that is not public: it keeps its place."""
    return one if team or one.state is State.PUBLISHED else replace(one, title="", action="")


def _rows() -> Select[*tuple[object, ...]]:
    return (
        select(
            Proposal.id,
            Proposal.number,
            Proposal.title,
            Proposal.language,
            Proposal.action,
            Proposal.state,
            Proposal.outcome,
            Proposal.arrived_at,
            Proposal.published_at,
            Proposal.comment_count,
            Proposal.support_count,
            Proposal.neutral_count,
            Proposal.object_count,
            Person.display_name,
            Organisation.name,
            Proposal.on_behalf_of,
            Theme.title,
        )
        .outerjoin(Person, Person.id == Proposal.author_id)
        .outerjoin(Organisation, Organisation.id == Proposal.organisation_id)
        .outerjoin(Theme, Theme.id == Proposal.theme_id)
    )
