"""Reading threads: a page of comments with the answers to them, in two statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from consult.consultation.comments.models import Alignment, AuthorRole, Comment, CommentKind
from consult.consultation.comments.models import ContributionState as State
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.pages import PAGE_SIZE, Keyset, Page, encode_cursor
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
    answers: list["ThreadComment"] = field(default_factory=list)

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
    """Return a page of the top comments of a thread, oldest first, with all answers to them.

    Every statement names the thread, so none reads what was said elsewhere.
    """
    if thread_id is None:
        return Page([])
    here = (Comment.thread_id == thread_id) & _visible(viewer_id)
    cursor = place.cursor or _before(here, place.comment)
    tops = _OLDEST_FIRST.page(
        _said().where(here, Comment.root_id.is_(None)), cursor, make=ThreadComment
    )
    if tops.rows:
        roots = [one.id for one in tops]
        answers = _said().where(here, Comment.root_id.in_(roots)).order_by(Comment.id)
        _nest(tops, [ThreadComment(*row) for row in db.session.execute(answers)])
    return tops


def _before(here: ColumnElement[bool], number: int | None) -> str | None:
    """Return the cursor of the page that starts with a comment, or with the one it answers.

    None where the first page shows it: then nothing that comes before it is left out.
    """
    if number is None:
        return None
    top = func.coalesce(Comment.root_id, Comment.id)
    found = db.session.scalar(select(top).where(here, Comment.number == number))
    if not found:
        return None
    before = select(Comment.id).where(here, Comment.root_id.is_(None), Comment.id < found)
    earlier = db.session.scalars(before.limit(PAGE_SIZE)).all()
    return encode_cursor(found - 1) if len(earlier) == PAGE_SIZE else None


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


def _nest(tops: Iterable[ThreadComment], answers: Sequence[ThreadComment]) -> None:
    """Put each answer below what it answers; below the top comment where that is not shown."""
    by_id = {one.id: one for one in (*tops, *answers)}
    for one in answers:
        (by_id.get(one.parent_id or 0) or by_id[one.root_id or 0]).answers.append(one)


def comment_in(thread_id: int | None, public_id: str) -> Comment:
    """Return a comment of one thread, by the id in an address or a form; NotFound elsewhere."""
    found = get_comment(public_id)
    if found.thread_id != thread_id:
        raise _no_comment()
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
