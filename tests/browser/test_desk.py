"""A moderator clears the queue with the keyboard alone, and without JavaScript too."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import HeldDecision
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from tests.browser.conftest import OpenPage, axe
from tests.factories import make_comment, make_proposal

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(app: Flask, clock: Any) -> list[str]:
    """Make three proposals and a comment that wait, and return their public ids."""
    with app.test_request_context():
        made = [make_proposal("open", State.PENDING, at=clock.forward(minutes=1)) for _ in "abc"]
        comment = make_comment(made[0], State.PENDING, at=clock.forward(minutes=1))
        ids = [*(one.public_id for one in made), comment.public_id]
        db.session.remove()
    return ids


def states(app: Flask) -> list[State]:
    with app.app_context():
        found = list(db.session.scalars(select(Proposal.state).order_by(Proposal.id)))
        db.session.remove()
    return found


CHOOSE = """(words) => {
  const walker = document.createTreeWalker(document.querySelector(".consult-panes__text"), 4);
  let node = walker.nextNode();
  while (node && !node.data.includes(words)) node = walker.nextNode();
  const start = node.data.indexOf(words);
  document.getSelection().setBaseAndExtent(node, start, node, start + words.length);
}"""
"""Choose words in the text as somebody does with a mouse."""


class Keyboard:
    """Somebody who works with the keyboard alone, and counts the strokes."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.strokes = 0

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.strokes += 1
            self.page.keyboard.press(key)

    def until(self, public_id: str) -> None:
        """Wait until a contribution is open."""
        self.page.wait_for_url(f"**/{public_id}*")


def test_the_keyboard_alone(
    app: Flask, open_page: OpenPage, waiting: list[str], let_time_pass: Callable[[], None]
) -> None:
    page = open_page("mo", "/en/moderation")
    keys = Keyboard(page)
    keys.press("j", "Enter")
    keys.until(waiting[0])
    keys.press("p")
    # The next one is open at once: r unfolds its form, and a digit takes a ready reason.
    keys.until(waiting[1])
    keys.press("r", "2")
    reason = page.locator("#reason-return")
    assert reason.input_value().startswith("We begrijpen nog niet"), "it can be read as a whole"
    keys.press("Control+Enter")
    keys.until(waiting[2])
    keys.press("h", "ArrowDown", "1", "Control+Enter")
    keys.until(waiting[3])
    assert keys.strokes == 10
    assert states(app) == [State.PENDING, State.PENDING, State.HIDDEN], "two are held"
    keys.press("z")
    keys.until(waiting[2])
    let_time_pass()
    assert states(app) == [State.PUBLISHED, State.RETURNED, State.PENDING]


def test_sixty_items_in_ninety_strokes(
    app: Flask, open_page: OpenPage, clock: Any, let_time_pass: Callable[[], None]
) -> None:
    """Fifty are published, five returned with a ready reason, five redacted and published."""
    marked = "Mail z.zeldenrijk@voorbeeld.nl."
    with app.test_request_context():
        made = [
            make_proposal(
                "open", State.PENDING, at=clock.forward(seconds=1),
                problem=marked if place % 12 == 11 else "De balie is dicht.",
            )
            for place in range(60)
        ]  # fmt: skip
        ids = [one.public_id for one in made]
        db.session.remove()
    keys = Keyboard(open_page("mo", "/en/moderation"))
    keys.press("j", "Enter")
    for place, public_id in enumerate(ids):
        keys.until(public_id)
        if place % 12 == 5:
            keys.press("r", "1", "Control+Enter")
        elif place % 12 == 11:
            keys.press("l", "Space", "Control+Enter")
            keys.page.locator(".consult-held", has_text="left out").wait_for()
            keys.press("p")
        else:
            keys.press("p")
    keys.page.wait_for_url("**/moderation")
    let_time_pass()
    assert states(app).count(State.PUBLISHED) == 55
    assert states(app).count(State.RETURNED) == 5
    assert keys.strokes <= 90


def test_a_key_that_is_held_down_decides_once(
    app: Flask, open_page: OpenPage, waiting: list[str]
) -> None:
    page = open_page("mo", f"/en/moderation/proposal/{waiting[0]}")
    page.keyboard.down("p")
    for _ in range(3):
        page.wait_for_timeout(100)
        page.keyboard.down("p")  # the browser says that it repeats
    page.keyboard.up("p")
    page.wait_for_url(f"**/{waiting[1]}*")
    with app.app_context():
        assert db.session.scalar(select(func.count(HeldDecision.id))) == 1
        db.session.remove()


def test_what_one_begins_to_type_is_a_reason_and_no_key(
    open_page: OpenPage, waiting: list[str]
) -> None:
    page = open_page("mo", f"/en/moderation/proposal/{waiting[0]}")
    page.keyboard.press("r")
    page.keyboard.type("please say who.")
    assert page.locator("#reason-return").input_value() == "please say who."
    assert page.url.endswith(waiting[0])


@pytest.mark.usefixtures("waiting")
def test_ticked_with_the_keyboard(open_page: OpenPage) -> None:
    page = open_page("mo", "/en/moderation", bypass_csp=True)
    for key in ("j", "x", "j", "x", "p"):
        page.keyboard.press(key)
    page.get_by_role("heading", name="Publish 2 contributions?").wait_for()
    assert axe(page) == []
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("#1 is published in").wait_for()


def test_without_javascript(
    app: Flask, open_page: OpenPage, waiting: list[str], let_time_pass: Callable[[], None]
) -> None:
    page = open_page("mo", f"/en/moderation/proposal/{waiting[0]}", script=False)
    page.locator("summary", has_text="Return to the author").click()
    page.get_by_label("We begrijpen nog niet").check()
    page.get_by_role("button", name="Return to the author").click()
    assert f"/moderation/proposal/{waiting[1]}" in page.url
    let_time_pass()
    assert states(app)[0] is State.RETURNED


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.long)])
def test_the_page_of_one_item(open_page: OpenPage, waiting: list[str], width: int) -> None:
    for kind, place in (("proposal", 0), ("comment", 3)):
        page = open_page(
            "mo", f"/nl/moderation/{kind}/{waiting[place]}", width=width, bypass_csp=True
        )
        for summary in page.locator(".consult-panes__decide details summary").all():
            summary.click()
        assert not axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_words_that_are_chosen_in_the_text_go_with_a_key(app: Flask, open_page: OpenPage) -> None:
    """And what a machine marked goes with a space: then the rest is published."""
    with app.test_request_context():
        said = "Zij woont naast de molen, en haar adres is z.zeldenrijk@voorbeeld.nl."
        public_id = make_proposal("open", State.PENDING, problem=said).public_id
        db.session.remove()
    page = open_page("mo", f"/en/moderation/proposal/{public_id}")
    keys = Keyboard(page)
    page.evaluate(CHOOSE, "naast de molen")
    keys.press("l")
    assert page.locator("#redact-words").input_value() == "naast de molen"
    keys.press("Space", "Control+Enter")
    page.locator(".consult-held").wait_for()
    text = page.locator(".consult-panes__text").inner_text()
    assert "Zij woont [weggelaten: naam], en haar adres is [weggelaten: e-mailadres]." in text
    assert axe(page) == []
    page.get_by_role("button", name="Read what was left out").click()
    page.get_by_text("z.zeldenrijk@voorbeeld.nl").first.wait_for()
    assert axe(page) == []
    page.goto(page.url.replace("/left-out", ""))
    keys.press("p")
    page.wait_for_url("**/moderation")
    assert keys.strokes == 4
