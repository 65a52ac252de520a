"""Reading what waits for a look, and what was decided about one contribution."""

import enum
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple, Self, TypeVar, TypeVarTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql.expression import SQLColumnExpression

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import (
    Claim,
    Decision,
    HeldDecision,
    ModeratorNote,
    OnContribution,
    Report,
    SecondLook,
    SuspectedData,
    Verb,
)
from consult.consultation.moderation.subjects import about
from consult.consultation.proposals.models import Attachment, Proposal
from consult.consultation.rounds.models import Moderation, Round
from consult.foundation.core.db import db, table_of
from consult.foundation.core.errors import NotFound
from consult.foundation.core.pages import PAGE_SIZE, Keyset, Page
from consult.foundation.core.search import found_ids
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation

Columns = TypeVarTuple("Columns")
SomeContribution = TypeVar("SomeContribution", Proposal, Comment)
Model = type[Proposal] | type[Comment]
KINDS = ("proposal", "comment")
_EXCERPT = 240
"""Signs of a text that the list shows."""
_NUMBER = re.compile(r"#?(\d{1,9})")


class QueueTab(enum.StrEnum):
    """A part of the queue."""

    TO_DO = "todo"
    MINE = "mine"
    """What this moderator is reading."""
    DISCUSS = "discuss"
    BACK = "back"
    """Returned before, and handed in again."""
    SECOND = "second"
    """Hidden, and waiting for a second moderator."""
    LATE = "late"
    AFTER = "after"
    """Public without a look, in rounds where moderators look afterwards."""
    UNPUBLISHED = "unpublished"


STATES = {
    QueueTab.TO_DO: State.PENDING,
    QueueTab.BACK: State.PENDING,
    QueueTab.LATE: State.LATE,
    QueueTab.AFTER: State.PUBLISHED,
    QueueTab.UNPUBLISHED: State.NOT_FOR_PUBLICATION,
}
"""What stands in a tab that holds one state; the others hold any."""


@dataclass(frozen=True)
class Waiting:
    """Something in the queue, as its list shows it; the policy knows it as a subject."""

    kind: str
    id: int
    arrived_at: datetime
    number: int
    proposal_number: int
    answers_number: int | None
    title: str
    excerpt: str
    attachments: int
    language: str
    state: State
    version: int
    reviewed_at: datetime | None
    not_for_publication: bool
    author_id: int | None
    author: str | None
    organisation: str | None
    round_slug: str
    round_title: dict[str, str]
    plan_id: int
    public_id: str
    came_back: bool
    """Whether it was returned before."""
    to_discuss: bool
    suspected: int | None
    """How much in it may be personal data; None where no machine looked at this version yet."""
    read_by_id: int | None
    """The moderator who reads it at this moment."""
    read_by: str | None

    @property
    def key(self) -> str:
        """What a form says to name it, in the version that was read."""
        return f"{self.kind}:{self.public_id}:{self.version}"


@dataclass(frozen=True)
class Wanted:
    """Which part of the queue is asked for, by whom and when."""

    plan_ids: Collection[int]
    person_id: int | None
    now: datetime
    tab: QueueTab = QueueTab.TO_DO
    kind: str = ""
    round_slug: str = ""
    language: str = ""
    search: str = ""

    @property
    def shape(self) -> Self:
        """What of it decides how the statement reads; the rest is filled in (`values`)."""
        return replace(
            self,
            plan_ids=(),
            person_id=None,
            now=datetime.min.replace(tzinfo=UTC),
            round_slug="one" if self.round_slug else "",
            language="one" if self.language else "",
        )

    @property
    def values(self) -> dict[str, object]:
        """What is filled in where the statement is run."""
        return {
            "plan_ids": list(self.plan_ids),
            "reader_id": self.person_id,
            "read_at": self.now,
            "round_slug": self.round_slug,
            "language": self.language,
        }


_PLANS: BindParameter[Sequence[int]] = bindparam("plan_ids", expanding=True)
_READER: BindParameter[int] = bindparam("reader_id", type_=Integer)
_NOW: BindParameter[datetime] = bindparam("read_at", type_=Claim.until.type)


def waiting(wanted: Wanted, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Waiting]:
    """Return a page of what waits on some plans, oldest first: proposals and comments together.

    One statement. Raises InvalidInput for a cursor that we did not write.
    """
    statement, order = _page_of(wanted.shape, cursor, size)
    return order.page(statement, cursor, size, make=Waiting, asked=wanted.values)


