"""The table of stored files."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from consult.core.db import Base, Identifier, Moment, Row, public, random_id, restricted, secret


class StoredFile(Row, Base):
    """One file: the name its sender gave, the type we found, and where it lies."""

    public_id: Mapped[str] = public(Identifier, unique=True, default=random_id)
    name: Mapped[str] = public(String(200))
    media_type: Mapped[str] = public(String(100))
    size: Mapped[int] = public()
    sha256: Mapped[str] = public(String(64))
    storage_key: Mapped[str] = secret(String(80))
    uploaded_by_id: Mapped[int | None] = restricted()
    uploaded_at: Mapped[datetime] = public(Moment)
