"""Reading threads: a page of comments with the answers to them, in two statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from consult.consultation.comments.models import Alignment, AuthorRole, Comment, CommentKind
from consult.consultation.comments.models import ContributionState as State
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.pages import PAGE_SIZE, Keyset, Page, encode_cursor
from consult.foundation.record.models import Receipt
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation

_OLDEST_FIRST = Keyset(Comment.id)
_TOMBSTONES = (State.PUBLISHED, State.WITHDRAWN, State.HIDDEN)


@dataclass(frozen=True)
class ThreadPosition:
    """Where in a thread a reader wants to be: after a cursor, or at the comment of a number."""

    cursor: str | None = None
    comment: int | None = None


FIRST = ThreadPosition()
ANSWERS = 5
"""So many answers stand below each comment of a page."""
ANSWERS_ASKED_FOR = 50
"""So many stand below the comment that a reader asks for, or to which it is an answer."""


@dataclass
class ThreadComment:
    """One comment as a page shows it, with the answers to it."""

    id: int
    number: int
    parent_id: int | None
    root_id: int | None
    kind: CommentKind
    state: State
    body: str
    language: str
    arrived_at: datetime
    published_at: datetime | None
    author_id: int | None
    author: str | None
    organisation: str | None
    public_id: str
    alignment: Alignment | None
    author_role: AuthorRole | None
    likes: int | None
    dislikes: int | None
    source_url: str
    in_answer_to: int | None = None
    """The number of what it answers, where that is not above it."""
    answers: list["ThreadComment"] = field(default_factory=list)
    earlier_answers: bool = False
    """Whether answers come before those that are shown."""
    answers_left: int = 0
    """How many come after them."""
    next_answer: int | None = None
    """The number of the first of those."""

    @property
    def shown(self) -> bool:
        """Whether its text is public; otherwise its place alone is."""
        return self.state is State.PUBLISHED


def _visible(viewer_id: int | None) -> ColumnElement[bool]:
    """Return what a reader sees of a thread: what was published, and their own."""
    public = Comment.published_at.is_not(None) & Comment.state.in_(_TOMBSTONES)
    return or_(public, Comment.author_id == viewer_id) if viewer_id else public


def thread_page(
    thread_id: int | None, viewer_id: int | None, place: ThreadPosition = FIRST
) -> Page[ThreadComment]:
    """Return a page of the top comments of a thread, oldest first, with the first answers to each.

    The comment that is asked for is among them, with more of the answers around it. Every statement
    names the thread, so none reads what was said elsewhere.
    """
    if thread_id is None:
        return Page([])
    here = (Comment.thread_id == thread_id) & _visible(viewer_id)
    focus = _focus(here, place.comment)
    cursor = place.cursor or (_before(here, focus.root) if focus else None)
    tops = _OLDEST_FIRST.page(
        _said().where(here, Comment.root_id.is_(None)), cursor, make=ThreadComment
    )
    if tops.rows:
        _add_answers(here, tops.rows, focus)
    return tops


@dataclass(frozen=True)
class _Focus:
    """The top comment that a reader asks for, and how many answers to it are passed over."""

    root: int
    passed: int = 0


def _focus(here: ColumnElement[bool], number: int | None) -> _Focus | None:
    """Find the comment that is asked for: its top comment, and the block its answer stands in."""
    if number is None:
        return None
    found = db.session.execute(
        select(Comment.id, Comment.root_id).where(here, Comment.number == number)
    ).one_or_none()
    if found is None:
        return None
    id_, root = found
    if root is None:
        return _Focus(id_)
    before = select(func.count()).where(here, Comment.root_id == root, Comment.id < id_)
    earlier = db.session.scalar(before) or 0
    return _Focus(root, earlier // ANSWERS_ASKED_FOR * ANSWERS_ASKED_FOR)


def _before(here: ColumnElement[bool], top: int) -> str | None:
    """Return the cursor of the page that starts with a top comment.

    None where the first page shows it: then nothing that comes before it is left out.
    """
    before = select(Comment.id).where(here, Comment.root_id.is_(None), Comment.id < top)
    earlier = db.session.scalars(before.limit(PAGE_SIZE)).all()
    return encode_cursor(top - 1) if len(earlier) == PAGE_SIZE else None


def _add_answers(
    here: ColumnElement[bool], tops: Sequence[ThreadComment], focus: _Focus | None
) -> None:
    """Put below each top comment a block of the answers to it, and say how many there are more."""
    by_id = {one.id: one for one in tops}
    for *said, in_answer_to, place, many, most in db.session.execute(_blocks(here, tops, focus)):
        answer = ThreadComment(*said)
        root = by_id[answer.root_id or 0]
        if place > most:
            root.next_answer = answer.number
            continue
        passed = focus.passed if focus and focus.root == root.id else 0
        root.earlier_answers = passed > 0
        root.answers_left = many - passed - place
        by_id[answer.id] = answer
        above = by_id.get(answer.parent_id or 0)
        if above is None:
            answer.in_answer_to = in_answer_to
        (above or root).answers.append(answer)


def _blocks(
    here: ColumnElement[bool], tops: Sequence[ThreadComment], focus: _Focus | None
) -> Select[*tuple[Any, ...]]:
    """Select a block of the answers to each top comment, and one more: to that a link leads on.

    Beside the columns of an answer: the number of what it answers, its place in the block, how many
    answers there are, and how many the block shows.
    """
    root_id, parent = Comment.root_id, aliased(Comment)
    numbered = (
        select(
            Comment.id,
            root_id,
            func.row_number().over(partition_by=root_id, order_by=Comment.id).label("place"),
            func.count().over(partition_by=root_id).label("all"),
        )
        .where(here, root_id.in_([one.id for one in tops]))
        .subquery()
    )
    asked_for = numbered.c.root_id == (focus.root if focus else None)
    passed = case((asked_for, focus.passed if focus else 0), else_=0)
    most = case((asked_for, ANSWERS_ASKED_FOR), else_=ANSWERS)
    place = numbered.c.place - passed
    return (
        _said()
        .join(numbered, numbered.c.id == Comment.id)
        .outerjoin(parent, parent.id == Comment.parent_id)
        .add_columns(parent.number, place, numbered.c.all, most)
        .where(place > 0, place <= most + 1)
        .order_by(Comment.id)
    )


def _said() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Comment.id,
            Comment.number,
            Comment.parent_id,
            Comment.root_id,
            Comment.kind,
            Comment.state,
            Comment.body,
            Comment.language,
            Comment.arrived_at,
            Comment.published_at,
            Comment.author_id,
            Person.display_name,
            Organisation.name,
            Comment.public_id,
            Comment.alignment,
            Comment.author_role,
            Comment.likes,
            Comment.dislikes,
            Comment.source_url,
        )
        .outerjoin(Person, Person.id == Comment.author_id)
        .outerjoin(Organisation, Organisation.id == Comment.organisation_id)
    )


def comment_in(thread_id: int | None, public_id: str) -> Comment:
    """Return a comment of one thread, by the id in an address or a form; NotFound elsewhere."""
    found = get_comment(public_id)
    if found.thread_id != thread_id:
        raise _no_comment()
    return found


def comment_received(receipt: Receipt) -> Comment:
    """Return the comment that a receipt is for."""
    found: Comment = db.session.get_one(Comment, receipt.event.subject_id)
    return found


def _no_comment() -> NotFound:
    return NotFound(_l("There is no such comment."), _l("Perhaps the address is not complete."))


def get_comment(public_id: str) -> Comment:
    """Return a comment with round, thread, author and organisation; NotFound if there is none."""
    found: Comment | None = db.session.scalar(
        select(Comment)
        .where(Comment.public_id == public_id)
        .options(
            joinedload(Comment.round),
            joinedload(Comment.thread),
            joinedload(Comment.author),
            joinedload(Comment.organisation),
        )
    )
    if found is None:
        raise _no_comment()
    return found
