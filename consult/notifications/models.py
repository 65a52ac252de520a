"""The outbox."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped

from consult.core.db import Base, Identifier, Moment, Row, private, random_id, restricted


class Message(Row, Base):
    """One mail to one person; `public_id` makes the Message-ID, so a repeat can be recognised."""

    public_id: Mapped[str] = restricted(Identifier, unique=True, default=random_id)
    kind: Mapped[str] = restricted(String(60))
    person_id: Mapped[int | None] = restricted(index=True)
    address: Mapped[str] = private(String(254))
    language: Mapped[str] = restricted(String(8))
    subject: Mapped[str] = private(String(300))
    body: Mapped[str] = private(Text)
    created_at: Mapped[datetime] = restricted(Moment, index=True)
    sent_at: Mapped[datetime | None] = restricted(Moment)
