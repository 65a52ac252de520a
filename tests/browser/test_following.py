"""Sam follows from her phone, hears once, reads it and reports something; without a script too."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from consult.consultation.rounds.models import Moderation
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from tests.browser.conftest import OpenPage
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round, make_proposal

pytestmark = pytest.mark.browser
PROPOSAL = "/nl/rounds/open/proposals/1"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    page.wait_for_load_state()


def work(app: Flask, clock: Clock) -> None:
    with app.app_context():
        run_all(clock.time)
        db.session.remove()


def mails(app: Flask, name: str) -> list[str]:
    with app.app_context():
        sent = select(Message.kind).where(
            Message.person_id == person(name).id, Message.sent_at.is_not(None)
        )
        found = list(db.session.scalars(sent.order_by(Message.id)))
        db.session.remove()
    return found


@pytest.mark.parametrize("script", [True, False])
def test_from_the_button_to_the_answer(
    app: Flask, open_page: OpenPage, site: str, clock: Clock, script: bool
) -> None:
    with app.test_request_context():
        with unit_of_work():
            find_round("open").moderation = Moderation.POST
        make_proposal("open", title="Eén plek voor besluiten")
        db.session.remove()
    # She follows the proposal, and wants a mail at once.
    sam = open_page("sam", PROPOSAL, width=360, script=script)
    press(sam, "Volgen")
    assert "Je volgt nu “Eén plek voor besluiten”" in sam.inner_text("main")
    sam.goto(f"{site}/nl/notifications")
    sam.select_option("[name=following]", "immediately")
    press(sam, "Mijn keuze opslaan")
    # Lotte comments.
    lotte = open_page("lotte", PROPOSAL, script=script)
    lotte.fill("[name=body]", "Bel mij op 06-12345678.")
    press(lotte, "Plaats je reactie")
    work(app, clock)
    assert mails(app, "sam") == ["followed-comment"]
    # The head says that something is new; from there she reads it.
    sam.goto(f"{site}/nl/")
    assert sam.locator(".consult-menu__summary .consult-new").inner_text() == "1"
    sam.locator(".consult-menu__summary").click()
    sam.locator(".consult-menu").get_by_role("link", name=re.compile("Berichten")).click()
    sam.locator(".consult-notice--new").get_by_role("button").first.click()
    sam.wait_for_load_state()
    assert sam.url.endswith("?comment=1#comment-1")
    assert not sam.locator(".consult-new").count()
    # A telephone number does not belong there: she reports it.
    sam.locator("#comment-1").get_by_role("link", name=re.compile("Meld reactie 1")).click()
    sam.check("[value=personal_data]")
    sam.fill("[name=sentence]", "Er staat een telefoonnummer in.")
    press(sam, "Verstuur de melding")
    assert "Dank je wel." in sam.inner_text("main")
    # Mo sees it at his desk, and hides the comment.
    mo = open_page("mo", "/nl/moderation/reports", script=script)
    mo.get_by_role("link", name=re.compile("#1.1")).click()
    assert "Er staat een telefoonnummer in." in mo.inner_text("#reports + *")
    mo.locator("summary", has_text="Verberg").first.click()
    box = mo.locator("details[open]", has=mo.locator("[name=ground]"))
    box.locator("[name=ground]").select_option("personal_data")
    box.locator("textarea").fill("Er stond een telefoonnummer in.")
    box.get_by_role("button").click()
    mo.get_by_role("button", name="Draai terug").wait_for()
    clock.forward(seconds=31)
    work(app, clock)
    assert mails(app, "sam") == ["followed-comment", "report-answered"]
    # What she hears says what became of it, and nothing of what was there.
    sam.goto(f"{site}/nl/notices")
    notices = sam.inner_text("main")
    assert "Wat je meldde is niet meer openbaar: #1.1" in notices
    assert "Dit is niet meer te lezen." in notices
    # One list, and a button to stop.
    sam.goto(f"{site}/nl/following")
    press(sam, "Niet meer volgen")
    assert "Je volgt nog niets" in sam.inner_text("main")
    assert sam.evaluate("document.documentElement.scrollWidth") == 360


def test_an_address_is_copied_with_one_button(app: Flask, open_page: OpenPage, site: str) -> None:
    with app.test_request_context():
        make_proposal("open")
        db.session.remove()
    page = open_page(None, PROPOSAL, width=360, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopieer").click()
    page.get_by_text("Gekopieerd.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == site + PROPOSAL
    without = open_page(None, PROPOSAL, script=False)
    assert without.get_by_label("Adres van deze pagina").input_value() == site + PROPOSAL
    assert not without.get_by_role("button", name="Kopieer").is_visible()
