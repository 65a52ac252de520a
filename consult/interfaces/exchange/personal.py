"""What exchange keeps of people: files that they brought, and who kept an assignment of columns."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.files.services import discard_later
from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.personal_data.retention import Rule, before
from consult.interfaces.exchange.models import KEPT, ColumnAssignment, SheetUpload

PARTS = (
    ExportPart(
        "sheet_uploads",
        _l("Spreadsheets that I brought"),
        SheetUpload,
        (SheetUpload.uploaded_by_id,),
        leaves_out=("done", "total"),
        place=61,
    ),
    ExportPart(
        "column_assignments",
        _l("Assignments of columns that I kept"),
        ColumnAssignment,
        (ColumnAssignment.kept_by_id,),
        place=62,
    ),
)


def _delete_uploads(ids: Sequence[int], now: datetime) -> int:
    wanted = SheetUpload.id.in_(ids)
    keys = db.session.scalars(select(SheetUpload.stored_as).where(wanted)).all()
    discard_later([key for key in keys if key], now)
    db.session.execute(delete(SheetUpload).where(wanted))
    return len(ids)


def discard_uploads(_actor: Actor, person_id: int, now: datetime) -> None:
    """Delete the files that a person brought, when the account closes."""
    mine = select(SheetUpload.id).where(SheetUpload.uploaded_by_id == person_id)
    _delete_uploads(db.session.scalars(mine).all(), now)


RULES = (
    Rule(
        "sheet_uploads", _l("Spreadsheets that an organiser brought"), _l("it was brought"), KEPT,
        _l("deleted, with the file"),
        _l("Time to mend it and import it. The file goes at once when it is imported."),
        before(SheetUpload.uploaded_at), _delete_uploads,
    ),
)  # fmt: skip
