"""What everybody finds on the pages of plans and bodies, and in which order."""

from datetime import date, datetime
from typing import Any

import pytest

from consult.consultation.plans.queries import get_plan
from consult.consultation.plans.services import PlanText, create_plan
from consult.consultation.rounds.models import Readers
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.interfaces.publishing.bodies import body_page
from consult.interfaces.publishing.queries import rounds_of
from consult.interfaces.publishing.round_groups import group_rounds
from consult.people.organisations.queries import get_body
from tests.cast import person
from tests.factories import find_round, make_meeting

pytestmark = pytest.mark.usefixtures("app")


def test_the_plan_that_starts_last_stands_first(browse: Any, now: datetime) -> None:
    sixth = PlanText(
        title={"nl": "Zesde actieplan", "en": "Sixth action plan"},
        starts_on=date(2027, 1, 1),
        ends_on=date(2031, 12, 31),
        number=6,
        grant_ceiling_cents=30_000_000,
    )
    with unit_of_work():
        create_plan(person("adi"), sixth, "", now)
    page = browse().get("/nl/plans").text
    assert page.index("/nl/plans/zesde-actieplan") < page.index("/nl/plans/open-overheid")


def test_a_meeting_that_is_over_does_not_come_any_more(now: datetime) -> None:
    make_meeting("begun")
    coming = make_meeting("planned")
    page = body_page(get_body("stakeholderforum"), now)
    assert [one.id for one in page.coming] == [coming.id]


def test_rounds_are_grouped_by_what_can_be_done_there(now: datetime) -> None:
    with unit_of_work():
        find_round("answered").readers = Readers.PARTICIPANTS
        find_round("closed").cancelled_at = now
        db.session.info.pop("unrecorded rows", None)
    rounds = rounds_of(get_plan("open-overheid").id)
    groups = group_rounds(rounds, person("sam"), now)
    assert [one.slug for one in groups.open] == ["open"]
    assert [one.slug for one in groups.coming] == ["upcoming"]
    assert [one.slug for one in groups.over] == ["closed"], "one that may not be read is left out"
    assert groups.number == 3


@pytest.mark.parametrize("path", ["/en/", "/en/plans", "/en/plans/open-overheid"])
def test_what_is_open_comes_first_with_its_deadline(browse: Any, path: str) -> None:
    page = browse().get(path).text
    places = [page.index(word) for word in ("Open now", "Opens soon", "Over<")]
    assert places == sorted(places)
    assert "until" in page[places[0] : places[1]]
