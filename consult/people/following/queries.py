"""Reading who follows what."""

from dataclasses import dataclass
from datetime import datetime

from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, bindparam, func, select

from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.pages import PAGE_SIZE, Keyset, Page
from consult.foundation.core.people import Actor
from consult.foundation.core.web import actor as present_actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can
from consult.people.following.models import Follow, FollowedKind
from consult.people.following.searches import find_search, words_to_follow
from consult.people.following.subjects import FollowedSubject, find_subjects

MOST = 300
"""So many things one person can follow."""


def followers_of(kind: FollowedKind, subject_id: int | None) -> Select[int]:
    """Select who follows something, by the index that holds them in order."""
    return select(Follow.person_id).where(Follow.kind == kind, Follow.subject_id == subject_id)


def is_followed(kind: FollowedKind, subject_id: int) -> bool:
    """Whether anybody follows something."""
    return db.session.scalar(followers_of(kind, subject_id).limit(1)) is not None


def number_followed(person_id: int) -> int:
    """Return how many things somebody follows."""
    counted = select(func.count()).where(Follow.person_id == person_id)
    return db.session.scalar(counted) or 0


def find_follow(person_id: int, kind: FollowedKind, subject_id: int) -> Follow | None:
    """Return that somebody follows something, if they do."""
    return db.session.scalar(
        select(Follow).where(
            Follow.person_id == person_id, Follow.kind == kind, Follow.subject_id == subject_id
        )
    )


def get_subject(kind: FollowedKind, subject_id: int) -> FollowedSubject:
    """Return a thing that can be followed, or NotFound; whether somebody may is the policy's."""
    found = find_subjects(kind, [subject_id]).get(subject_id)
    if found is None:
        raise NotFound(_l("There is nothing here."), _l("Check the address, or search."))
    return found


_FOLLOWED = (
    select(Follow.kind, Follow.subject_id)
    .where(Follow.person_id == bindparam("person_id"))
    .limit(MOST)
)


def follows(kind: str, subject_id: int) -> bool:
    """Whether the reader of this page follows something: one statement a page, however many ask."""
    reader = present_actor()
    if not reader.is_authenticated or reader.actor_id is None:
        return False
    if "followed" not in g:
        rows = db.session.execute(_FOLLOWED, {"person_id": reader.actor_id})
        g.followed = {(one.value, id_) for one, id_ in rows}
    return (kind, subject_id) in g.followed


def follows_search(query: str) -> int:
    """Return the number of the search with these words, where the reader of this page follows it.

    Without an account, or where they do not, it is 0.
    """
    if not present_actor().is_authenticated:
        return 0
    found = find_search(words_to_follow(query))
    return found.id if found is not None and follows(FollowedKind.SEARCH, found.id) else 0


@dataclass(frozen=True)
class Followed:
    """A line of the list of what somebody follows."""

    kind: FollowedKind
    subject_id: int
    since: datetime
    subject: FollowedSubject | None
    """None where it is not there any more, or its follower may not read it now."""


def followed_by(
    actor: Actor, cursor: str | None, now: datetime, size: int = PAGE_SIZE
) -> Page[Followed]:
    """Return a page of what somebody follows, the newest first; a statement for each kind."""
    statement = select(Follow).where(Follow.person_id == actor.actor_id)
    page = Keyset(Follow.id, descending=True).page(statement, cursor, size)
    subjects = {
        (kind, id_): subject
        for kind in {one.kind for one in page}
        for id_, subject in find_subjects(
            kind, [one.subject_id for one in page if one.kind is kind]
        ).items()
    }
    rows = [_line(one, subjects.get((one.kind, one.subject_id)), actor, now) for one in page]
    return Page(rows, page.next_cursor, page.is_first)


def _line(follow: Follow, subject: FollowedSubject | None, actor: Actor, now: datetime) -> Followed:
    readable = subject is not None and can(actor, Action.FOLLOW_BEGIN, subject, now)
    return Followed(follow.kind, follow.subject_id, follow.since, subject if readable else None)
