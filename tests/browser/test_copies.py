"""What Pia types and is not stored yet stays in her browser: per draft, in both languages, hers."""

import re
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import func, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.files.models import StoredFile
from tests.browser.conftest import OpenPage, axe, session_cookie
from tests.factories import PDF_FILE, make_proposal

pytestmark = pytest.mark.browser

NEW = "/en/rounds/open/proposals/new?step=whole"
NOTE = FilePayload(name="nota.pdf", mimeType="application/pdf", buffer=PDF_FILE)
OFFER = "This browser keeps a newer text that was not saved."


def number_of(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def copies(page: Page) -> list[str]:
    kept: list[str] = page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('consult:'))"
    )
    return kept


def type_offline(page: Page, title: str) -> None:
    """Type while the network is away, until the browser keeps a copy."""
    page.context.set_offline(True)
    page.fill("[name=title]", title)
    page.get_by_text("Not saved: there is no connection.").wait_for()
    page.context.set_offline(False)


@pytest.fixture
def drafts(app: Any) -> list[str]:
    """Two drafts of Pia in one round."""
    del app
    return [make_proposal("open", State.DRAFT, title=f"Plan {n}").public_id for n in "AB"]


def test_each_draft_has_a_copy_of_its_own(open_page: OpenPage, drafts: list[str]) -> None:
    pia = open_page("pia", f"/en/drafts/{drafts[0]}?step=about")
    type_offline(pia, "Plan A, longer")
    site = pia.url.split("/en/")[0]
    pia.goto(f"{site}/en/drafts/{drafts[1]}?step=about")
    assert pia.get_by_text(OFFER).count() == 0
    assert pia.input_value("[name=title]") == "Plan B"
    pia.goto(f"{site}/nl/drafts/{drafts[0]}?step=about")
    pia.get_by_role("button", name="Zet de tekst terug").click()
    assert pia.input_value("[name=title]") == "Plan A, longer"
    pia.wait_for_function(
        "() => !Object.keys(localStorage).some((key) => key.startsWith('consult:'))"
    )
    assert "Opgeslagen om" in pia.inner_text("main")
    assert number_of(Proposal) == 2


def test_a_copy_restored_continues_its_draft_and_goes_with_it(open_page: OpenPage) -> None:
    """Pia's first text is stored, the next is not; the page for a new one offers it again."""
    pia = open_page("pia", NEW)
    pia.fill("[name=problem]", "Spread.")
    pia.fill("[name=action]", "Together.")
    pia.fill("[name=title]", "One place")
    pia.get_by_text("Saved at").wait_for()
    type_offline(pia, "One place for all")
    pia.goto(pia.url)
    pia.get_by_role("button", name="Put it back").click()
    pia.get_by_role("button", name="Check and hand in").click()
    pia.get_by_role("button", name="Hand in", exact=True).click()
    pia.wait_for_load_state()
    assert "Received" in pia.inner_text("h1")
    assert copies(pia) == []
    assert number_of(Proposal) == 1
    assert db.session.scalars(select(Proposal.title)).one() == "One place for all"


def test_nobody_sees_the_copy_of_somebody_else(open_page: OpenPage, app: Any) -> None:
    pia = open_page("pia", NEW)
    type_offline(pia, "Only for my eyes")
    assert len(copies(pia)) == 1
    site = pia.url.split("/en/")[0]
    own = pia.context.cookies()
    pia.context.clear_cookies()
    pia.context.add_cookies([session_cookie(app, "lotte", site)])
    pia.goto(pia.url)
    assert pia.get_by_text(OFFER).count() == 0
    pia.context.clear_cookies()
    pia.context.add_cookies(own)  # type: ignore[arg-type]
    pia.goto(pia.url)
    assert pia.get_by_text(OFFER).count() == 1
    pia.get_by_role("button", name="Sign out").first.click()
    pia.wait_for_load_state()
    assert copies(pia) == []


def test_the_switch_of_language_keeps_what_was_typed_and_where(open_page: OpenPage) -> None:
    pia = open_page("pia", NEW)
    pia.fill("[name=title]", "One place")
    pia.fill("[name=result]", "Found within a minute.")
    pia.select_option("[name=language]", "nl")
    pia.focus("[name=result]")
    pia.get_by_role("link", name="Nederlands").first.click()
    pia.wait_for_url(re.compile("/nl/(rounds/open/proposals/new|drafts/)"))
    pia.locator("[name=result]:focus").wait_for()
    assert pia.input_value("[name=title]") == "One place"
    assert pia.input_value("[name=result]") == "Found within a minute."
    assert pia.evaluate("scrollY") > 300
    assert pia.get_by_text("nieuwere tekst").count() == 0


