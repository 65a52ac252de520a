"""How the mail stands, for an administrator: what waits, what failed and why; trying it again.

Whom a message is for is shown by name: an address or a text of a mail is shown to nobody else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.pages import PAGE_SIZE, Keyset, Page
from consult.foundation.core.people import Actor
from consult.foundation.jobs.queues import state_of
from consult.foundation.notifications import delivery
from consult.foundation.notifications.models import Message
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.people.accounts.models import Person

LATE = timedelta(minutes=30)
"""A message that waits for so long has a cause."""


@dataclass(frozen=True)
class MailState:
    """How the mail stands at a moment."""

    waiting: int
    oldest: datetime | None
    put_off: int
    failed: int
    failing_since: datetime | None
    paused_until: datetime | None
    reason: str
    at: datetime

    @property
    def word(self) -> str:
        """Say it in one word: ok, paused, late or failed."""
        if self.paused_until is not None:
            return "paused"
        if self.oldest is not None and self.at - self.oldest > LATE:
            return "late"
        return "failed" if self.failed else "ok"


@dataclass(frozen=True)
class Failed:
    """A message that failed for good."""

    id: int
    kind: str
    name: str | None
    created_at: datetime
    failed_at: datetime | None
    attempts: int
    failure: str


def mail_state(now: datetime) -> MailState:
    """Read how the mail stands."""
    waiting = Message.settled_at.is_(None)
    number, oldest, put_off = db.session.execute(
        select(
            func.count(),
            func.min(Message.created_at),
            func.count().filter(Message.attempts > 0),
        ).where(waiting)
    ).one()
    failed = db.session.scalar(select(func.count()).where(_failed_for_good())) or 0
    queue = state_of(delivery.MAIL)
    pausing = queue is not None and queue.paused_until is not None and queue.paused_until > now
    failing = queue.failing_since if queue is not None else None
    return MailState(
        waiting=number,
        oldest=oldest,
        put_off=put_off,
        failed=failed,
        failing_since=failing,
        paused_until=queue.paused_until if queue is not None and pausing else None,
        reason=queue.last_error if queue is not None else "",
        at=now,
    )


def _failed_for_good() -> ColumnElement[bool]:
    return Message.failed_at.is_not(None)


def failed_messages(cursor: str | None, size: int = PAGE_SIZE) -> Page[Failed]:
    """Return a page of what failed for good, the newest first, with whom it was for."""
    statement = (
        select(
            Message.id, Message.kind, Person.display_name, Message.created_at,
            Message.failed_at, Message.attempts, Message.failure,
        )
        .outerjoin(Person, Person.id == Message.person_id)
        .where(_failed_for_good())
    )  # fmt: skip
    return Keyset(Message.id, descending=True).page(statement, cursor, size, make=Failed)


def try_again(actor: Actor, now: datetime, message_id: int | None = None) -> int:
    """Send once more what failed for good, one message or all of them, and return how many."""
    ensure(actor, Action.PLATFORM_ADMINISTER, None, now)
    again = delivery.try_again(now, message_id)
    if message_id is not None and not again:
        raise NotFound(_l("There is no such mail."))
    return again


def try_now(actor: Actor, now: datetime) -> None:
    """Do not wait for the end of the pause."""
    ensure(actor, Action.PLATFORM_ADMINISTER, None, now)
    delivery.try_now(now)
