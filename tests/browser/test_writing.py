"""Pia writes a proposal on her phone, with a script and without, to the receipt."""

import re

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect

from consult.consultation.proposals.states import make_findable
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from tests.browser.conftest import OpenPage, axe
from tests.factories import PDF_FILE, find_round, make_proposal

pytestmark = pytest.mark.browser

NEW = "/nl/rounds/open/proposals/new"
NOTE = FilePayload(
    name="onze nota.pdf", mimeType="application/pdf", buffer=PDF_FILE + b" " * 90_000
)
FIELDS = ".consult-part:not([hidden]) :is(input, textarea, select)"
LOOK = "Bekijk hoe je tekst eruitziet"
PHONE, SCREEN = 360, 740


def others(app: Flask) -> None:
    """Store a proposal that is like the one that Pia will write."""
    with app.test_request_context():
        other = make_proposal("open", author="lotte", title="Alle besluiten van raden bij elkaar")
        with unit_of_work():
            make_findable(other)
        db.session.remove()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def first_field_in_sight(page: Page) -> bool:
    """Whether the first field of the form stands in the first screen of a phone."""
    box = page.locator(FIELDS).first.bounding_box()
    return box is not None and box["y"] + box["height"] <= SCREEN


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_an_empty_form_to_the_receipt(app: Flask, open_page: OpenPage, script: bool) -> None:
    others(app)
    pia = open_page("pia", NEW, width=PHONE, script=script)
    assert first_field_in_sight(pia)
    pia.fill("[name=title]", "Besluiten van raden op één plek")
    if script:
        expect(pia.locator("[data-similar] summary")).to_have_text(
            "1 voorstel lijkt op dat van jou"
        )
    press(pia, "Volgende: het voorstel")
    pia.get_by_text("1 voorstel lijkt op dat van jou").click()
    assert pia.get_by_role("link", name="Alle besluiten van raden").is_visible()
    pia.fill("[name=problem]", "Ze staan **verspreid**.\nTwee regels.\n\nwww.overheid.nl")
    pia.fill("[name=action]", "Zet ze bij elkaar.")
    if script:
        pia.get_by_role("button", name=LOOK, exact=True).first.click()
        preview = pia.get_by_role("region", name="Zo ziet het eruit: Wat is het probleem")
        expect(preview.locator("strong")).to_have_text("verspreid")
        assert not axe(pia)
        press(pia, "Schrijf verder")
        assert pia.input_value("[name=problem]").startswith("Ze staan **verspreid**.")
    else:
        press(pia, LOOK)
        assert pia.locator("#problem-preview strong").inner_text() == "verspreid"
        assert pia.locator("#problem-preview br").count() == 1, "the end of a line stays one"
        assert pia.locator("#problem-preview a").get_attribute("href") == "http://www.overheid.nl"
    pia.set_input_files("[name=files]", [NOTE])
    if script:
        pia.get_by_role("button", name=re.compile(r"Verwijder.*onze nota")).wait_for()
    press(pia, "Volgende: naam en openbaarheid")
    pia.select_option("[name=organisation_id]", label="Stichting Helder Bestuur")
    press(pia, "Volgende: nakijken en indienen")
    said = pia.inner_text("main")
    for what in ("Besluiten van raden op één plek", "Twee regels.", "Stichting Helder Bestuur"):
        assert what in said
    assert re.search(r"onze nota\.pdf\s+88\skB", said)
    assert pia.evaluate("document.documentElement.scrollWidth") <= PHONE
    pia.get_by_role("link", name=re.compile("^Wijzig.*Naam en openbaarheid")).click()
    pia.get_by_text("Weet je al meer?").click()
    pia.fill("[name=period]", "In 2027")
    press(pia, "Volgende: nakijken en indienen")
    assert "In 2027" in pia.inner_text("main")
    press(pia, "Dien in")
    receipt = pia.inner_text("main")
    assert (
        "“Besluiten van raden op één plek”, namens Stichting Helder Bestuur, met 1 bestand"
        in receipt
    )
    assert "onze nota.pdf" in receipt
    assert "88\u00a0kB" in receipt


def below(page: Page, field: str) -> float:
    """Where the field stands on the page, in pixels from its top."""
    box = page.locator(field).bounding_box()
    assert box is not None
    return box["y"]


