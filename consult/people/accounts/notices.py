"""The notices of a person on the site: what is new, what they read, and where each leads."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, literal, select, update

from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.pages import Keyset, Page
from consult.foundation.core.people import PERSON_ID, Actor, GrantSource
from consult.foundation.core.web import actor as present_actor
from consult.foundation.notifications.models import Notice
from consult.foundation.notifications.readers import may_still_read
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure

MOST_COUNTED = 100
"""So many unread notices are counted; of more, the head says only that there are more."""


@dataclass(frozen=True)
class ShownNotice:
    """A notice as its reader sees it: without its words where they may not read that any more."""

    id: int
    heading: str
    line: str
    path: str
    created_at: datetime
    is_read: bool


_UNREAD = (
    select(Notice.id)
    .where(Notice.person_id == PERSON_ID, Notice.read_at.is_(None))
    .limit(MOST_COUNTED)
    .subquery()
)
GRANTS: GrantSource = select(
    literal("unread"),
    select(func.count()).select_from(_UNREAD).scalar_subquery(),
    literal("notices"),
)
"""How many notices somebody has not read: told with their grants, so no page asks for it apart."""


def unread_notices() -> int:
    """Return how many notices the reader of this page has not read; at most MOST_COUNTED."""
    return max(present_actor().grants.ids("unread"), default=0)


def notices_of(reader: Actor, cursor: str | None, now: datetime) -> Page[ShownNotice]:
    """Return a page of somebody's notices, the newest first; the policy is asked about each."""
    ensure(reader, Action.ACCOUNT_MANAGE_OWN, None, now)
    mine = select(Notice).where(Notice.person_id == reader.actor_id)
    page = Keyset(Notice.id, descending=True).page(mine, cursor)

    @cache
    def readable(kind: str, about_type: str, about_id: int | None) -> bool:
        return may_still_read(reader.actor_id, kind, about_type, about_id, now)

    rows = [_shown(one, readable=readable(one.kind, one.about_type, one.about_id)) for one in page]
    return Page(rows, page.next_cursor, page.is_first)


def _shown(notice: Notice, *, readable: bool) -> ShownNotice:
    return ShownNotice(
        notice.id,
        notice.heading if readable else "",
        notice.line if readable else "",
        _path_of(notice) if readable else "",
        notice.created_at,
        notice.read_at is not None,
    )


def _path_of(notice: Notice) -> str:
    return notice.link.removeprefix(current_app.config["BASE_URL"])


def _own(reader: Actor, notice_id: int) -> Notice:
    found = db.session.scalar(
        select(Notice).where(Notice.id == notice_id, Notice.person_id == reader.actor_id)
    )
    if found is None:
        raise NotFound(_l("There is no such notice."), _l("It may have been kept for long enough."))
    return found


def read_notice(reader: Actor, notice_id: int, now: datetime) -> str:
    """Note that somebody read a notice, and return the path that it leads to ("" for none)."""
    ensure(reader, Action.ACCOUNT_MANAGE_OWN, None, now)
    notice = _own(reader, notice_id)
    notice.read_at = notice.read_at or now
    return _path_of(notice)


def keep_unread(reader: Actor, notice_id: int, now: datetime) -> None:
    """Let a notice count as new again."""
    ensure(reader, Action.ACCOUNT_MANAGE_OWN, None, now)
    _own(reader, notice_id).read_at = None


def read_all_notices(reader: Actor, up_to: int, now: datetime) -> None:
    """Note that somebody read all notices up to one; what came after that is still new."""
    ensure(reader, Action.ACCOUNT_MANAGE_OWN, None, now)
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == reader.actor_id, Notice.read_at.is_(None), Notice.id <= up_to)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
