"""Reading threads: a page of comments with the answers to them, in one statement."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from consult.accounts.models import Person
from consult.comments.models import Comment, CommentKind
from consult.comments.models import ContributionState as State
from consult.core.db import db
from consult.core.errors import NotFound
from consult.organisations.models import Organisation

PAGE = 20
_TOMBSTONES = (State.PUBLISHED, State.WITHDRAWN, State.HIDDEN)


@dataclass
class Said:
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
    answers: list["Said"] = field(default_factory=list)

    @property
    def shown(self) -> bool:
        """Whether its text is public; otherwise its place alone is."""
        return self.state is State.PUBLISHED


def _visible(viewer_id: int | None) -> Select[int]:
    """Select what a reader sees of threads: what was published, and their own."""
    public = Comment.published_at.is_not(None) & Comment.state.in_(_TOMBSTONES)
    return select(Comment.id).where(
        or_(public, Comment.author_id == viewer_id) if viewer_id else public
    )


def thread_page(
    thread_id: int | None, viewer_id: int | None, after: int = 0
) -> tuple[list[Said], int | None]:
    """Give a page of top comments with all answers to them, and where the next page starts."""
    if thread_id is None:
        return [], None
    tops = (
        _visible(viewer_id)
        .where(Comment.thread_id == thread_id, Comment.root_id.is_(None), Comment.id > after)
        .order_by(Comment.id)
        .limit(PAGE + 1)
    )
    rows = db.session.execute(_said(tops, viewer_id)).all()
    said = [Said(*tuple(row)) for row in rows]
    shown = [one for one in said if one.root_id is None]
    more = shown[PAGE - 1].id if len(shown) > PAGE else None
    return _nested(said, shown[:PAGE]), more


def _said(tops: Select[int], viewer_id: int | None) -> Any:
    wanted = tops.subquery()
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
        )
        .outerjoin(Person, Person.id == Comment.author_id)
        .outerjoin(Organisation, Organisation.id == Comment.organisation_id)
        .where(
            or_(
                Comment.id.in_(select(wanted)),
                Comment.root_id.in_(select(wanted)) & Comment.id.in_(_visible(viewer_id)),
            )
        )
        .order_by(Comment.id)
    )


def _nested(said: list[Said], tops: list[Said]) -> list[Said]:
    by_id = {one.id: one for one in said}
    for one in said:
        parent = by_id.get(one.parent_id or 0) or by_id.get(one.root_id or 0)
        if one.root_id is not None and parent is not None:
            parent.answers.append(one)
    return tops


def get_comment(public_id: str) -> Comment:
    """Give a comment with its round, thread, author and organisation; NotFound if there is none."""
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
        raise NotFound(_l("There is no such comment."), _l("Perhaps the address is not complete."))
    return found
