"""Reading the outbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from consult.core.db import db
from consult.core.pages import PAGE_SIZE, Page, decode_cursor, page_of
from consult.notifications.models import Message


def sent_messages(cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Message]:
    """Give a page of the messages that were not emptied, newest first (in the demonstration)."""
    kept = select(Message).where(Message.address != "")
    statement = kept.order_by(Message.id.desc()).limit(size + 1)
    after = decode_cursor(cursor, 1)
    if after is not None:
        statement = statement.where(Message.id < int(after[0]))
    return page_of(db.session.scalars(statement).all(), lambda one: (one.id,), size)


def moments_of_messages(
    address: str, kinds: str, since: datetime
) -> Sequence[tuple[str, datetime]]:
    """Give (kind, moment) of what was written to an address, of kinds that start like this."""
    found = db.session.execute(
        select(Message.kind, Message.created_at).where(
            Message.address == address,
            Message.kind.startswith(kinds, autoescape=True),
            Message.created_at > since,
        )
    )
    return [(kind, at) for kind, at in found]
