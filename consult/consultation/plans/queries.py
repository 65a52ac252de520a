"""Reading plans and the people who work on them."""

from collections.abc import Collection, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from consult.consultation.plans.models import Plan, PlanBody, PlanRole, Role, Theme
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.people import Actor
from consult.foundation.core.sorting import name_order
from consult.people.following.models import FollowedKind
from consult.people.following.subjects import FollowedSubject
from consult.people.organisations.models import Body
from consult.people.organisations.queries import by_name


def get_plan(slug: str) -> Plan:
    """Return a plan with its themes; NotFound when there is none."""
    found: Plan | None = (
        db.session.scalars(select(Plan).where(Plan.slug == slug).options(joinedload(Plan.themes)))
        .unique()
        .one_or_none()
    )
    if found is None:
        raise NotFound(_l("There is no such plan."), _l("The list of plans shows all of them."))
    return found


def roles_on(plan_id: int) -> Sequence[PlanRole]:
    """Return the roles on a plan with their people, those that were taken back too, by name."""
    found = db.session.scalars(
        select(PlanRole)
        .join(PlanRole.person)
        .where(PlanRole.plan_id == plan_id)
        .options(contains_eager(PlanRole.person))
    )
    return sorted(found, key=lambda one: (name_order(one.person.display_name), one.id))


def get_role(plan: Plan, role_id: int) -> PlanRole:
    """Return a role on a plan, or NotFound."""
    found = db.session.get(PlanRole, role_id)
    if found is None or found.plan_id != plan.id:
        raise NotFound(_l("There is no such role."))
    return found


def bodies_in(plan_id: int) -> Sequence[Body]:
    """Return the bodies that take part in a plan, in their order."""
    return db.session.scalars(
        select(Body)
        .join(PlanBody, PlanBody.body_id == Body.id)
        .where(PlanBody.plan_id == plan_id)
        .order_by(PlanBody.position, Body.id)
    ).all()


def plans_of_body(body_id: int) -> Sequence[Plan]:
    """Return the plans in which a body takes part, the newest first."""
    return db.session.scalars(
        select(Plan)
        .join(PlanBody, PlanBody.plan_id == Plan.id)
        .where(PlanBody.body_id == body_id)
        .order_by(Plan.starts_on.desc(), Plan.id)
    ).all()


def bodies_to_add(actor: Actor, plan_id: int) -> Sequence[Body]:
    """Return the bodies that an organiser may add to a plan: of their plans, or of none."""
    here = select(PlanBody.body_id).where(PlanBody.plan_id == plan_id)
    elsewhere = select(PlanBody.body_id)
    organised = actor.grants.ids("plan", Role.ORGANISER.value)
    mine = select(PlanBody.body_id).where(PlanBody.plan_id.in_(organised))
    may: ColumnElement[bool] = or_(Body.id.not_in(elsewhere), Body.id.in_(mine))
    if actor.grants.has("platform", 0, "administrator"):
        may = true()
    return by_name(db.session.scalars(select(Body).where(Body.id.not_in(here), may)))


def plans_to_follow(ids: Collection[int]) -> Mapping[int, FollowedSubject]:
    """Return plans with these numbers as things that can be followed."""
    found = db.session.scalars(select(Plan).where(Plan.id.in_(ids)))
    return {
        one.id: FollowedSubject(
            FollowedKind.PLAN, one, one.title, "publishing.plan", {"plan_slug": one.slug}
        )
        for one in found
    }


def themes_to_follow(ids: Collection[int]) -> Mapping[int, FollowedSubject]:
    """Return themes with these numbers as things that can be followed: their place in the plan."""
    found = db.session.scalars(
        select(Theme).where(Theme.id.in_(ids)).options(joinedload(Theme.plan))
    )
    return {
        one.id: FollowedSubject(
            FollowedKind.THEME, one, one.title, "publishing.plan", {"plan_slug": one.plan.slug},
            anchor=f"theme-{one.position}",
        )
        for one in found
    }  # fmt: skip
