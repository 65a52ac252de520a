"""Where imported rows came from: the source's own ids, kept for tracing and repeat imports."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from consult.foundation.core.db import Base, Row, private, restricted


class ImportedId(Row, Base):
    """That a row of ours is a thing of the source's; `fingerprint` tells whether it changed."""

    __table_args__ = (
        UniqueConstraint("round_id", "kind", "external_id"),
        Index("ix_imported_id_local", "kind", "local_id"),
    )

    round_id: Mapped[int] = restricted(ForeignKey("round.id"))
    kind: Mapped[str] = restricted(String(20))
    external_id: Mapped[str] = restricted(String(120))
    local_id: Mapped[int] = restricted()
    fingerprint: Mapped[str] = restricted(String(64))
    remains: Mapped[dict[str, Any] | None] = private(JSON)
    """What the source said that has no column of its own: an organisation without a sector."""
