"""Reading the outbox."""

from sqlalchemy import select

from consult.core.db import db
from consult.core.pages import PAGE_SIZE, Page, decode_cursor, page_of
from consult.notifications.models import Message


def sent_messages(cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Message]:
    """Give a page of the messages, newest first (for the page of the demonstration)."""
    statement = select(Message).order_by(Message.id.desc()).limit(size + 1)
    after = decode_cursor(cursor, 1)
    if after is not None:
        statement = statement.where(Message.id < int(after[0]))
    return page_of(db.session.scalars(statement).all(), lambda one: (one.id,), size)
