"""Two people arrive on a phone: from the link in a mail to a proposal that was handed in."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Locator, Page, ViewportSize, expect
from sqlalchemy import select

from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.organisations.queries import get_organisation
from tests.accounts.visitor import address, mails
from tests.browser.conftest import OpenPage
from tests.browser.test_axe import wrong_with
from tests.conftest import Clock
from tests.factories import PDF_FILE, find_round
from tests.invitations.letterbox import invited, links

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=360, height=740)
MOST_TAPS = 12


class Phone:
    """A phone that counts its taps; typing is no tap."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, what: Locator) -> None:
        what.first.click()
        self.page.wait_for_load_state()
        self.taps += 1

    def button(self, name: str) -> None:
        self.tap(self.page.get_by_role("button", name=re.compile(name)))

    def link(self, name: str) -> None:
        self.tap(self.page.get_by_role("link", name=re.compile(name)))

    def type(self, name: str, text: str) -> None:
        self.page.locator(f"[name={name}]").first.fill(text)

    def attach(self, name: str) -> None:
        """Open the list of files, and choose one: two taps."""
        file = FilePayload(name=name, mimeType="application/pdf", buffer=PDF_FILE)
        self.page.locator("input[type=file]").first.set_input_files(file)
        self.taps += 2

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def fits(self) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], self.page.url


Arrive = Callable[..., Phone]


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def arrive(request: pytest.FixtureRequest, open_page: OpenPage) -> Arrive:
    """Open a link on a phone, which is the first tap."""

    def on_a_phone(path: str) -> Phone:
        page = open_page(None, path, width=PHONE["width"], script=request.param)
        page.set_viewport_size(PHONE)
        phone = Phone(page)
        phone.taps = 1
        return phone

    return on_a_phone


def write(phone: Phone, file: str = "") -> None:
    """Fill in the form of a proposal, whatever its steps, up to the button that hands it in."""
    said = {"title": "Alle besluiten bij elkaar", "problem": "Ze staan overal.",
            "action": "Zet ze bij elkaar."}  # fmt: skip
    while said or file:
        for name in [one for one in said if phone.page.locator(f"[name={one}]").first.is_visible()]:
            phone.type(name, said.pop(name))
        if file and phone.page.locator("input[type=file]").first.is_visible():
            phone.attach(file)
            file = ""
        go_on(phone)


def go_on(phone: Phone) -> None:
    phone.fits()
    onward = phone.page.get_by_role("button", name=re.compile("^(Next|Check)"))
    if onward.count():
        phone.tap(onward)


def handed_in() -> Proposal:
    db.session.rollback()
    found = db.session.scalars(select(Proposal).where(Proposal.arrived_at.is_not(None))).one()
    assert found.author is not None
    return found


def test_who_is_invited_with_a_mandate_hands_in_for_the_organisation(
    app: Flask, arrive: Arrive, clock: Clock
) -> None:
    with app.test_request_context():
        helder = get_organisation("helder-bestuur").id
        invited(clock.time, organisation_id=helder)
        (path,) = links()
        db.session.remove()
    phone = arrive(path)
    phone.fits()
    phone.type("display_name", "Nienke Nieuw")
    phone.tap(phone.page.locator("[name=taking_part]"))
    phone.button("Accept the invitation")
    phone.sees("you are signed in")
    phone.link("Write a proposal")
    phone.sees("You now write for")
    write(phone, "nota.pdf")
    go_on(phone)
    phone.button("Hand in")
    phone.sees("stored, exactly as you wrote it")
    phone.fits()
    with app.app_context():
        made = handed_in()
        assert made.organisation_id == helder
        assert [one.file.name for one in made.attachments] == ["nota.pdf"]
        assert made.author is not None
        assert (made.author.display_name, made.author.password) == ("Nienke Nieuw", None)
        db.session.remove()
    assert phone.taps <= MOST_TAPS, phone.taps


def test_who_has_no_mandate_asks_for_it_and_the_organisation_says_yes(
    app: Flask, arrive: Arrive, open_page: OpenPage, clock: Clock
) -> None:
    with app.test_request_context(), unit_of_work():
        find_round("open").open_to_everyone = True
    phone = arrive("/en/rounds/open")
    phone.sees("Everyone can take part.")
    phone.link("Sign in or join")
    phone.type("email", address("nieuw"))
    phone.button("Send me a link")
    phone.sees("We sent you a mail with a link.")
    with app.test_request_context():
        path = mails(clock.time)[-1].path
        db.session.remove()
    phone.page.goto(phone.page.url.partition("/en/")[0] + path)
    phone.type("display_name", "Nienke Nieuw")
    phone.tap(phone.page.locator("[name=taking_part]"))
    phone.button("Make my account")
    assert phone.page.url.endswith("/en/rounds/open")
    phone.link("Write a proposal")
    write(phone)
    asks = phone.page.get_by_role("button", name=re.compile("ask for a mandate")).first
    if not asks.is_visible():
        phone.link("^Change.*(name|write)")
    phone.button("ask for a mandate")
    phone.page.select_option("[name=organisation_id]", label="Stichting Helder Bestuur")
    phone.type("note", "Ik ben er adviseur.")
    phone.button("Ask it")
    phone.sees("your text stands under your own name until they say yes")
    write(phone) if phone.page.locator("[name=title]").first.input_value() == "" else go_on(phone)
    phone.button("Hand in")
    phone.sees("stored, exactly as you wrote it")
    with app.app_context():
        made = handed_in()
        assert made.organisation_id is None
        number = made.number
        db.session.remove()
    coen = open_page("coen", "/en/organisations/helder-bestuur", width=360)
    coen.get_by_role("button", name=re.compile("^Grant it")).click()
    coen.wait_for_load_state()
    mo = open_page("mo", f"/en/rounds/open/proposals/{number}", width=360)
    expect(mo.locator(".consult-meta").first).to_contain_text("Stichting Helder Bestuur")
    expect(mo.get_by_text("handed in under the author").first).to_be_visible()


def test_the_pages_of_arriving_are_in_order(app: Flask, open_page: OpenPage, clock: Clock) -> None:
    with app.test_request_context():
        invited(clock.time)
        (path,) = links()
        db.session.remove()
    pages = [
        (None, path), ("sam", "/en/bodies/stakeholderforum/place"), ("sam", "/nl/mandates"),
        ("ana", "/en/organisations/requests"), (None, "/nl/rounds/open"),
    ]  # fmt: skip
    found = [one for who, there in pages for one in wrong_with(open_page(who, there), there)]
    assert not found
