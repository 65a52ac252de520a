"""What Pia typed is never lost: not by a full disk, a lost network, a closed round, a sign-out."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page
from sqlalchemy import event, func, select

from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.files.models import StoredFile
from tests.browser.conftest import OpenPage, axe
from tests.cast import stay_signed_in
from tests.conftest import Clock
from tests.proposals.test_services import PDF

pytestmark = pytest.mark.browser

NEW = "/en/rounds/open/proposals/new?step=whole"
LONG = "Decisions are spread over many sites. " * 200


def write(page: Page, problem: str = "Decisions are spread.") -> None:
    page.fill("[name=title]", "One place for every decision")
    page.fill("[name=problem]", problem)
    page.fill("[name=action]", "Put them in one place.")


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="Check and hand in").click()
    page.wait_for_load_state()
    last = page.get_by_role("button", name="Hand in", exact=True)
    if last.count():
        last.click()
        page.wait_for_load_state()


def number_of(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@contextmanager
def full_disk() -> Iterator[None]:
    """Let the database file grow by nothing: SQLite then says that the disk is full."""

    def no_more_pages(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    db.session.remove()
    db.engine.dispose()
    with closing(sqlite3.connect(str(db.engine.url.database))) as file:
        file.execute("VACUUM")  # nothing is left to fill up
    event.listen(db.engine, "connect", no_more_pages)
    yield
    event.remove(db.engine, "connect", no_more_pages)
    db.engine.dispose()


@contextmanager
def no_large_files() -> Iterator[None]:
    """Let the system refuse every file above 100 kB, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("script", [True, False])
def test_a_full_disk_gives_the_text_back(open_page: OpenPage, *, script: bool) -> None:
    pia = open_page("pia", NEW, script=script)
    write(pia, LONG)
    with full_disk():
        hand_in(pia)
        assert pia.inner_text("h1") == "We cannot store this now"
        assert LONG.strip() in [kept.strip() for kept in texts(pia)]
        assert pia.get_by_label("What is the problem, and for whom?").count() == 1
        assert "theme" not in pia.inner_text("main")
    assert number_of(Proposal) == 0
    pia.go_back()
    write(pia, LONG)
    hand_in(pia)
    assert "stored, exactly as you wrote it" in pia.inner_text("body")


def texts(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator("textarea").all()]


def test_no_room_for_a_file_leaves_no_half_file(open_page: OpenPage, app: Flask) -> None:
    pia = open_page("pia", NEW, script=False)
    write(pia)
    large = FilePayload(name="nota.pdf", mimeType="application/pdf", buffer=PDF + b" " * 200_000)
    pia.set_input_files("[name=files]", [large])
    with no_large_files():
        hand_in(pia)
    assert pia.inner_text("h1") == "We cannot store this now"
    assert "Decisions are spread." in texts(pia)
    assert (number_of(Proposal), number_of(StoredFile)) == (0, 0)
    folder = app.config["INSTANCE"] / "files"
    assert not [path for path in folder.glob("*") if path.stat().st_size == 100_000]


def test_a_lost_network_keeps_a_copy_in_the_browser(open_page: OpenPage) -> None:
    pia = open_page("pia", NEW)
    pia.context.set_offline(True)
    write(pia)
    pia.get_by_text("Not saved: there is no connection.").wait_for()
    pia.context.set_offline(False)
    again = pia.context.new_page()
    again.goto(pia.url)
    assert again.input_value("[name=problem]") == ""
    again.get_by_role("button", name="Put it back").click()
    assert again.input_value("[name=problem]") == "Decisions are spread."
    hand_in(again)
    assert "stored, exactly as you wrote it" in again.inner_text("body")


def test_a_network_that_comes_back_saves_the_draft(open_page: OpenPage) -> None:
    pia = open_page("pia", NEW)
    pia.context.set_offline(True)
    write(pia)
    pia.get_by_text("Not saved: there is no connection.").wait_for()
    pia.context.set_offline(False)
    pia.get_by_text("Saved at").wait_for()
    assert number_of(Proposal) == 1


def test_a_sign_in_that_expired_gives_the_text_back(open_page: OpenPage) -> None:
    pia = open_page("pia", NEW, script=False)
    write(pia)
    pia.context.clear_cookies()
    hand_in(pia)
    assert "Decisions are spread." in texts(pia)
    assert number_of(Proposal) == 0


def test_a_round_that_closes_while_somebody_writes(open_page: OpenPage, clock: Clock) -> None:
    pia = open_page("pia", NEW, script=False)
    write(pia)
    clock.forward(days=21)
    stay_signed_in(clock.time)
    hand_in(pia)
    assert pia.inner_text("h1") == "Received late"
    assert number_of(Proposal) == 1


def test_two_texts_are_put_together_and_saved(open_page: OpenPage) -> None:
    """Ana has the page of the forum open twice: the second save shows both, to be saved from."""
    where = "/en/bodies/stakeholderforum/edit"
    first, second = open_page("ana", where), open_page("ana", where)
    first.fill("[name=house_rules_nl]", "Wees vriendelijk en kort.")
    first.get_by_role("button", name="Save").click()
    first.wait_for_load_state()
    second.fill("[name=house_rules_nl]", "Wees vriendelijk en eerlijk.")
    second.get_by_role("button", name="Save").click()
    second.wait_for_load_state()
    assert "Changed by somebody else" in second.inner_text("h1")
    assert second.locator("textarea[readonly]", has_text="kort").count() == 1
    assert not axe(second)
    second.fill("[name=house_rules_nl]", "Wees vriendelijk, kort en eerlijk.")
    second.get_by_role("button", name="Save it like this").click()
    second.wait_for_load_state()
    stored = open_page("ana", where)
    assert stored.input_value("[name=house_rules_nl]") == "Wees vriendelijk, kort en eerlijk."
    assert stored.input_value("[name=name_en]") == "Stakeholder forum"
