"""A moderator clears the queue with the keyboard alone, and without JavaScript too."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
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


def wait_for_item(page: Any, public_id: str) -> None:
    """Wait until the next item is at hand: it gets the focus a moment after its page is there."""
    page.wait_for_url(f"**/moderation#item-{public_id}")
    page.wait_for_selector(f"#item-{public_id}:focus")


def test_the_keyboard_alone(app: Flask, open_page: OpenPage, waiting: list[str]) -> None:
    page = open_page("mo", "/en/moderation")
    page.keyboard.press("j")
    page.keyboard.press("p")
    wait_for_item(page, waiting[1])
    # The next one is at hand at once: r unfolds its form, and the first field is next.
    page.keyboard.press("r")
    page.keyboard.press("Tab")
    page.keyboard.type("Please add a reason.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for_item(page, waiting[2])
    page.keyboard.press("h")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("It names somebody.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for_item(page, waiting[3])
    assert states(app) == [State.PUBLISHED, State.RETURNED, State.HIDDEN]


def test_without_javascript(app: Flask, open_page: OpenPage, waiting: list[str]) -> None:
    page = open_page("mo", f"/en/moderation/proposal/{waiting[0]}", script=False)
    page.locator("summary", has_text="Return to the author").click()
    page.get_by_label("A sentence that fits").select_option("unclear")
    page.get_by_role("button", name="Return to the author").click()
    assert f"/moderation/proposal/{waiting[1]}" in page.url
    assert states(app)[0] is State.RETURNED


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.long)])
def test_the_page_of_one_item(open_page: OpenPage, waiting: list[str], width: int) -> None:
    for kind, place in (("proposal", 0), ("comment", 3)):
        page = open_page(
            "mo", f"/nl/moderation/{kind}/{waiting[place]}", width=width, bypass_csp=True
        )
        for summary in page.locator("aside details summary").all():
            summary.click()
        assert not axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
