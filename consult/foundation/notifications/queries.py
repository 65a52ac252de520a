"""Reading the outbox."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.pages import PAGE_SIZE, Keyset, Page
from consult.foundation.notifications.kinds import DIGEST
from consult.foundation.notifications.models import Message


def written_messages(
    cursor: str | None = None, size: int = PAGE_SIZE, search: str = "", kind: str = ""
) -> Page[Message]:
    """Return a page of the messages, newest first (for the page of the demonstration).

    `search` is a part of an address or of a subject, `kind` a kind of message. A digest that has
    no text yet is not there yet; what was emptied is there no longer.
    """
    statement = (
        select(Message)
        .where(Message.left_out_at.is_(None), Message.address != "")
        .where((Message.kind != DIGEST) | (Message.subject != ""))
    )
    if search:
        part = search.strip()
        statement = statement.where(
            or_(
                Message.address.icontains(part, autoescape=True),
                Message.subject.icontains(part, autoescape=True),
            )
        )
    if kind:
        statement = statement.where(Message.kind == kind)
    return Keyset(Message.id, descending=True).page(statement, cursor, size)


def kinds_written() -> list[str]:
    """Return the kinds of which there are messages, in order of their names."""
    return sorted(db.session.scalars(select(Message.kind).distinct()))


def get_message(public_id: str) -> Message:
    """Return a message, or NotFound."""
    found = db.session.scalar(select(Message).where(Message.public_id == public_id))
    if found is None:
        raise NotFound(_l("There is no such mail."))
    return found


def moments_of_messages(
    address: str, kinds: str, since: datetime
) -> Sequence[tuple[str, datetime]]:
    """Return (kind, moment) of what was written to an address, of kinds that start like this."""
    found = db.session.execute(
        select(Message.kind, Message.created_at).where(
            Message.address == address,
            Message.kind.startswith(kinds, autoescape=True),
            Message.created_at > since,
        )
    )
    return [(kind, at) for kind, at in found]
