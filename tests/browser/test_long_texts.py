"""A text that is wider than a phone stays in its own box, and never widens the page."""

import pytest
from flask import Flask
from playwright.sync_api import Page

from consult.consultation.comments.models import ContributionState
from consult.foundation.core.db import db
from tests.browser.conftest import OpenPage, axe
from tests.factories import make_comment, make_proposal

pytestmark = pytest.mark.browser

WIDE = "\n\n".join(
    (
        "https://example.org/" + "lang-adres/" * 30,
        "Een woord: " + "hottentotten" * 20,
        "```\n" + "kolom1;kolom2;" * 40 + "\n```",
        "`" + "code" * 60 + "`",
        "| " + " | ".join(f"kolom{n}" for n in range(20)) + " |\n" + "|---" * 20 + "|",
        "• " + "x" * 200 + "\n• www.example.org/" + "y" * 200,
        "> " + "citaat" * 40,
    )
)


LINE = "Titel" * 30


def wide(page: Page, path: str) -> int:
    """Return how much wider than the screen a page is, in CSS pixels."""
    page.goto(page.url.partition("/nl")[0] + path)
    found = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert isinstance(found, int)
    return found


def test_a_long_line_scrolls_in_its_own_box(app: Flask, open_page: OpenPage) -> None:
    with app.test_request_context():
        long = make_proposal("open", title=LINE, problem=WIDE, action=WIDE)
        make_comment(long, body=WIDE)
        make_proposal("open", ContributionState.PENDING, title=LINE, problem=WIDE)
        make_proposal("open", ContributionState.DRAFT, title=LINE, problem=WIDE)
        here = f"/nl/rounds/open/proposals/{long.number}"
        db.session.remove()
    page = open_page(None, here, width=320)
    code = page.locator(".consult-prose pre").first
    assert code.evaluate("box => box.scrollWidth > box.clientWidth && box.clientWidth < 320")
    code.focus()
    assert code.evaluate("box => document.activeElement === box")
    assert axe(page) == []
    found = {path: wide(page, path) for path in (here, "/nl/rounds/open/proposals")}
    for who, path in (("mo", "/nl/moderation"), ("pia", "/nl/home")):
        page = open_page(who, path, width=320)
        found[path] = wide(page, path)
    assert {path: by for path, by in found.items() if by > 0} == {}
