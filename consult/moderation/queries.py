"""Reading the queue and the log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, literal, select, tuple_, union_all
from sqlalchemy.orm import joinedload

from consult.accounts.models import Person
from consult.comments.models import Comment
from consult.comments.models import ContributionState as State
from consult.core.db import Moment, db
from consult.core.errors import NotFound
from consult.core.pages import PAGE_SIZE, Page, decode_cursor, page_of
from consult.moderation.models import Decision, Verb
from consult.organisations.models import Organisation
from consult.proposals.models import Proposal
from consult.rounds.models import Round


@dataclass(frozen=True)
class Waiting:
    """Something in the queue."""

    kind: str
    id: int
    arrived_at: datetime
    number: int
    proposal_number: int
    title: str
    text: str
    more: str
    language: str
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
    """Give a page of what waits on some plans, oldest first: proposals and comments together."""
    after = decode_cursor(cursor, 3)
    parts = []
    if kind != "comment":
        parts.append(_proposals(plan_ids, state, round_slug))
    if kind != "proposal":
        parts.append(_comments(plan_ids, state, round_slug))
    both = union_all(*parts).subquery()
    order = (both.c.arrived_at, both.c.kind, both.c.id)
    statement = select(both).order_by(*order).limit(size + 1)
    if after is not None:
        at = literal(datetime.fromisoformat(after[0]), Moment())
        statement = statement.where(tuple_(*order) > tuple_(at, after[1], int(after[2])))
    rows = [Waiting(*tuple(row)) for row in db.session.execute(statement)]
    return page_of(rows, lambda one: (one.arrived_at.isoformat(), one.kind, one.id), size)


def _named(*columns: Any) -> Any:
    """Select columns under the names of `Waiting`, in its order."""
    names = [field.name for field in fields(Waiting)]
    return select(*(column.label(name) for column, name in zip(columns, names, strict=True)))


def _proposals(plan_ids: Collection[int], state: State, round_slug: str) -> Any:
    statement = (
        _named(
            literal("proposal"),
            Proposal.id,
            Proposal.arrived_at,
            Proposal.number,
            Proposal.number,
            Proposal.title,
            Proposal.action,
            Proposal.problem,
            Proposal.language,
            Proposal.author_id,
            Person.display_name,
            func.coalesce(Organisation.name, Proposal.on_behalf_of),
            Round.slug,
            Round.title,
            Round.plan_id,
            Proposal.public_id,
        )
        .join(Round, Round.id == Proposal.round_id)
        .outerjoin(Person, Person.id == Proposal.author_id)
        .outerjoin(Organisation, Organisation.id == Proposal.organisation_id)
        .where(Proposal.state == state, Round.plan_id.in_(plan_ids))
    )
    return statement.where(Round.slug == round_slug) if round_slug else statement


def _comments(plan_ids: Collection[int], state: State, round_slug: str) -> Any:
    statement = (
        _named(
            literal("comment"),
            Comment.id,
            Comment.arrived_at,
            Comment.number,
            Proposal.number,
            Proposal.title,
            Comment.body,
            literal(""),
            Comment.language,
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
        .outerjoin(Person, Person.id == Comment.author_id)
        .outerjoin(Organisation, Organisation.id == Comment.organisation_id)
        .where(Comment.state == state, Round.plan_id.in_(plan_ids))
    )
    return statement.where(Round.slug == round_slug) if round_slug else statement


def get_contribution(kind: str, public_id: str) -> Proposal | Comment:
    """Give a proposal or a comment with its round and author, or NotFound."""
    model: Any = Proposal if kind == "proposal" else Comment
    found: Proposal | Comment | None = db.session.scalar(
        select(model)
        .where(model.public_id == public_id)
        .options(joinedload(model.round), joinedload(model.author))
    )
    if found is None:
        raise NotFound(_l("There is no such contribution."), _l("Go back to the queue."))
    return found


@dataclass(frozen=True)
class Logged:
    """A decision as the public log shows it."""

    id: int
    verb: Verb
    ground: str | None
    reason: str
    decided_at: datetime
    proposal_number: int | None
    comment_number: int | None
    decided_by: str | None


def log_of(round_id: int, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Logged]:
    """Give a page of the decisions of a round, newest first."""
    on_comment = select(Proposal.number).where(Proposal.thread_id == Comment.thread_id)
    statement: Any = (
        select(
            Decision.id,
            Decision.verb,
            Decision.ground,
            Decision.reason,
            Decision.decided_at,
            func.coalesce(Proposal.number, on_comment.correlate(Comment).scalar_subquery()),
            Comment.number,
            Person.display_name,
        )
        .outerjoin(Proposal, Proposal.id == Decision.proposal_id)
        .outerjoin(Comment, Comment.id == Decision.comment_id)
        .outerjoin(Person, Person.id == Decision.decided_by_id)
        .where(Decision.round_id == round_id)
        .order_by(Decision.id.desc())
        .limit(size + 1)
    )
    after = decode_cursor(cursor, 1)
    if after is not None:
        statement = statement.where(Decision.id < int(after[0]))
    rows = [Logged(*tuple(row)) for row in db.session.execute(statement)]
    return page_of(rows, lambda one: (one.id,), size)


def totals_of(round_id: int) -> dict[Verb, int]:
    """Count the decisions of a round by verb."""
    rows = db.session.execute(
        select(Decision.verb, func.count())
        .where(Decision.round_id == round_id)
        .group_by(Decision.verb)
    )
    return {row[0]: row[1] for row in rows}


def decisions_about(contribution: Proposal | Comment) -> Sequence[Decision]:
    """Give the decisions about one contribution, oldest first, with who decided."""
    column = Decision.proposal_id if isinstance(contribution, Proposal) else Decision.comment_id
    return db.session.scalars(
        select(Decision)
        .where(column == contribution.id)
        .options(joinedload(Decision.decided_by))
        .order_by(Decision.id)
    ).all()
