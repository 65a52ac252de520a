"""Reading frozen versions."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from consult.consultation.plans.models import Plan
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.outcomes.approvals.models import PlanVersion


def get_version(plan_slug: str, number: int) -> PlanVersion:
    """Return a frozen version of a plan, with what was left out of it, or NotFound."""
    found: PlanVersion | None = db.session.scalar(
        select(PlanVersion)
        .join(Plan)
        .where(Plan.slug == plan_slug, PlanVersion.number == number)
        .options(joinedload(PlanVersion.plan), selectinload(PlanVersion.omissions))
    )
    if found is None:
        raise NotFound(_l("There is no such version."), _l("The plan page lists all versions."))
    return found


def versions_of(plan_id: int) -> Sequence[PlanVersion]:
    """Return the versions of a plan, with what was left out of them, newest first."""
    return db.session.scalars(
        select(PlanVersion)
        .where(PlanVersion.plan_id == plan_id)
        .order_by(PlanVersion.number.desc())
        .options(selectinload(PlanVersion.omissions))
    ).all()


def document_cache_prefix(plan_id: int) -> str:
    """Return how the places of a plan's kept documents begin (files/cache)."""
    return f"plan-{plan_id}-"
