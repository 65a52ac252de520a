"""After an act one is back where one was, and reads what happened and what comes next."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_journey import People, press
from tests.factories import make_comment, make_proposal

pytestmark = pytest.mark.browser

POSITIONS = "[aria-labelledby=positions]"
PROPOSAL = "/en/rounds/open/proposals/1"


def in_sight(page: Page, words: str) -> None:
    """Hold that some words stand where the page was opened, without a scroll."""
    expect(page.get_by_text(words).first).to_be_in_viewport()


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_every_act_leads_back_to_where_it_was_done(
    app: Flask, open_page: OpenPage, script: bool
) -> None:
    with app.test_request_context():
        proposal = make_proposal("open", author="lotte")
        for _ in range(12):
            make_comment(proposal)
    people = People(open_page, script=script)
    pia = people.at("pia", PROPOSAL)
    pia.set_viewport_size({"width": 360, "height": 740})
    pia.fill("[name=body]", "Small councils need help with this.")
    press(pia, "Place your comment")
    assert pia.url.endswith("/proposals/1?comment=13#comment-13")
    in_sight(pia, "Your comment is received.")
    in_sight(pia, "A moderator looks at it before it is public.")
    assert "Your comment is received." in pia.inner_text("#comment-13")
    pia.locator("#comment-13").get_by_role("link", name="Your receipt").click()
    assert "Small councils need help with this." in pia.inner_text("[aria-labelledby=text]")
    pia = people.at("pia", PROPOSAL)
    pia.check("[name=stance][value=object]")
    pia.fill(f"{POSITIONS} [name=reason]", "Too dear.")
    press(pia, "Store my position")
    assert pia.url.endswith("#positions")
    in_sight(pia, "Your position is stored.")
    assert "Too dear." in pia.inner_text(POSITIONS)
    assert pia.locator("[name=stance][value=object]").is_checked()
    assert pia.input_value(f"{POSITIONS} [name=reason]") == "Too dear."
    again = people.at("pia", PROPOSAL)
    assert "Your position is stored." not in again.inner_text("body"), "it is told once"


def test_a_receipt_is_copied_printed_and_kept(app: Flask, open_page: OpenPage) -> None:
    assert app
    people = People(open_page, script=True)
    pia = people.at("pia", "/en/rounds/open/proposals/new?step=whole")
    pia.fill("[name=title]", "One place for every decision")
    pia.fill("[name=problem]", "They are spread.")
    pia.fill("[name=action]", "Put them in one place.")
    press(pia, "Check and hand in|Next: check and hand in")
    press(pia, "Hand in")
    pia.evaluate("() => { window.print = () => { document.title = 'printed'; }; }")
    pia.get_by_role("button", name="Print").click()
    assert pia.title() == "printed"
    pia.context.grant_permissions(["clipboard-read", "clipboard-write"])
    pia.get_by_role("button", name="Copy").click()
    expect(pia.get_by_role("button", name="Copied")).to_be_visible()
    copied = pia.evaluate("() => navigator.clipboard.readText()")
    assert "One place for every decision" in copied
    with pia.expect_download() as kept:
        pia.get_by_role("link", name="Download as text").click()
    assert re.fullmatch(r"[0-9A-Z-]+\.txt", kept.value.suggested_filename, re.IGNORECASE)
    assert "Put them in one place." in kept.value.path().read_text(encoding="utf-8")
