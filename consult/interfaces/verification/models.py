"""The table of the verifications."""

from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped

from consult.foundation.core.db import Base, Moment, Row, public, restricted


class Verification(Row, Base):
    """One check of the record, and what it found."""

    began_at: Mapped[datetime] = public(Moment, index=True)
    ended_at: Mapped[datetime] = public(Moment)
    events: Mapped[int] = public()
    entries: Mapped[int] = public()
    rows: Mapped[int] = public()
    receipts: Mapped[int] = public()
    checkpoints: Mapped[int] = public()
    size: Mapped[int] = public()
    """The number of entries of the latest checkpoint; 0 where there was none."""
    differences: Mapped[int] = public()
    faults: Mapped[list[str]] = restricted(JSON)
    """The first of them, as sentences for the operator: they name rows."""
    losses: Mapped[list[str]] = public(JSON)

    @property
    def sound(self) -> bool:
        """Whether nothing differed."""
        return self.differences == 0
