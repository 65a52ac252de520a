"""Reading what waits for a look, and what was decided about one contribution."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TypeVar, TypeVarTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql.expression import SQLColumnExpression

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Decision
from consult.consultation.proposals.models import Attachment, Proposal
from consult.consultation.rounds.models import Moderation, Round
from consult.foundation.core.db import db, table_of
from consult.foundation.core.errors import NotFound
from consult.foundation.core.pages import PAGE_SIZE, Keyset, Page
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation

Columns = TypeVarTuple("Columns")
SomeContribution = TypeVar("SomeContribution", Proposal, Comment)
KINDS = ("proposal", "comment")


@dataclass(frozen=True)
class Waiting:
    """Something in the queue, with all of its text; the policy knows it as a subject."""

    kind: str
    id: int
    arrived_at: datetime
    number: int
    proposal_number: int
    answers_number: int | None
    title: str
    problem: str
    action: str
    result: str
    openness: str
    body: str
    attachments: int
    language: str
    state: State
    version: int
    reviewed_at: datetime | None
    not_for_publication: bool
    not_for_publication_reason: str
    author_id: int | None
    author: str | None
    organisation: str | None
    round_slug: str
    round_title: dict[str, str]
    plan_id: int
    public_id: str


def waiting(
    plan_ids: Collection[int],
    cursor: str | None = None,
    *,
    state: State = State.PENDING,
    kind: str = "",
    round_slug: str = "",
    size: int = PAGE_SIZE,
) -> Page[Waiting]:
    """Return a page of what waits on some plans, oldest first: proposals and comments together.

    One statement. Raises InvalidInput for a cursor that we did not write.
    """
    parts = []
    if kind != "comment":
        order = Keyset(Proposal.arrived_at, literal("proposal"), Proposal.id)
        found = _past_reviewed(_proposals(plan_ids, state, round_slug), Proposal, state)
        parts.append(order.first(found, cursor, size + 1))
    if kind != "proposal":
        order = Keyset(Comment.arrived_at, literal("comment"), Comment.id)
        found = _past_reviewed(_comments(plan_ids, state, round_slug), Comment, state)
        parts.append(order.first(found, cursor, size + 1))
    # Each part is a page already, so that a long queue is not put in order as a whole.
    both = union_all(*(select(part.subquery()) for part in parts)).subquery()
    order = Keyset(both.c.arrived_at, both.c.kind, both.c.id)
    return order.page(select(both), cursor, size, make=Waiting)


def _named(*columns: SQLColumnExpression[object]) -> Select[*tuple[object, ...]]:
    """Select columns under the names of `Waiting`, in its order."""
    names = [field.name for field in fields(Waiting)]
    return select(*(column.label(name) for column, name in zip(columns, names, strict=True)))


def _at_hand(plan_ids: Collection[int], round_slug: str) -> list[ColumnElement[bool]]:
    # A round that is being imported is announced last: nobody decides in it before.
    of_round = [Round.slug == round_slug] if round_slug else []
    return [Round.plan_id.in_(plan_ids), Round.published_at.is_not(None), *of_round]


def _in_state(model: type[Proposal] | type[Comment], state: State) -> list[ColumnElement[bool]]:
    """Return what stands in a part of the queue; of what is public, what nobody looked at yet."""
    if state is not State.PUBLISHED:
        return [model.state == state]
    return [
        model.state == state,
        model.reviewed_at.is_(None),
        Round.moderation == Moderation.POST,
    ]


def _past_reviewed(
    statement: Select[*Columns], model: type[Proposal] | type[Comment], state: State
) -> Select[*Columns]:
    """Let SQLite go by what nobody looked at yet: what is public is a hundred times as much."""
    if state is not State.PUBLISHED:
        return statement
    index = f"ix_{table_of(model).name}_unreviewed"
    return statement.with_hint(model, f"INDEXED BY {index}", "sqlite")


def _proposals(
    plan_ids: Collection[int], state: State, round_slug: str
) -> Select[*tuple[object, ...]]:
    files = select(func.count()).where(Attachment.proposal_id == Proposal.id)
    return (
        _named(
            literal("proposal"),
            Proposal.id,
            Proposal.arrived_at,
            Proposal.number,
            Proposal.number,
            cast(null(), Integer),
            Proposal.title,
            Proposal.problem,
            Proposal.action,
            Proposal.result,
            Proposal.openness,
            literal(""),
            files.correlate(Proposal).scalar_subquery(),
            Proposal.language,
            Proposal.state,
            Proposal.version,
            Proposal.reviewed_at,
            Proposal.not_for_publication,
            Proposal.not_for_publication_reason,
            Proposal.author_id,
            Person.display_name,
            func.coalesce(Organisation.name, func.nullif(Proposal.on_behalf_of, "")),
            Round.slug,
            Round.title,
            Round.plan_id,
            Proposal.public_id,
        )
        .join(Round, Round.id == Proposal.round_id)
        .outerjoin(Person, Person.id == Proposal.author_id)
        .outerjoin(Organisation, Organisation.id == Proposal.organisation_id)
        .where(*_in_state(Proposal, state), *_at_hand(plan_ids, round_slug))
    )


def _comments(
    plan_ids: Collection[int], state: State, round_slug: str
) -> Select[*tuple[object, ...]]:
    parent = aliased(Comment)
    return (
        _named(
            literal("comment"),
            Comment.id,
            Comment.arrived_at,
            Comment.number,
            Proposal.number,
            parent.number,
            Proposal.title,
            literal(""),
            literal(""),
            literal(""),
            literal(""),
            Comment.body,
            literal(0),
            Comment.language,
            Comment.state,
            Comment.version,
            Comment.reviewed_at,
            Comment.not_for_publication,
            Comment.not_for_publication_reason,
            Comment.author_id,
            Person.display_name,
            Organisation.name,
            Round.slug,
            Round.title,
            Round.plan_id,
            Comment.public_id,
        )
        .join(Proposal, Proposal.thread_id == Comment.thread_id)
        .join(Round, Round.id == Comment.round_id)
        .outerjoin(parent, parent.id == Comment.parent_id)
        .outerjoin(Person, Person.id == Comment.author_id)
        .outerjoin(Organisation, Organisation.id == Comment.organisation_id)
        .where(*_in_state(Comment, state), *_at_hand(plan_ids, round_slug))
    )


def get_contribution(kind: str, public_id: str, *, lock: bool = False) -> Proposal | Comment:
    """Return a proposal or a comment with its round and author, or NotFound.

    With `lock`, whoever else decides about it waits until we are done, and it is read anew.
    """
    found: Proposal | Comment | None = (
        _contribution(Proposal, public_id, lock=lock)
        if kind == "proposal"
        else _contribution(Comment, public_id, lock=lock)
    )
    if found is None:
        raise NotFound(_l("There is no such contribution."), _l("Go back to the queue."))
    return found


def _contribution(
    model: type[SomeContribution], public_id: str, *, lock: bool
) -> SomeContribution | None:
    statement = (
        select(model)
        .where(model.public_id == public_id)
        .options(
            joinedload(model.round).joinedload(Round.plan),
            joinedload(model.author),
            joinedload(model.organisation),
        )
    )
    if lock:
        statement = statement.with_for_update(of=model).execution_options(populate_existing=True)
    return db.session.scalar(statement)


def discussed(comment: Comment) -> Proposal:
    """Return the proposal that a comment is about."""
    found: Proposal = db.session.scalars(
        select(Proposal).where(Proposal.thread_id == comment.thread_id)
    ).one()
    return found


def decisions_of(contribution: Proposal | Comment) -> Sequence[Decision]:
    """Return the decisions about one contribution, oldest first, with who decided."""
    column = Decision.proposal_id if isinstance(contribution, Proposal) else Decision.comment_id
    return db.session.scalars(
        select(Decision)
        .where(column == contribution.id)
        .options(joinedload(Decision.decided_by))
        .order_by(Decision.id)
    ).all()