def test_nothing_moves_under_a_finger(app: Flask, open_page: OpenPage) -> None:
    others(app)
    pia = open_page("pia", NEW, width=PHONE)
    stood = below(pia, "[name=theme_id]")
    pia.fill("[name=title]", "Besluiten van raden op één plek")
    pia.locator("[data-similar] summary").wait_for()
    pia.get_by_text("Opgeslagen om").wait_for()
    assert below(pia, "[name=theme_id]") == pytest.approx(stood, abs=1)
    press(pia, "Volgende: het voorstel")
    stood = below(pia, "[name=result]")
    pia.fill("[name=problem]", "Ze staan verspreid.")
    pia.get_by_role("button", name=LOOK, exact=True).wait_for()
    assert below(pia, "[name=result]") == pytest.approx(stood, abs=1)


def test_what_the_round_asks_stands_above_the_title_on_a_phone(
    app: Flask, open_page: OpenPage
) -> None:
    with app.app_context(), unit_of_work():
        find_round("open").questions = {"nl": "Wat mis je?\nWat kan concreet?"}
    pia = open_page("pia", NEW, width=PHONE)
    asked = pia.get_by_text("Wat mis je? Wat kan concreet?")
    assert asked.is_visible()
    assert asked.evaluate("(one) => one.offsetTop") < below(pia, "[name=title]")
    assert first_field_in_sight(pia)


def test_the_bar_formats_what_is_chosen_by_mouse_and_by_keyboard(open_page: OpenPage) -> None:
    pia = open_page("pia", f"{NEW}?step=whole", width=PHONE)
    problem = pia.locator("#problem")
    problem.fill("een woord")
    problem.select_text()
    pia.get_by_role("button", name="Vet").first.click()
    assert problem.input_value() == "**een woord**"
    problem.fill("lijst")
    toolbar = pia.get_by_role("toolbar", name="Maak de tekst op: Wat is het probleem")
    toolbar.get_by_role("button", name="Vet").focus()
    for _ in range(2):  # italic has no room on a phone
        pia.keyboard.press("ArrowRight")
    pia.keyboard.press("Enter")
    assert problem.input_value() == "- lijst"


def test_a_long_text_stays_in_its_box_and_is_counted(open_page: OpenPage) -> None:
    pia = open_page("pia", f"{NEW}?step=whole", width=PHONE)
    pia.fill("#problem", "Een regel.\n" * 900)
    box = pia.locator("#problem").bounding_box()
    assert box is not None
    assert box["height"] <= 650, "it scrolls in itself"
    assert pia.locator("#problem-count").inner_text() == "100 tekens over"
    pia.get_by_text("Opgeslagen om").wait_for()


def test_what_was_saved_is_told_and_covers_no_button(open_page: OpenPage) -> None:
    pia = open_page("pia", NEW, width=PHONE, has_touch=True)
    pia.set_viewport_size({"width": PHONE, "height": SCREEN})
    pia.fill("[name=title]", "Besluiten van raden op één plek")
    press(pia, "Volgende: het voorstel")
    pia.set_input_files("[name=files]", [NOTE])
    pia.get_by_role("button", name=re.compile(r"Verwijder.*onze nota")).wait_for()
    expect(pia.get_by_text("Opgeslagen om")).to_have_count(1)
    onward = pia.get_by_role("button", name="Volgende: naam en openbaarheid")
    onward.evaluate("(button) => button.scrollIntoView({block: 'end', behavior: 'instant'})")
    box = onward.bounding_box()
    assert box is not None
    pia.touchscreen.tap(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    expect(pia.get_by_role("link", name=re.compile("Wat is het probleem"))).to_be_visible()


def test_a_file_that_was_kept_goes_with_a_press(open_page: OpenPage) -> None:
    pia = open_page("pia", f"{NEW}?step=proposal", width=PHONE)
    pia.set_input_files("[name=files]", [NOTE])
    remove = pia.get_by_role("button", name=re.compile(r"Verwijder.*onze nota"))
    remove.click()
    expect(remove).to_have_count(0)
    expect(pia.locator("[data-kept-file]")).to_have_count(0)
    pia.reload()
    assert "onze nota.pdf" not in pia.inner_text("main")


def test_the_earlier_proposal_is_asked_for_once_one_continues_it(open_page: OpenPage) -> None:
    for script in (True, False):
        pia = open_page("pia", NEW, width=PHONE, script=script)
        assert not pia.locator("#continues_id").is_visible()
        pia.get_by_label("Vervolg op een eerder plan").check()
        assert pia.locator("#continues_id").is_visible()
