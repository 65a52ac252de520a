"""Reading spreadsheets that were brought, and the assignments of columns that were kept."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.people import Actor
from consult.interfaces.exchange.models import ColumnAssignment, SheetUpload


def get_upload(public_id: str) -> SheetUpload:
    """Find a file that was brought by its id (NotFound)."""
    found = db.session.scalar(select(SheetUpload).where(SheetUpload.public_id == public_id))
    if found is None:
        raise NotFound(
            _l("This file is not here, or no longer."),
            _l("A file that was not imported is deleted after seven days. Choose it again."),
        )
    return found


def uploads_of(actor: Actor, plan_id: int) -> Sequence[SheetUpload]:
    """Return the files that somebody brought into a plan, the newest first."""
    return db.session.scalars(
        select(SheetUpload)
        .where(SheetUpload.uploaded_by_id == actor.actor_id, SheetUpload.plan_id == plan_id)
        .order_by(SheetUpload.id.desc())
    ).all()


def assignments_of(plan_id: int) -> Sequence[ColumnAssignment]:
    """Return the assignments of columns that a plan keeps, the newest first."""
    return db.session.scalars(
        select(ColumnAssignment)
        .where(ColumnAssignment.plan_id == plan_id)
        .order_by(ColumnAssignment.kept_at.desc(), ColumnAssignment.id.desc())
    ).all()


def get_assignment(plan_id: int, assignment_id: int) -> ColumnAssignment:
    """Find an assignment of a plan (NotFound)."""
    found = db.session.get(ColumnAssignment, assignment_id)
    if found is None or found.plan_id != plan_id:
        raise NotFound(_l("There is nothing here."), _l("Check the address, or search."))
    return found
