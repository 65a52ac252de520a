"""The table of stored files."""

import enum
from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped

from consult.foundation.core.db import (
    Base,
    Identifier,
    Moment,
    Row,
    choice,
    private,
    public,
    random_id,
    restricted,
    secret,
)


class ScanState(enum.StrEnum):
    """What the virus scanner said of a file."""

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"


class TextRead(enum.StrEnum):
    """How much of the text of a file a machine could read."""

    WHOLE = "whole"
    PART = "part"
    UNREADABLE = "unreadable"


class StoredFile(Row, Base):
    """One file: the name its sender gave, the type we found, and where it lies."""

    public_id: Mapped[str] = public(Identifier, unique=True, default=random_id)
    name: Mapped[str] = public(String(200))
    media_type: Mapped[str] = public(String(100))
    size: Mapped[int] = public()
    sha256: Mapped[str] = public(String(64))
    storage_key: Mapped[str] = secret(String(80))
    uploaded_by_id: Mapped[int | None] = restricted(index=True)
    uploaded_at: Mapped[datetime] = public(Moment)
    waits_for: Mapped[str | None] = private(String(200))
    """The form for which it was chosen, as long as that is not taken; none once it belongs."""
    withheld_at: Mapped[datetime | None] = public(Moment)
    """When a moderator took it out of reach, because of what is in it."""
    scan_state: Mapped[ScanState] = restricted(choice(ScanState), default=ScanState.UNSCANNED)
    text_read: Mapped[TextRead | None] = restricted(choice(TextRead))
    """None until a job has read it."""
    suspected: Mapped[dict[str, int] | None] = restricted(JSON)
    """How many pieces of it may be personal data, by kind."""

    unseen_columns: ClassVar = frozenset({"text_read", "suspected"})


def belongs(file: StoredFile) -> bool:
    """Whether a file belongs to something, and does not wait for a form to be sent."""
    return file.waits_for is None
