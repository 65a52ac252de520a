"""A plan is made by an administrator and kept by its organisers."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from consult.consultation.plans.models import Plan, PlanRole, Role
from consult.consultation.plans.queries import bodies_in, bodies_to_add, get_plan
from consult.consultation.plans.services import (
    PlanText,
    change_plan,
    create_plan,
    leave_out_body,
    take_in_body,
)
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from consult.foundation.core.people import Anonymous
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.organisations.models import Body, BodyKind
from consult.people.organisations.queries import get_body
from consult.people.organisations.services import BodyText, create_body
from tests.cast import person
from tests.factories import acts, last_said

pytestmark = pytest.mark.usefixtures("app")

SIXTH = PlanText(
    title={"nl": "Zesde actieplan", "en": "Sixth action plan"},
    starts_on=date(2027, 1, 1),
    ends_on=date(2031, 12, 31),
    number=6,
    grant_ceiling_cents=30_000_000,
)


def events() -> list[str]:
    return acts()


def test_an_administrator_makes_a_plan(now: datetime) -> None:
    with unit_of_work():
        made = create_plan(person("adi"), SIXTH, "", now)
    assert get_plan("zesde-actieplan").id == made.id
    assert events() == ["plan.created"]
    said = last_said().content
    assert said is not None
    assert said["ends_on"] == "2031-12-31"


@pytest.mark.parametrize("who", ["ana", "mo", "pia", "sam"])
def test_nobody_else_makes_a_plan(who: str, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        create_plan(person(who), SIXTH, "", now)
    with pytest.raises(NotAllowed):
        create_plan(Anonymous(), SIXTH, "", now)


def test_all_errors_come_together(now: datetime) -> None:
    wrong = replace(SIXTH, title={"nl": "Alleen Nederlands"}, ends_on=date(2026, 1, 1))
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        create_plan(person("adi"), wrong, "open-overheid", now)
    assert set(refused.value.errors) == {"title_en", "ends_on", "slug"}


@pytest.mark.parametrize("days", [-1, 0])
def test_a_plan_ends_after_the_day_it_starts(days: int, now: datetime) -> None:
    wrong = replace(SIXTH, ends_on=SIXTH.starts_on + timedelta(days=days))
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        create_plan(person("adi"), wrong, "", now)
    assert set(refused.value.errors) == {"ends_on"}


@pytest.mark.parametrize("languages", [[], ["fy"]])
def test_a_plan_has_a_language_that_we_speak(languages: list[str], now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        create_plan(person("adi"), replace(SIXTH, languages=languages), "", now)
    assert "languages" in refused.value.errors


def test_a_plan_in_one_language_needs_no_other(now: datetime) -> None:
    with unit_of_work():
        made = create_plan(
            person("adi"), replace(SIXTH, title={"nl": "Plan"}, languages=["nl"]), "", now
        )
    assert made.languages == ["nl"]


def test_an_organiser_changes_the_plan(now: datetime) -> None:
    plan = get_plan("open-overheid")
    with unit_of_work():
        change_plan(person("ana"), plan, SIXTH, plan.version, now)
    assert get_plan("open-overheid").number == 6
    assert events() == ["plan.changed"]


def test_a_stale_save_shows_both_texts_and_loses_nothing(now: datetime) -> None:
    plan = get_plan("open-overheid")
    read = plan.version
    with unit_of_work():
        change_plan(person("ana"), plan, SIXTH, read, now)
    mine = replace(SIXTH, introduction={"nl": "Mijn inleiding"})
    with pytest.raises(Conflict) as conflict, unit_of_work():
        change_plan(person("adi"), plan, mine, read, now)
    assert "Mijn inleiding" in conflict.value.mine.values()
    assert "Zesde actieplan" in conflict.value.theirs.values()
    assert get_plan("open-overheid").introduction == {}


@pytest.mark.parametrize("who", ["mo", "bo", "hanna", "pia", "sam"])
def test_nobody_else_changes_the_plan(who: str, now: datetime) -> None:
    plan = get_plan("open-overheid")
    with pytest.raises(NotAllowed):
        change_plan(person(who), plan, SIXTH, plan.version, now)


def test_a_plan_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        get_plan("bestaat-niet")


def test_a_body_takes_part_and_no_longer(now: datetime) -> None:
    plan, ana = get_plan("open-overheid"), person("ana")
    with unit_of_work():
        board = create_body(ana, BodyText(BodyKind.BOARD, {"nl": "Programmaraad"}), "", now)
        take_in_body(ana, plan, board, now)
    assert [body.slug for body in bodies_in(plan.id)] == ["stakeholderforum", "programmaraad"]
    with pytest.raises(InvalidInput), unit_of_work():
        take_in_body(ana, plan, board, now)
    with unit_of_work():
        leave_out_body(ana, plan, board, now)
    assert [body.slug for body in bodies_in(plan.id)] == ["stakeholderforum"]
    with pytest.raises(InvalidInput), unit_of_work():
        leave_out_body(ana, plan, board, now)
    assert events() == ["body.created", "plan.body_added", "plan.body_removed"]


def test_a_body_that_a_round_addresses_stays(now: datetime) -> None:
    plan = get_plan("open-overheid")
    with pytest.raises(InvalidInput, match="Ronde open") as refused, unit_of_work():
        leave_out_body(person("ana"), plan, get_body("stakeholderforum"), now)
    assert "Ronde draft" in str(refused.value)


def test_a_body_of_another_plan_is_not_taken(now: datetime) -> None:
    """Who lets a body take part looks after it too: that must not reach into another plan."""
    with unit_of_work():
        other = create_plan(person("adi"), SIXTH, "zesde", now)
        sam = person("sam")
        db.session.add(
            PlanRole(plan_id=other.id, person_id=sam.id, role=Role.ORGANISER, granted_at=now)
        )
    sam.forget_grants()
    assert not bodies_to_add(sam, other.id)
    assert [body.slug for body in bodies_to_add(person("adi"), other.id)] == ["stakeholderforum"]
    with pytest.raises(NotAllowed):
        take_in_body(sam, other, get_body("stakeholderforum"), now)
    with unit_of_work():
        take_in_body(person("adi"), other, get_body("stakeholderforum"), now)


def test_a_body_of_no_plan_may_be_taken_by_any_organiser(now: datetime) -> None:
    with unit_of_work():
        free = Body(slug="vrij", kind=BodyKind.COALITION, name={"nl": "Vrij"}, created_at=now)
        db.session.add(free)
    plan = get_plan("open-overheid")
    assert bodies_to_add(person("ana"), plan.id) == [free]
    with pytest.raises(NotAllowed):
        take_in_body(person("mo"), plan, free, now)


def test_the_plan_and_its_themes_are_one_statement(app: object) -> None:
    del app
    db.session.expunge_all()
    plan = get_plan("open-overheid")
    assert "themes" in plan.__dict__
    assert isinstance(plan, Plan)