def test_a_hand_in_that_comes_back_with_a_file_offers_no_newer_text(open_page: OpenPage) -> None:
    pia = open_page("pia", NEW)
    pia.fill("[name=problem]", "Spread.")
    pia.set_input_files("[name=files]", [NOTE])
    pia.get_by_role("button", name="nota.pdf").wait_for()
    pia.get_by_role("button", name="Check and hand in").click()
    for _ in range(2):
        pia.get_by_role("button", name="Hand in", exact=True).click()
        pia.locator("#errors").wait_for()
    assert "nota.pdf" in pia.inner_text("main")
    assert pia.get_by_text(OFFER).count() == 0


def test_a_file_is_stored_with_the_draft_as_soon_as_it_is_chosen(open_page: OpenPage) -> None:
    pia = open_page("pia", NEW)
    pia.set_input_files("[name=files]", [NOTE])
    pia.get_by_role("button", name="nota.pdf").wait_for()
    assert "Saved at" in pia.inner_text("[data-autosave-status]")
    assert pia.input_value("[name=files]") == "", "it is not sent a second time"
    assert (number_of(Proposal), number_of(StoredFile)) == (1, 1)
    empty = FilePayload(name="leeg.pdf", mimeType="application/pdf", buffer=b"")
    pia.set_input_files("[name=files]", [empty])
    pia.get_by_text("“leeg.pdf” is empty").wait_for()
    assert pia.get_by_label("nota.pdf").is_checked()
    assert (number_of(Proposal), number_of(StoredFile)) == (1, 1)


def test_a_comment_survives_the_switch_too(open_page: OpenPage) -> None:
    make_proposal("open")
    lotte = open_page("lotte", "/nl/rounds/open/proposals/1")
    lotte.fill("[name=body]", "Goed plan, maar wie betaalt?")
    lotte.get_by_role("link", name="English").first.click()
    lotte.wait_for_url(re.compile("/en/"))
    expect(lotte.locator("[name=body]")).to_have_value("Goed plan, maar wie betaalt?")


def test_the_switch_leads_to_the_same_part_of_the_same_list(open_page: OpenPage) -> None:
    make_proposal("open", title="Een lijst")
    lotte = open_page("lotte", "/nl/rounds/open/proposals?state=published&order=oldest#list")
    lotte.get_by_role("link", name="English").first.click()
    lotte.wait_for_url(re.compile(r"/en/rounds/open/proposals\?state=published&order=oldest#list$"))
    expect(lotte.get_by_text("In Dutch").first).to_be_visible()


def test_a_chosen_file_goes_along_with_the_switch(open_page: OpenPage) -> None:
    pia = open_page("pia", NEW)
    pia.fill("[name=title]", "One place")
    pia.set_input_files("[name=files]", [NOTE])
    pia.get_by_role("link", name="Nederlands").first.click()
    pia.wait_for_url(re.compile("/nl/drafts/"))
    assert pia.input_value("[name=title]") == "One place"
    assert pia.get_by_label("nota.pdf").is_checked()
    assert (number_of(Proposal), number_of(StoredFile)) == (1, 1)
    assert not axe(pia)


def test_without_a_script_the_form_offers_the_switch(open_page: OpenPage) -> None:
    pia = open_page("pia", NEW, script=False, width=360)
    pia.fill("[name=title]", "One place")
    pia.get_by_text("Do you know more already?").click()
    pia.fill("[name=amount]", "een ton of zo")
    pia.set_input_files("[name=files]", [NOTE])
    pia.get_by_text("Menu").click()
    pia.get_by_role("link", name="Nederlands").first.click()
    assert pia.url.endswith("#language-switch")
    pia.get_by_role("button", name="Save as draft, and go on in Dutch").click()
    pia.wait_for_load_state()
    assert "/nl/drafts/" in pia.url
    assert pia.input_value("[name=title]") == "One place"
    assert pia.input_value("[name=amount]") == "een ton of zo"
    assert pia.get_by_label("nota.pdf").is_checked()


def test_without_a_script_another_form_gives_its_text_back(open_page: OpenPage) -> None:
    make_proposal("open")
    lotte = open_page("lotte", "/nl/rounds/open/proposals/1", script=False)
    lotte.fill("[name=body]", "Goed plan, maar wie betaalt?")
    written = lotte.locator("form", has=lotte.locator("[name=body]"))
    written.get_by_role("button", name="Naar de Engelse pagina, met wat je typte").click()
    lotte.wait_for_load_state()
    assert lotte.inner_text("h1") == "You were writing"
    assert "Goed plan, maar wie betaalt?" in [
        field.input_value() for field in lotte.locator("textarea").all()
    ]
    lotte.get_by_role("link", name="Open the page").click()
    assert lotte.url.endswith("/en/rounds/open/proposals/1")
