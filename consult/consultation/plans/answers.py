"""Answers of plans to the policy's questions: the roles on the subject's plan.

Asked without a subject, they answer for any plan. A body is looked after by whoever organises a
plan in which it takes part; as long as it takes part in none, by any organiser. The register of
organisations, and who speaks for them, is shared by all plans (docs/decisions/0008).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from consult.consultation.meetings.models import Meeting
from consult.consultation.plans.models import PlanBody, PlanRole, Role
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.core.subjects import plan_id_of
from consult.foundation.policy.questions import Answers, Question
from consult.people.accounts.models import Person
from consult.people.organisations.models import Body, Mandate, MandateRequest, Organisation

TEAM = (Role.ORGANISER, Role.MODERATOR, Role.APPROVER)


def has_role(actor: Actor, subject: object, *roles: Role) -> bool:
    """Whether the actor has one of the roles on the subject's plan (on any, if no subject)."""
    values = [role.value for role in roles]
    mine = actor.grants.ids("plan", *values)
    if subject is None or isinstance(subject, Organisation | Mandate | MandateRequest):
        return bool(mine)
    if isinstance(subject, Meeting):
        subject = subject.body
    if isinstance(subject, Body):
        plans = _plans_with(subject)
        return bool(mine & plans if plans else mine)
    return actor.grants.has("plan", plan_id_of(subject), *values)


def _plans_with(body: Body) -> set[int]:
    return set(db.session.scalars(select(PlanBody.plan_id).where(PlanBody.body_id == body.id)))


def organisers_of_body(body_id: int | None) -> Sequence[Person]:
    """Return who organises a plan in which a body takes part, or any plan, and can be reached."""
    organisers = (
        select(Person)
        .join(PlanRole, PlanRole.person_id == Person.id)
        .where(
            PlanRole.role == Role.ORGANISER,
            PlanRole.ended_at.is_(None),
            Person.active.is_(True),
        )
        .distinct()
    )
    if body_id is not None:
        with_body = PlanBody.plan_id == PlanRole.plan_id
        organisers = organisers.join(PlanBody, with_body).where(PlanBody.body_id == body_id)
    return db.session.scalars(organisers).all()


def is_organiser(actor: Actor, subject: object, _now: datetime) -> bool:
    """Whether the actor organises the plan."""
    return has_role(actor, subject, Role.ORGANISER)


def is_moderator(actor: Actor, subject: object, _now: datetime) -> bool:
    """Whether the actor moderates the plan."""
    return has_role(actor, subject, Role.MODERATOR)


def is_on_team(actor: Actor, subject: object, _now: datetime) -> bool:
    """Whether the actor works on the plan: organiser, moderator or approver."""
    return has_role(actor, subject, *TEAM)


ANSWERS: Answers = {
    Question.ORGANISER: is_organiser,
    Question.MODERATOR: is_moderator,
    Question.TEAM: is_on_team,
}