@lru_cache(maxsize=64)
def _page_of(
    wanted: Wanted, cursor: str | None, size: int
) -> tuple[Select[*tuple[Any, ...]], Keyset]:
    """Return the statement of a page of the queue, and its order.

    To build it takes longer than to run it, and most ask for the first page.
    """
    parts = []
    if wanted.kind != "comment":
        order = Keyset(Proposal.arrived_at, literal("proposal"), Proposal.id)
        parts.append(
            order.first(_short_way(_proposals(wanted), Proposal, wanted), cursor, size + 1)
        )
    if wanted.kind != "proposal":
        order = Keyset(Comment.arrived_at, literal("comment"), Comment.id)
        parts.append(order.first(_short_way(_comments(wanted), Comment, wanted), cursor, size + 1))
    # Each part is a page already, so that a long queue is not put in order as a whole.
    both = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(both), Keyset(both.c.arrived_at, both.c.kind, both.c.id)


def _named(*columns: SQLColumnExpression[object]) -> Select[*tuple[object, ...]]:
    """Select columns under the names of `Waiting`, in its order."""
    names = [field.name for field in fields(Waiting)]
    return select(*(column.label(name) for column, name in zip(columns, names, strict=True)))


def _of(rows: type[OnContribution] | type[Decision], model: Model) -> ColumnElement[bool]:
    """Return the condition that a row is about a contribution of the statement around it."""
    return (rows.proposal_id if model is Proposal else rows.comment_id) == model.id


def was_returned(model: Model) -> ColumnElement[bool]:
    """Return the condition that a contribution was returned to its author before."""
    return exists().where(_of(Decision, model), Decision.verb == Verb.RETURN).correlate(model)


def is_discussed(model: Model) -> ColumnElement[bool]:
    """Return the condition that a contribution waits for what other moderators think of it."""
    note = ModeratorNote
    unsettled = and_(note.to_discuss, note.settled_at.is_(None))
    return exists().where(_of(note, model), unsettled).correlate(model)


def _suspected(model: Model) -> SQLColumnExpression[object]:
    """Return how much in a contribution may be personal data, as a machine saw it."""
    seen = select(SuspectedData.number).where(
        _of(SuspectedData, model), SuspectedData.version == model.version
    )
    return seen.correlate(model).scalar_subquery()


