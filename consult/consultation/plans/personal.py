"""What plans keep about people: roles. They end when an account closes."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.consultation.plans.models import Plan, PlanRole, Role
from consult.foundation.core.db import db
from consult.foundation.core.errors import Sentence
from consult.foundation.core.languages import pick
from consult.foundation.core.people import Actor
from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.record.services import record
from consult.people.accounts.models import Person

NAMED = (Plan.slug,)
PARTS = (
    ExportPart(
        "roles", _l("Roles that I have on a plan"), PlanRole, (PlanRole.person_id,), place=23
    ),
)


def last_organiser(person_id: int, lock: bool) -> Sentence | None:
    """Name the plans that nobody could look after any more."""
    organised = select(PlanRole.plan_id).where(
        PlanRole.person_id == person_id,
        PlanRole.role == Role.ORGANISER,
        PlanRole.ended_at.is_(None),
    )
    looked_after = (
        select(PlanRole.plan_id)
        .join(Person, Person.id == PlanRole.person_id)
        .where(
            PlanRole.person_id != person_id,
            PlanRole.role == Role.ORGANISER,
            PlanRole.ended_at.is_(None),
            Person.active,
        )
    )
    if lock:
        locked = select(Plan.id).where(Plan.id.in_(organised)).order_by(Plan.id)
        db.session.execute(locked.with_for_update())
    alone = select(Plan).where(Plan.id.in_(organised), Plan.id.not_in(looked_after))
    plans = db.session.scalars(alone.order_by(Plan.id)).all()
    if not plans:
        return None
    titles = ", ".join(f"“{pick(plan.title)[0]}”" for plan in plans)
    return _l(
        "You are the last organiser of %(plans)s. First give somebody else that role.",
        plans=titles,
    )


def end_roles(actor: Actor, person_id: int, now: datetime) -> None:
    """Take back the roles of somebody whose account closes."""
    held = select(PlanRole).where(PlanRole.person_id == person_id, PlanRole.ended_at.is_(None))
    for one in db.session.scalars(held):
        one.ended_at = now
        content = {"person": one.person_id, "role": one.role.value}
        record(actor, "role.taken_back", one, now, content=content, plan_id=one.plan_id)
