"""What everybody finds on the pages of plans and bodies, and in which order."""

from datetime import date, datetime
from typing import Any

import pytest

from consult.consultation.plans.services import PlanText, create_plan
from consult.foundation.core.unit_of_work import unit_of_work
from consult.interfaces.publishing.bodies import body_page
from consult.people.organisations.queries import get_body
from tests.cast import person
from tests.factories import make_meeting

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
