"""From home to a vote in four taps, on a phone; the same by keys, and without a script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from consult.consultation.proposals.models import Position, Proposal, Stance
from consult.foundation.core.db import db
from tests.browser.conftest import OpenPage, axe
from tests.factories import make_round_of_statements

SENTENCES = ("Elke vergadering is te volgen.", "Besluiten staan op één plek.", "Data zijn open.")

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _statements(app: object) -> None:
    assert app
    make_round_of_statements(*SENTENCES)


def votes() -> list[tuple[str, Stance]]:
    db.session.rollback()
    rows = db.session.query(Proposal.title, Position.stance).join(
        Position, Position.proposal_id == Proposal.id
    )
    return [(row[0], row[1]) for row in rows.order_by(Position.id)]


class Taps:
    """Taps on a phone, counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def on(self, role: str, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role(role, name=name).first.tap()  # type: ignore[arg-type]
        self.count += 1


@pytest.mark.parametrize("script", [True, False])
def test_from_home_to_a_vote_in_four_taps(open_page: OpenPage, *, script: bool) -> None:
    page = open_page("lotte", "/nl/", width=360, script=script, has_touch=True)
    taps = Taps(page)
    taps.on("link", re.compile("^Stem ?:"))
    taps.on("button", "Toon de volgende stelling")
    expect(page.get_by_role("heading", name=SENTENCES[0])).to_be_visible()
    agree = page.get_by_role("button", name="Eens", exact=True)
    box = agree.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    taps.on("button", re.compile("^Eens$"))
    assert taps.count <= 4
    expect(page.get_by_role("heading", name=SENTENCES[1])).to_be_visible()
    assert votes() == [(SENTENCES[0], Stance.SUPPORT)]
    taps.on("button", re.compile("Oneens"))
    taps.on("button", re.compile("Weet ik niet"))
    expect(page.get_by_role("heading", name="Je hebt op alle stellingen gestemd")).to_be_visible()
    page.get_by_role("link", name="Bekijk of wijzig mijn stemmen").click()
    page.get_by_role("link", name=re.compile("Wijzig.*stelling 2")).click()
    page.get_by_role("button", name="Weet ik niet").click()
    assert votes() == [
        (SENTENCES[0], Stance.SUPPORT), (SENTENCES[1], Stance.PASS), (SENTENCES[2], Stance.PASS),
    ]  # fmt: skip


def test_one_votes_by_keys_and_can_turn_them_off(open_page: OpenPage) -> None:
    page = open_page("lotte", "/nl/rounds/stellingen/statements/vote")
    page.get_by_role("button", name="Toon de volgende stelling").click()
    expect(page.get_by_role("button", name="Zet de toetsen uit")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name=SENTENCES[1])).to_be_visible()
    page.get_by_role("button", name="Zet de toetsen uit").click()
    page.keyboard.press("2")
    page.get_by_role("button", name="Oneens").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=SENTENCES[2])).to_be_visible()
    assert votes() == [(SENTENCES[0], Stance.SUPPORT), (SENTENCES[1], Stance.OBJECT)]


def test_pia_adds_a_statement_and_it_stands_before_lotte_once_it_is_public(
    open_page: OpenPage, let_time_pass: Callable[[], None]
) -> None:
    page = open_page("pia", "/nl/rounds/stellingen", width=360)
    page.get_by_role("link", name="Voeg een stelling toe").click()
    page.get_by_role("textbox", name="Je stelling").fill("Elke brief is in één keer te begrijpen.")
    page.get_by_role("button", name="Dien je stelling in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ontvangen")
    desk = open_page("mo", "/nl/moderation")
    desk.locator(".consult-queue__title a").first.click()
    desk.locator("#decide").get_by_role("button", name="Publiceer").click()
    desk.get_by_role("button", name="Draai terug").wait_for()
    let_time_pass()
    lotte = open_page("lotte", "/nl/rounds/stellingen")
    lotte.get_by_role("button", name="Stem op stellingen").click()
    for _ in SENTENCES:
        lotte.get_by_role("button", name="Eens", exact=True).click()
    expect(lotte.get_by_role("heading", name=re.compile("Elke brief"))).to_be_visible()
    lotte.goto(lotte.url.replace("/statements/vote", "/statements"))
    expect(lotte.get_by_text("Elke brief is in één keer te begrijpen.")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_axe_finds_nothing(open_page: OpenPage, width: int, language: str) -> None:
    for path in ("", "/statements", "/statements/vote", "/statements/mine", "/statements/new",
                 "/statements/1/vote", "/proposals/1"):  # fmt: skip
        page = open_page("lotte", f"/{language}/rounds/stellingen{path}", width=width)
        assert axe(page) == [], path
