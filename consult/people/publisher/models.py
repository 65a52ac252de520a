"""The table of the publisher, which has one row."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, relationship

from consult.foundation.core.db import Base, Localized, Moment, Row, public, restricted
from consult.foundation.files.models import StoredFile

ONLY = 1
"""The key of the one row."""


@dataclass(frozen=True)
class PublisherText:
    """What somebody wrote about the publisher; what is not filled in is empty."""

    name: dict[str, str] = field(default_factory=dict)
    email: str = ""
    phone: str = ""
    address: str = ""
    about: dict[str, str] = field(default_factory=dict)
    imprint: dict[str, str] = field(default_factory=dict)
    help: dict[str, str] = field(default_factory=dict)
    accent: str = ""
    band: str = ""


class Publisher(Row, Base):
    """Who speaks on this installation. What is not filled in is empty."""

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    name: Mapped[dict[str, str]] = public(Localized, default=dict)
    email: Mapped[str] = public(String(254), default="")
    phone: Mapped[str] = public(String(40), default="")
    address: Mapped[str] = public(Text, default="")
    about: Mapped[dict[str, str]] = public(Localized, default=dict)
    imprint: Mapped[dict[str, str]] = public(Localized, default=dict)
    help: Mapped[dict[str, str]] = public(Localized, default=dict)
    accent: Mapped[str] = public(String(7), default="")
    """The colour of links and buttons, as #rrggbb; the theme's own where it is empty."""
    band: Mapped[str] = public(String(7), default="")
    """The ground behind the head of a page; made from the accent where it is empty."""
    logo_id: Mapped[int | None] = public(ForeignKey("stored_file.id"))
    logo_holds_name: Mapped[bool] = public(default=False)
    """The name stands in the logo: it need not stand beside it."""
    changed_at: Mapped[datetime] = restricted(Moment)
    version: Mapped[int] = public(default=1)

    logo: Mapped[StoredFile | None] = relationship()

    # Counted by the service: another logo makes no text that somebody has open stale.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}
