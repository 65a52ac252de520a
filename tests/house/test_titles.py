"""A title or a name in any script leads to a page, or is refused with a sentence: never a 500."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from consult.consultation.plans.queries import get_plan
from consult.consultation.plans.services import PlanText, create_plan
from consult.consultation.plans.themes import ThemeText, add_theme
from consult.consultation.rounds.editing import RoundText, create_round
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.organisations.models import BodyKind, Sector
from consult.people.organisations.services import (
    BodyText,
    OrganisationFacts,
    create_body,
    create_organisation,
)
from tests.cast import person
from tests.factories import find_round
from tests.world import both

pytestmark = pytest.mark.one_engine

TITLES = [
    "План", "План", "Відкритий уряд", "Σχέδιο δράσης", "计划", "計画カナ", "계획", "خطة العمل",
    "برنامه\u200cریزی",
    "תוכנית", "योजना", "পরিকল্পনা", "แผน", "გეგმა", "Ծրագիր", "ዕቅድ", "திட்டம்",
    "ແຜນ", "ផែនការ",
    "Þróun", "Eén Überraschung œuvre ß", "İstanbul", "🌱", "👩\u200d👩\u200d👧", "🇳🇱",
    "e" + "\u0301" * 100,
    "\u0301\u0301", "\u200b", "\u3164", "\u00ad\u00a0", "\u2060\u200e", "---",
    "!?", "new", "add", "../..", "%2e%2e", "a/b?c#d", "x" * 200, "\U0001f3f4\U000e0067\U000e007f",
    "١٢٣", "Ⅷ ½", "\u202eplan", "план\u200b", "nul\x00nul", "\u2800",
]  # fmt: skip
Make = Callable[[str, str, datetime], str]


def plan(title: str, slug: str, now: datetime) -> str:
    text = PlanText(both(title, title), date(2027, 1, 1), date(2028, 1, 1))
    return f"/plans/{create_plan(person('adi'), text, slug, now).slug}"


def round_(title: str, slug: str, now: datetime) -> str:
    like = find_round("upcoming")
    text = RoundText(
        title=both(title, title), opens_at=like.opens_at, closes_at=like.closes_at,
        open_to_everyone=True,
    )  # fmt: skip
    made = create_round(person("ana"), get_plan("open-overheid"), text, slug, now)
    return f"/rounds/{made.slug}/manage"


def theme(title: str, slug: str, now: datetime) -> str:
    found = get_plan("open-overheid")
    made = add_theme(person("ana"), found, ThemeText(both(title, title)), slug, now)
    return f"/plans/open-overheid/themes/{made.slug}/edit"


def body(title: str, slug: str, now: datetime) -> str:
    text = BodyText(kind=BodyKind.FORUM, name=both(title, title))
    return f"/bodies/{create_body(person('ana'), text, slug, now).slug}"


def organisation(title: str, slug: str, now: datetime) -> str:
    facts = OrganisationFacts(title, Sector.CIVIL_SOCIETY)
    return f"/organisations/{create_organisation(person('adi'), facts, slug, now).slug}"


@pytest.mark.parametrize("make", [plan, round_, theme, body, organisation])
def test_every_title_has_a_page_or_a_refusal(browse: Any, now: datetime, make: Make) -> None:
    client = browse("adi" if make in {plan, organisation} else "ana")
    paths: list[str] = []
    for title in TITLES:
        try:
            with unit_of_work():
                paths.append(make(title, "", now))
        except InvalidInput:
            continue
    assert len(paths) == len(set(paths)) >= 25
    answers = {path: client.get(f"/nl{path}").status_code for path in paths}
    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize("make", [plan, round_, theme, body, organisation])
def test_a_slug_of_ones_own_is_taken_or_refused_under_its_field(
    now: datetime, make: Make, app: Any
) -> None:
    del app
    with unit_of_work():
        make("Eerste", "een-plek", now)
    for slug in (
        "een-plek",
        "new",
        "add",
        "Een",
        "план",
        "a--b",
        "..",
        "x" * 81,
        "\u200b",
        "a\x00",
    ):
        with pytest.raises(InvalidInput) as refused, unit_of_work():
            make("Tweede", slug, now)
        assert list(refused.value.errors) == ["slug"]