def _keys_in(
    rows: type[OnContribution], model: Model, *conditions: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Return the condition that a contribution is one of the few that some rows are about."""
    key = rows.proposal_id if model is Proposal else rows.comment_id
    return model.id.in_(select(key).where(key.is_not(None), *conditions))


def _in_tab(model: Model, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what stands in a part of the queue; of what is public, what nobody looked at yet."""
    # What is in effect already, words that were left out, keeps nothing from the list.
    held = exists().where(
        _of(HeldDecision, model),
        HeldDecision.settled_at.is_(None),
        HeldDecision.decision_id.is_(None),
    )
    match wanted.tab:
        case QueueTab.MINE:
            of_mine = (Claim.person_id == _READER, Claim.until > _NOW)
            return [_keys_in(Claim, model, *of_mine)]
        case QueueTab.DISCUSS:
            note = ModeratorNote
            return [_keys_in(note, model, note.to_discuss.is_(True), note.settled_at.is_(None))]
        case QueueTab.SECOND:
            return [_keys_in(SecondLook, model, SecondLook.settled_at.is_(None))]
        case QueueTab.BACK:
            return [model.state == State.PENDING, was_returned(model), ~held.correlate(model)]
        case QueueTab.AFTER:
            return [
                model.state == State.PUBLISHED,
                model.reviewed_at.is_(None),
                Round.moderation == Moderation.POST,
            ]
        case tab:
            return [model.state == STATES[tab], ~held.correlate(model)]


def _at_hand(model: Model, wanted: Wanted) -> list[ColumnElement[bool]]:
    # A round that is being imported is announced last: nobody decides in it before.
    conditions: list[ColumnElement[bool]] = [
        Round.plan_id.in_(_PLANS),
        Round.published_at.is_not(None),
    ]
    if wanted.round_slug:
        conditions.append(Round.slug == bindparam("round_slug"))
    if wanted.language:
        conditions.append(model.language == bindparam("language"))
    if wanted.search:
        if number := _NUMBER.fullmatch(wanted.search.strip()):
            conditions.append(Proposal.number == int(number[1]))
        else:
            kind = "proposal" if model is Proposal else "comment"
            conditions.append(model.id.in_(found_ids(kind, wanted.search)))
    return conditions


def _short_way(statement: Select[*Columns], model: Model, wanted: Wanted) -> Select[*Columns]:
    """Let SQLite go by what is little in a tab, and not by the order of a whole round.

    That is what nobody looked at yet, or the few that a claim, a note or a second look is about.
    """
    index = f"INDEXED BY ix_{table_of(model).name}_unreviewed"
    few = {QueueTab.MINE, QueueTab.DISCUSS, QueueTab.SECOND}
    if wanted.tab is QueueTab.AFTER:
        return statement.with_hint(model, index, "sqlite")
    return statement.with_hint(model, "NOT INDEXED", "sqlite") if wanted.tab in few else statement


def _read_by(
    model: Model,
) -> tuple[SQLColumnExpression[object], SQLColumnExpression[object]]:
    """Return who reads a contribution at this moment: their number and name."""
    holds = (_of(Claim, model), Claim.until > _NOW)
    who = select(Claim.person_id).where(*holds).correlate(model)
    reader = aliased(Person)
    name = select(reader.display_name).join(Claim, Claim.person_id == reader.id).where(*holds)
    return who.scalar_subquery(), name.correlate(model).scalar_subquery()


def _proposals(wanted: Wanted) -> Select[*tuple[object, ...]]:
    files = select(func.count()).where(Attachment.proposal_id == Proposal.id)
    said = func.coalesce(func.nullif(Proposal.problem, ""), Proposal.action)
    return (
        _named(
            literal("proposal"),
            Proposal.id,
            Proposal.arrived_at,
            Proposal.number,
            Proposal.number,
            cast(null(), Integer),
            Proposal.title,
            func.substr(said, 1, _EXCERPT),
            files.correlate(Proposal).scalar_subquery(),
            Proposal.language,
            Proposal.state,
            Proposal.version,
            Proposal.reviewed_at,
            Proposal.not_for_publication,
            Proposal.author_id,
            Person.display_name,
            func.coalesce(Organisation.name, func.nullif(Proposal.on_behalf_of, "")),
            Round.slug,
            Round.title,
            Round.plan_id,
            Proposal.public_id,
            was_returned(Proposal),
            is_discussed(Proposal),
            _suspected(Proposal),
            *_read_by(Proposal),
        )
        .join(Round, Round.id == Proposal.round_id)
        .outerjoin(Person, Person.id == Proposal.author_id)
        .outerjoin(Organisation, Organisation.id == Proposal.organisation_id)
        .where(*_in_tab(Proposal, wanted), *_at_hand(Proposal, wanted))
    )


def _comments(wanted: Wanted) -> Select[*tuple[object, ...]]:
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
            func.substr(Comment.body, 1, _EXCERPT),
            literal(0),
            Comment.language,
            Comment.state,
            Comment.version,
            Comment.reviewed_at,
            Comment.not_for_publication,
            Comment.author_id,
            Person.display_name,
            Organisation.name,
            Round.slug,
            Round.title,
            Round.plan_id,
            Comment.public_id,
            was_returned(Comment),
            is_discussed(Comment),
            _suspected(Comment),
            *_read_by(Comment),
        )
        .join(Proposal, Proposal.thread_id == Comment.thread_id)
        .join(Round, Round.id == Comment.round_id)
        .outerjoin(parent, parent.id == Comment.parent_id)
        .outerjoin(Person, Person.id == Comment.author_id)
        .outerjoin(Organisation, Organisation.id == Comment.organisation_id)
        .where(*_in_tab(Comment, wanted), *_at_hand(Comment, wanted))
    )


def report_waits() -> ColumnElement[bool]:
    """Say which reports wait for a moderator: open ones, of a text that is still public."""
    return and_(
        Report.settled_at.is_(None),
        or_(Proposal.state == State.PUBLISHED, Comment.state == State.PUBLISHED),
    )


def open_reports_in(of_plans: ColumnElement[bool]) -> Select[int]:
    """Return a SELECT that counts the reports that nobody answered yet, in some plans."""
    return (
        select(func.count(Report.id))
        .join(Round, Round.id == Report.round_id)
        .outerjoin(Proposal, Proposal.id == Report.proposal_id)
        .outerjoin(Comment, Comment.id == Report.comment_id)
        .where(report_waits(), of_plans)
    )


