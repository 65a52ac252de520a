"""How pages are composed: text in the first screen of a phone, and no page with an empty half."""

import io
from typing import Any

import numpy as np
import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page

from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.outcomes.commitments.models import Commitment
from tests.browser.conftest import OpenPage
from tests.browser.pages import CLOSED, EMPTY, FULL, OPEN, PLAN
from tests.browser.test_axe import full, of  # noqa: F401  (a fixture)
from tests.factories import find_round
from tests.samples import some_of

pytestmark = pytest.mark.browser

WIDE, LOW, PHONE, FIRST_SCREEN = 1440, 400, 360, 740
MOST_EMPTY = 1 / 3
RHYTHM = 96
"""So many pixels of white are a line and the largest space of the design (4.5 rem): no hole."""
DIFFERS = 24
LONG_TITLE = ("Laat iedere inwoner zien welke gegevens van hem zijn bekeken en waarom " * 3)[:200]
FIRST_LINE = """() => {
    const text = document.querySelector(".consult-content :is(p, li, textarea, dd)");
    const range = document.createRange();
    range.selectNodeContents(text);
    const line = text.matches("textarea") ? text : range.getClientRects()[0];
    const box = line.getBoundingClientRect ? line.getBoundingClientRect() : line;
    return Math.min(box.bottom, box.top + 24);
}"""
SAMPLE = 4


def emptiness(page: Page) -> float:
    """Return what part of a page's height has nothing drawn right of the middle."""
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    right = np.asarray(shot).astype(int)[:, shot.width // 2 :, :]
    drawn = (np.abs(right - right[:, :1, :]).sum(axis=2) > DIFFERS).any(axis=1)
    holes = run = 0
    for something in [*drawn, True]:
        if not something:
            run += 1
            continue
        holes += run if run > RHYTHM else 0
        run = 0
    return holes / shot.height


def hollow(open_page: OpenPage, paths: list[str], language: str) -> list[str]:
    page = open_page(None, f"/{language}/", width=WIDE)
    page.set_viewport_size({"width": WIDE, "height": LOW})
    base = page.url.removesuffix("/")
    found = []
    for path in paths:
        page.goto(base + path)
        if not page.locator(".consult-page--account, .consult-page--error").count():
            part = emptiness(page)
            if part > MOST_EMPTY:
                found.append(f"{path}: {part:.0%} of its height is empty to the right")
    return found


def test_some_pages_use_their_width(open_page: OpenPage, full: Any) -> None:  # noqa: F811
    found = hollow(open_page, some_of(of(full, None), SAMPLE, "width"), "nl")
    assert not found, "\n".join(found)


@pytest.mark.long
@pytest.mark.parametrize("language", ["nl", "en"])
def test_full_pages_use_their_width(
    open_page: OpenPage,
    full: Any,  # noqa: F811
    language: str,
) -> None:
    found = hollow(open_page, of(full, None), language)
    assert not found, "\n".join(found)


@pytest.mark.long
@pytest.mark.parametrize("language", ["nl", "en"])
def test_empty_pages_use_their_width(open_page: OpenPage, language: str) -> None:
    found = hollow(open_page, EMPTY[None], language)
    assert not found, "\n".join(found)


def test_a_phone_shows_the_first_line_below_the_longest_title(
    app: Flask,
    open_page: OpenPage,
    full: Any,  # noqa: F811
) -> None:
    with app.app_context(), unit_of_work():
        for one in db.session.query(Proposal):
            one.title = LONG_TITLE
        for promise in db.session.query(Commitment):
            promise.title = {"nl": LONG_TITLE, "en": LONG_TITLE}
        find_round("open").title = {"nl": LONG_TITLE}
    looks: list[tuple[str | None, str]] = [
        (None, f"{CLOSED}/proposals/1"),
        (None, f"{PLAN}/commitments/1"),
    ]
    looks += [("pia", f"{OPEN}/proposals/1"), ("ana", f"{OPEN}/proposals/1")]
    looks += [(who, path) for who, path in full if path.startswith("/comments/")]
    assert FULL
    for who, path in looks:
        page = open_page(who, f"/nl{path}", width=PHONE)
        page.set_viewport_size({"width": PHONE, "height": FIRST_SCREEN})
        assert page.evaluate(FIRST_LINE) <= FIRST_SCREEN, (who, path)
