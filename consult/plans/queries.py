"""Reading plans and the people who work on them."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.accounts.models import Person
from consult.core.db import db
from consult.core.errors import NotFound
from consult.plans.models import Plan, PlanRole, Role


def get_plan(slug: str) -> Plan:
    """Give a plan with its themes; NotFound when there is none."""
    found: Plan | None = (
        db.session.scalars(select(Plan).where(Plan.slug == slug).options(joinedload(Plan.themes)))
        .unique()
        .one_or_none()
    )
    if found is None:
        raise NotFound(_l("There is no such plan."), _l("The list of plans shows all of them."))
    return found


def team_of(plan_id: int, *roles: Role) -> Sequence[Person]:
    """Give the people who have one of the roles on a plan now."""
    return db.session.scalars(
        select(Person)
        .join(PlanRole, PlanRole.person_id == Person.id)
        .where(PlanRole.plan_id == plan_id, PlanRole.role.in_(roles), PlanRole.ended_at.is_(None))
        .distinct()
        .order_by(Person.id)
    ).all()
