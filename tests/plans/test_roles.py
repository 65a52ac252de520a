"""Roles are given and taken back; a plan never loses its last organiser."""

from datetime import datetime

import pytest

from consult.consultation.plans.models import Plan, PlanRole, Role
from consult.consultation.plans.queries import get_plan, get_role, roles_on
from consult.consultation.plans.roles import grant_role, take_back_role
from consult.foundation.core.errors import InvalidInput, NotAllowed, NotFound
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person
from consult.people.organisations.memberships import NOBODY
from tests.cast import person
from tests.factories import acts

pytestmark = pytest.mark.usefixtures("app")


def held_by(name: str) -> PlanRole:
    return next(one for one in roles_on(get_plan("open-overheid").id) if one.person == person(name))


def team_of(plan: Plan, role: Role) -> list[Person]:
    present = [one for one in roles_on(plan.id) if one.ended_at is None]
    return [one.person for one in present if one.role is role]


def test_a_role_works_at_once_and_stops_at_once(now: datetime) -> None:
    plan, sam = get_plan("open-overheid"), person("sam")
    assert not sam.grants.ids("plan")
    with unit_of_work():
        held = grant_role(person("ana"), plan, "Sam@consult.example", Role.MODERATOR, now)
    assert sam.grants.has("plan", plan.id, "moderator")
    assert sam in team_of(plan, Role.MODERATOR)
    with unit_of_work():
        take_back_role(person("ana"), plan, held, now)
    assert not sam.grants.ids("plan")
    assert held in roles_on(plan.id), "that somebody had it stays on record"
    assert acts() == [
        "role.granted",
        "role.taken_back",
    ]


def test_nobody_under_that_address(now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        grant_role(person("ana"), get_plan("open-overheid"), "x@consult.example", Role.HOLDER, now)
    assert refused.value.errors == {"address": NOBODY}


def test_a_role_is_given_once(now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        grant_role(
            person("ana"), get_plan("open-overheid"), "mo@consult.example", Role.MODERATOR, now
        )
    assert set(refused.value.errors) == {"role"}


def test_the_last_organiser_stays(now: datetime) -> None:
    plan = get_plan("open-overheid")
    for who in ("ana", "adi"):
        with pytest.raises(InvalidInput), unit_of_work():
            take_back_role(person(who), plan, held_by("ana"), now)
    with unit_of_work():
        grant_role(person("adi"), plan, "bo@consult.example", Role.ORGANISER, now)
    with unit_of_work():
        take_back_role(person("ana"), plan, held_by("ana"), now)
    assert [one.display_name for one in team_of(plan, Role.ORGANISER)] == ["Bo Willems"]
    with pytest.raises(NotAllowed):
        take_back_role(person("ana"), plan, held_by("mo"), now)


def test_a_role_is_taken_back_once(now: datetime) -> None:
    plan, held = get_plan("open-overheid"), held_by("mo")
    with unit_of_work():
        take_back_role(person("ana"), plan, held, now)
    with pytest.raises(InvalidInput), unit_of_work():
        take_back_role(person("ana"), plan, held, now)


@pytest.mark.parametrize("who", ["mo", "bo", "hanna", "pia", "sam"])
def test_nobody_else_gives_or_takes_roles(who: str, now: datetime) -> None:
    plan = get_plan("open-overheid")
    with pytest.raises(NotAllowed):
        grant_role(person(who), plan, f"{who}@consult.example", Role.ORGANISER, now)
    with pytest.raises(NotAllowed):
        take_back_role(person(who), plan, held_by("ana"), now)


def test_a_role_of_another_plan_is_not_found_here() -> None:
    with pytest.raises(NotFound):
        get_role(get_plan("open-overheid"), 999)
