"""Lotte says which themes matter and what is missing; everybody sees how the themes rank."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from consult.foundation.core.unit_of_work import unit_of_work
from tests.browser.conftest import OpenPage, axe
from tests.factories import find_round, make_round_about_themes

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _themes(app: object) -> None:
    assert app
    make_round_about_themes()


@pytest.mark.parametrize("script", [True, False])
def test_from_the_round_to_the_ranking(open_page: OpenPage, *, script: bool) -> None:
    page = open_page("lotte", "/nl/rounds/themas", width=360, script=script)
    page.get_by_role("link", name="Zeg wat voor jou belangrijk is").first.click()
    page.get_by_role("group", name="Dialoog").get_by_label(
        "Belangrijk voor mij", exact=True
    ).check()
    page.get_by_role("group", name="Actieve openbaarheid").get_by_label("Niet belangrijk").check()
    page.get_by_role("button", name="Mijn keuzes opslaan").click()
    expect(page.get_by_text("Wat je van 2 thema's vindt, is opgeslagen.")).to_be_visible()
    kept = page.get_by_role("group", name="Dialoog").get_by_label("Belangrijk voor mij", exact=True)
    expect(kept).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="Bekijk de volgorde van de thema's").click()
    first = page.locator(".consult-rows .consult-row__title").first
    expect(first).to_have_text(re.compile("Dialoog"))
    first.get_by_role("link").click()
    page.get_by_label("Er ontbreekt iets").check()
    page.get_by_role("textbox", name="Je reactie").fill("Taal op school ontbreekt.")
    page.get_by_role("button", name="Plaats je reactie").click()
    expect(page.get_by_text("Taal op school ontbreekt.").first).to_be_visible()


def test_from_the_ranking_to_the_plan(open_page: OpenPage, now: datetime) -> None:
    with unit_of_work():
        find_round("themas").closes_at = now - timedelta(days=1)
    ana = open_page("ana", "/nl/rounds/themas/themes", width=360)
    ana.get_by_role("link", name="Thema toevoegen aan het plan").click()
    ana.get_by_label("Titel (Nederlands)").fill("Taal")
    ana.get_by_label("Titel (Engels)").fill("Language")
    ana.get_by_label("Waarom is het nodig in het plan?").fill("Veel mensen misten dit.")
    ana.get_by_role("button", name="Thema toevoegen").click()
    expect(ana.get_by_text("“Taal” is aan het plan toegevoegd.")).to_be_visible()
    ana.get_by_role("link", name="Dialoog").click()
    ana.get_by_role("link", name="Uit het plan halen").click()
    ana.get_by_label("Waarom gaat het thema uit het plan?").fill("Het hoort bij thema 1.")
    ana.get_by_role("button", name="Uit het plan halen").click()
    expect(ana.get_by_text("Het thema staat niet meer in het plan.")).to_be_visible()
    expect(ana.get_by_text("Het hoort bij thema 1.")).to_be_visible()
    assert axe(ana) == []
    reader = open_page(None, "/nl/plans/open-overheid", width=360)
    expect(reader.get_by_role("heading", name="Taal", exact=True)).to_be_visible()
    expect(reader.get_by_role("heading", name="Dialoog")).to_have_count(0)
    assert axe(reader) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing(open_page: OpenPage, width: int) -> None:
    for path in ("", "/themes", "/themes/judge", "/proposals/1"):
        page = open_page("lotte", f"/nl/rounds/themas{path}", width=width)
        assert axe(page) == [], path
