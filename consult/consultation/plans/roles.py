"""Giving people a role on a plan, and taking it back. What was taken back stays on record."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from consult.consultation.plans.models import Plan, PlanRole, Role
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.organisations.memberships import person_at


def grant_role(actor: Actor, plan: Plan, address: str, role: Role, now: datetime) -> PlanRole:
    """Grant a role on a plan to the person with an e-mail address.

    Raises InvalidInput when nobody has that address, or who has it has the role already.
    """
    ensure(actor, Action.ROLE_GRANT, plan, now)
    person = person_at(address)
    held = select(PlanRole.id).where(
        PlanRole.plan_id == plan.id,
        PlanRole.person_id == person.id,
        PlanRole.role == role,
        PlanRole.ended_at.is_(None),
    )
    if db.session.scalar(held) is not None:
        errors: dict[str, Sentence] = {"role": _l("This person has that role already.")}
        raise InvalidInput(_l("Nothing was changed."), errors=errors)
    granted = PlanRole(
        plan_id=plan.id,
        person=person,
        role=role,
        granted_by_id=actor.actor_id,
        granted_at=now,
    )
    db.session.add(granted)
    db.session.flush()
    content = {"person": person.id, "role": role.value}
    record(actor, "role.granted", granted, now, content=content, plan_id=plan.id)
    person.forget_grants()
    return granted


def take_back_role(actor: Actor, plan: Plan, held: PlanRole, now: datetime) -> None:
    """Take a role back; it stays on record with its end.

    Raises InvalidInput when it was taken back already, or it is the last organiser's: a plan
    without one could not be managed any more.
    """
    ensure(actor, Action.ROLE_GRANT, plan, now)
    # The plan is held: two organisers who take each other's role back at once do not both succeed.
    lock_rows(held)
    if held.ended_at is not None:
        raise InvalidInput(_l("This role was taken back already."))
    if held.role is Role.ORGANISER and _organisers(plan) == 1:
        raise InvalidInput(
            _l("This is the last organiser of the plan."),
            _l("Make somebody else an organiser first."),
        )
    held.ended_at = now
    db.session.flush()
    content = {"person": held.person_id, "role": held.role.value}
    record(actor, "role.taken_back", held, now, content=content, plan_id=plan.id)
    held.person.forget_grants()


def _organisers(plan: Plan) -> int:
    count = select(func.count()).where(
        PlanRole.plan_id == plan.id, PlanRole.role == Role.ORGANISER, PlanRole.ended_at.is_(None)
    )
    return db.session.scalar(count) or 0
