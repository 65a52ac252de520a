"""What a page weighs: the bytes over the wire for who comes for the first time, and the next."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from consult.consultation.comments.models import ContributionState
from consult.foundation.core.unit_of_work import unit_of_work
from tests.browser.conftest import OpenPage
from tests.browser.pages import CLOSED, OPEN, PLAN
from tests.browser.test_axe import full  # noqa: F401  (a fixture)
from tests.conftest import Note
from tests.factories import make_proposal

pytestmark = pytest.mark.browser
KIB = 1024
FIRST_VISIT, SECOND_PAGE = 150, 20
"""KiB, with the headers of each answer."""
NOTHING_KEPT = "/static/img/mark.svg"
SECOND = CLOSED
VISITS = [
    (None, "/"),
    (None, PLAN),
    (None, OPEN),
    (None, f"{CLOSED}/proposals/1"),
    ("pia", f"{OPEN}/proposals/new"),
]


class Scales:
    """Weighs what the browser of one reader fetches; it keeps what it fetched, as browsers do."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.base = page.url.removesuffix(NOTHING_KEPT)
        self.names: dict[str, str] = {}
        self.fetched: list[tuple[float, str]] = []
        listening = page.context.new_cdp_session(page)
        listening.send("Network.enable")
        listening.on("Network.requestWillBeSent", self._begin)
        listening.on("Network.loadingFinished", self._finish)

    def _begin(self, said: Any) -> None:
        self.names[said["requestId"]] = urlsplit(said["request"]["url"]).path

    def _finish(self, said: Any) -> None:
        if size := said["encodedDataLength"]:
            self.fetched.append((size / KIB, self.names[said["requestId"]]))

    def weigh(self, path: str) -> tuple[float, str]:
        """Open a page and return how many KiB came over the wire, and which."""
        self.fetched.clear()
        self.page.goto(f"{self.base}/nl{path}", wait_until="networkidle")
        self.page.evaluate("document.fonts.ready.then(() => true)")
        whole = sum(size for size, _ in self.fetched)
        each = ", ".join(f"{name} {size:.1f}" for size, name in sorted(self.fetched, reverse=True))
        return whole, f"{path}: {whole:.0f} KiB in {len(self.fetched)} files ({each})"


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(("who", "path"), VISITS)
def test_a_first_visit_and_a_second_page(
    open_page: OpenPage, who: str | None, path: str, note: Note
) -> None:
    """Where it is too much: were the files laid (`make assets`) since they changed?"""
    scales = Scales(open_page(who, NOTHING_KEPT))
    first, said = scales.weigh(path)
    note(f"first visit, {said}")
    assert first <= FIRST_VISIT, said
    second, said = scales.weigh(SECOND)
    note(f"second page, {said}")
    assert second <= SECOND_PAGE, said


def test_a_letter_that_few_names_need_fetches_few_letters(
    app: Flask, open_page: OpenPage, note: Note
) -> None:
    with app.app_context(), unit_of_work():
        number = make_proposal(
            "open",
            ContributionState.PUBLISHED,
            title="Een lēzing in Győr",
            problem="Van Șerban.",
        ).number
    first, said = Scales(open_page(None, NOTHING_KEPT)).weigh(f"{OPEN}/proposals/{number}")
    note(f"first visit, {said}")
    assert first <= FIRST_VISIT, said
    assert "newsreader-europe" in said
    assert "source-sans-europe" in said
    assert "latin-ext" not in said