@dataclass(frozen=True)
class TabCounts:
    """How much stands in the tabs that are not counted with a round, and what is held."""

    mine: int = 0
    discuss: int = 0
    back: int = 0
    second: int = 0
    held: int = 0
    """Decided a moment ago: counted as waiting still, and no longer in the list."""
    reports: int = 0


def tab_counts(wanted: Wanted) -> TabCounts:
    """Count what stands in the tabs that no count is kept for; one statement."""
    counts = _tab_counts(of_round=wanted.round_slug != "")
    return TabCounts(*db.session.execute(counts, wanted.values).one())


@cache
def _tab_counts(*, of_round: bool) -> Select[*tuple[int, ...]]:
    here = [Round.slug == bindparam("round_slug")] if of_round else []

    def count(
        rows: type[OnContribution] | type[Decision], *conditions: ColumnElement[bool]
    ) -> SQLColumnExpression[int]:
        subjects = func.count(rows.proposal_id.distinct()) + func.count(rows.comment_id.distinct())
        return (
            select(subjects)
            .join(Round, Round.id == rows.round_id)
            .where(Round.plan_id.in_(_PLANS), *here, *conditions)
            .scalar_subquery()
        )

    pending = [
        exists().where(key == model.id, model.state == State.PENDING)
        for model, key in ((Proposal, Decision.proposal_id), (Comment, Decision.comment_id))
    ]
    note, look, held = ModeratorNote, SecondLook, HeldDecision
    counts = (
        count(Claim, Claim.person_id == _READER, Claim.until > _NOW),
        count(note, note.to_discuss.is_(True), note.settled_at.is_(None)),
        count(Decision, Decision.verb == Verb.RETURN, pending[0] | pending[1]),
        count(look, look.settled_at.is_(None)),
        count(held, held.settled_at.is_(None), held.decision_id.is_(None)),
        open_reports_in(Round.plan_id.in_(_PLANS)).scalar_subquery(),
    )
    return select(*counts)


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
    statement = _with_round_and_author(select(model), model, public_id)
    if lock:
        statement = statement.with_for_update(of=model).execution_options(populate_existing=True)
    return db.session.scalar(statement)


def _with_round_and_author(
    statement: Select[*Columns], model: type[SomeContribution], public_id: str
) -> Select[*Columns]:
    return statement.where(model.public_id == public_id).options(
        joinedload(model.round).joinedload(Round.plan),
        joinedload(model.author),
        joinedload(model.organisation),
    )


class Opened(NamedTuple):
    """A contribution with the claim on it, ended or not, and what a machine saw in it."""

    contribution: Proposal | Comment
    claim: Claim | None = None
    seen: SuspectedData | None = None


def get_with_claim(kind: str, public_id: str) -> Opened:
    """Return a contribution as `get_contribution` does, with what its page needs besides."""
    found = (
        _with_claim(Proposal, public_id) if kind == "proposal" else _with_claim(Comment, public_id)
    )
    if found is None:
        raise NotFound(_l("There is no such contribution."), _l("Go back to the queue."))
    return found


def _with_claim(model: type[SomeContribution], public_id: str) -> Opened | None:
    both = (
        select(model, Claim, SuspectedData)
        .outerjoin(Claim, _of(Claim, model))
        .outerjoin(SuspectedData, _of(SuspectedData, model))
    )
    both = _with_round_and_author(both, model, public_id).options(joinedload(Claim.person))
    row = db.session.execute(both).one_or_none()
    return None if row is None else Opened(*row)


def discussed(comment: Comment) -> Proposal:
    """Return the proposal that a comment is about."""
    found: Proposal = db.session.scalars(
        select(Proposal).where(Proposal.thread_id == comment.thread_id)
    ).one()
    return found


def number_of(contribution: Proposal | Comment) -> str:
    """Return the number by which a contribution is cited: #12, or #12.3 for a comment."""
    if isinstance(contribution, Proposal):
        return f"#{contribution.number}"
    return f"#{discussed(contribution).number}.{contribution.number}"


def decisions_of(contribution: Proposal | Comment) -> Sequence[Decision]:
    """Return the decisions about one contribution, oldest first, with who decided."""
    return db.session.scalars(
        select(Decision)
        .where(about(Decision, contribution))
        .options(joinedload(Decision.decided_by))
        .order_by(Decision.id)
    ).all()
