"""The chain in a real browser, with JavaScript and without: from a round to the plan and back."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.cast import stay_signed_in
from tests.conftest import Clock

pytestmark = pytest.mark.browser

ROUND = "/en/rounds/spring"


class People:
    """One window for each person, as if they sat at their own desks."""

    def __init__(self, open_page: OpenPage, *, script: bool) -> None:
        self.open_page = open_page
        self.script = script
        self.windows: dict[str | None, Page] = {}

    def at(self, who: str | None, path: str) -> Page:
        """Let somebody open an address in their window."""
        if who not in self.windows:
            self.windows[who] = self.open_page(who, path, script=self.script)
        else:
            page = self.windows[who]
            page.goto(page.url.split("/en/", maxsplit=1)[0] + path)
        return self.windows[who]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    page.wait_for_load_state()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(name)).first.click()
    page.wait_for_load_state()


def open_a_round(people: People, clock: Clock) -> None:
    ana = people.at("ana", "/en/plans/open-overheid/rounds/new")
    ana.fill("[name=title_nl]", "Voorjaarsronde")
    ana.fill("[name=title_en]", "Spring round")
    ana.fill("[name=slug]", "spring")
    ana.fill("[name=introduction_nl]", "Denk mee over het plan.")
    ana.fill("[name=introduction_en]", "Think along about the plan.")
    opens, closes = clock.time + timedelta(days=1), clock.time + timedelta(days=21)
    ana.fill("[name=opens_on]", f"{opens:%Y-%m-%d}")
    ana.fill("[name=opens_time]", "09:00")
    ana.fill("[name=closes_on]", f"{closes:%Y-%m-%d}")
    ana.fill("[name=closes_time]", "17:00")
    ana.check("[name=bodies] >> nth=0")
    press(ana, "Save the round")
    ana = people.at("ana", f"{ROUND}/announce")
    ana.fill("[name=reason]", "The minister asked for an answer before summer.")
    press(ana, "Announce the round")
    clock.forward(days=2)
    stay_signed_in(clock.time)
    assert "Open" in people.at(None, ROUND).inner_text("h1 + .consult-meta")


def hand_in(people: People) -> None:
    pia = people.at("pia", f"{ROUND}/proposals/new")
    pia.fill("[name=title]", "One place for every decision")
    press(pia, "Next: the proposal")
    pia.fill("[name=problem]", "Decisions are spread over many sites.")
    pia.fill("[name=action]", "Put them in one place.")
    press(pia, "Next: name and publication")
    pia.select_option("[name=organisation_id]", label="Stichting Helder Bestuur")
    press(pia, "Next: check and hand in")
    assert "Stichting Helder Bestuur" in pia.inner_text("main")
    press(pia, "Hand in")
    assert "stored, exactly as you wrote it" in pia.inner_text("body")
    assert people.at(None, f"{ROUND}/proposals/1").inner_text("h1") == "Not found"


def decide(people: People, verb: str, reason: str = "") -> None:
    mo = people.at("mo", "/en/moderation")
    mo.locator(".consult-queue__title a").first.click()
    pane = mo.locator("#decide")
    if reason:
        pane.locator("summary", has_text=verb).click()
        box = pane.locator("details[open]").first
        box.locator("textarea").fill(reason)
        box.get_by_role("button").click()
    else:
        pane.get_by_role("button", name=re.compile(f"^{verb}")).click()
    mo.get_by_role("button", name="Undo").wait_for()


def curate(people: People, let_time_pass: Callable[[], None]) -> None:
    decide(people, "Return", "Please say which decisions you mean.")
    let_time_pass()
    pia = people.at("pia", f"{ROUND}/proposals/1/revise")
    pia.fill("[name=action]", "Put the decisions of every council in one place.")
    press(pia, "Hand in the new text")
    decide(people, "Publish")
    let_time_pass()


def comment(people: People, let_time_pass: Callable[[], None]) -> None:
    kees = people.at("kees", f"{ROUND}/proposals/1")
    kees.fill("[name=body]", "Small councils need help with this.")
    press(kees, "Place your comment")
    decide(people, "Publish")
    let_time_pass()
    assert "Small councils" in people.at(None, f"{ROUND}/proposals/1").inner_text("#comment-1")


def answer(people: People, clock: Clock) -> None:
    clock.forward(days=30)
    stay_signed_in(clock.time)
    ana = people.at("ana", f"{ROUND}/responses/1")
    ana.check("[name=outcome][value=adopted_in_part]")
    ana.fill("[name=reason_en]", "We start with the large councils.")
    press(ana, "Save the response")
    press(ana, "Publish all responses")
    ana = people.at("ana", f"{ROUND}/summary/edit")
    ana.fill("[name=introduction_en]", "Many asked for one place, see #1 and #1.1.")
    ana.fill("[name=theme_0_en]", "People want to find decisions: #1.")
    press(ana, "Save and publish the summary")


def promise(people: People) -> None:
    ana = people.at("ana", f"{ROUND}/proposals/1")
    follow(ana, "Make a commitment from it")
    ana.fill("[name=title_nl]", "Besluiten op één plek")
    ana.fill("[name=title_en]", "Decisions in one place")
    ana.fill("[name=description_en]", "The large councils begin.")
    press(ana, "Save the commitment")
    press(ana, "Save and publish")
    ana = people.at("ana", "/en/plans/open-overheid/versions/new")
    ana.fill("[name=label]", "For decision")
    press(ana, "Freeze the plan")
    assert re.search(r"[0-9a-f]{64}", ana.inner_text("body"))


def walk_there_and_back(people: People) -> None:
    reader = people.at(None, f"{ROUND}/proposals/1")
    assert "We start with the large councils." in reader.inner_text("#response")
    follow(reader, "Commitment 1")
    assert "Decisions in one place" in reader.inner_text("h1")
    reader.locator(".consult-band").get_by_role("link").first.click()
    assert "Decisions in one place" in reader.inner_text("main")
    follow(reader, "Decisions in one place")
    follow(reader, "One place for every decision")
    assert reader.url.endswith("/proposals/1")
    follow(reader, "Cited in the summary")
    follow(reader, "#1")
    assert reader.url.split("#")[0].endswith("/proposals/1")


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(True, id="with JavaScript", marks=pytest.mark.long),
        pytest.param(False, id="without JavaScript"),
    ],
)
def test_from_a_round_to_the_plan_and_back(
    app: Flask,
    open_page: OpenPage,
    clock: Clock,
    let_time_pass: Callable[[], None],
    script: bool,
) -> None:
    assert app
    people = People(open_page, script=script)
    open_a_round(people, clock)
    hand_in(people)
    curate(people, let_time_pass)
    comment(people, let_time_pass)
    answer(people, clock)
    promise(people)
    walk_there_and_back(people)


def test_a_draft_saves_itself_and_comes_back(open_page: OpenPage, clock: Clock) -> None:
    assert clock
    pia: Any = open_page("pia", "/en/rounds/open/proposals/new?step=whole")
    pia.fill("[name=title]", "Half a thought")
    pia.locator("[name=title]").press("Tab")
    pia.wait_for_selector("text=/Saved at/", timeout=15_000)
    first = pia.input_value("[name=draft]")
    pia.fill("[name=problem]", "And a problem.")
    pia.locator("[name=problem]").press("Tab")
    pia.wait_for_function(
        "version => document.forms[0] && "
        "document.querySelector('[name=version]').value !== version",
        arg=pia.input_value("[name=version]"),
        timeout=15_000,
    )
    assert pia.input_value("[name=draft]") == first, "one draft, saved twice"
    home = open_page("pia", "/en/home")
    assert "Half a thought" in home.inner_text("main")
