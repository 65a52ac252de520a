"""Where imported rows came from, spreadsheets that are brought, and how their columns are read."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.plans.models import Plan
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import (
    Base,
    Identifier,
    Moment,
    Row,
    Shown,
    private,
    random_id,
    restricted,
    secret,
)
from consult.foundation.policy.actions import Action

IMPORT = "import-sheet"
"""The kind of job that imports a file that was brought."""
KEPT = timedelta(days=7)
"""How long a file lies here that is not imported."""


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


class SheetUpload(Row, Base):
    """A spreadsheet that somebody brings into a plan, and what they chose about it so far.

    The file lies in the storage until it is imported, at most seven days; nobody but who brought
    it gets at it.
    """

    shown_on: ClassVar = Shown.NOWHERE

    READ_BY: ClassVar = Action.SHEET_IMPORT

    __table_args__ = (Index("ix_sheet_upload_mine", "uploaded_by_id", "plan_id"),)

    public_id: Mapped[str] = private(Identifier, unique=True, default=random_id)
    plan_id: Mapped[int] = private(ForeignKey("plan.id"))
    uploaded_by_id: Mapped[int] = private(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = private(Moment)
    name: Mapped[str] = private(String(200))
    kind: Mapped[str] = private(String(10))
    """How its name ends, by what is in it."""
    size: Mapped[int] = private()
    stored_as: Mapped[str] = secret(String(80))
    """Its key in the storage; empty once it is imported, and the file gone."""
    typed: Mapped[dict[str, str]] = private(JSON, default=dict)
    """What was filled in on the page of its columns, as it was typed."""
    choices: Mapped[dict[str, Any] | None] = private(JSON)
    """The same once it was right (reading/upload_choices.py); none before."""
    asked_at: Mapped[datetime | None] = private(Moment)
    """When its import was asked for."""
    done: Mapped[int] = private(default=0)
    total: Mapped[int] = private(default=0)
    """How many proposals are stored of how many."""
    refusal: Mapped[str] = private(Text, default="")
    """Why the import was refused after all; empty unless it was."""
    imported_at: Mapped[datetime | None] = private(Moment)
    round_id: Mapped[int | None] = private(ForeignKey("round.id"))

    plan: Mapped[Plan] = relationship()
    round: Mapped[Round | None] = relationship()


class ColumnAssignment(Row, Base):
    """What the columns of a kind of spreadsheet are, kept under a name for the next one."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (UniqueConstraint("plan_id", "name"),)

    plan_id: Mapped[int] = restricted(ForeignKey("plan.id"))
    name: Mapped[str] = restricted(String(80))
    columns: Mapped[dict[str, str]] = restricted(JSON)
    """What stands in each column, by its heading as headings are compared."""
    kept_by_id: Mapped[int] = restricted(ForeignKey("person.id"))
    kept_at: Mapped[datetime] = restricted(Moment)
