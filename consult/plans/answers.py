"""Answers of plans to the policy's questions: the roles on the subject's plan.

Asked without a subject, they answer for any plan.
"""

from datetime import datetime
from typing import Any

from consult.core.people import Actor
from consult.core.subjects import plan_id_of
from consult.plans.models import Role
from consult.policy.questions import Question, answers

TEAM = (Role.ORGANISER, Role.MODERATOR, Role.APPROVER)


def has_role(actor: Actor, subject: Any, *roles: Role) -> bool:
    """Tell whether the actor has one of the roles on the subject's plan (on any, if no subject)."""
    values = [role.value for role in roles]
    if subject is None:
        return bool(actor.standing.ids("plan", *values))
    return actor.standing.has("plan", plan_id_of(subject), *values)


@answers(Question.ORGANISER)
def is_organiser(actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether the actor organises the plan."""
    return has_role(actor, subject, Role.ORGANISER)


@answers(Question.MODERATOR)
def is_moderator(actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether the actor moderates the plan."""
    return has_role(actor, subject, Role.MODERATOR)


@answers(Question.TEAM)
def is_on_team(actor: Actor, subject: Any, _now: datetime) -> bool:
    """Tell whether the actor works on the plan: organiser, moderator or approver."""
    return has_role(actor, subject, *TEAM)
