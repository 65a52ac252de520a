"""Ten thousand proposals and 100,000 comments: what each page weighs, and how long it takes.

Nothing here is held to a time: the figures are noted, and stand in docs/measurements.md.
"""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from tests.browser.conftest import OpenPage
from tests.conftest import Note
from tests.large_rounds import fill_rounds, pages_about_rounds

pytestmark = [pytest.mark.browser, pytest.mark.long]
PROPOSALS, MOST_COMMENTS = 10_000, 10
"""In each of two rounds: together they have 100,000 comments."""
MOST_KIB = 200
SLOWEST = 8
MEASURED = """() => {
  const [one] = performance.getEntriesByType("navigation")
  return [one.responseEnd - one.requestStart, one.domContentLoadedEventEnd, one.decodedBodySize]
}"""


def test_every_page_about_a_large_round(
    app: Flask, open_page: OpenPage, now: datetime, note: Note
) -> None:
    where = pages_about_rounds(app, now)
    with app.app_context():
        fill_rounds(PROPOSALS, now, most=MOST_COMMENTS)
    found: list[tuple[float, str]] = []
    heavy: list[str] = []
    looking: dict[str | None, Any] = {}
    for who, path in where:
        if who not in looking:
            looking[who] = open_page(who, "/nl/")
        page = looking[who]
        times = []
        for _ in range(3):
            page.goto(page.url.partition("/nl")[0] + path)
            answer, shown, size = page.evaluate(MEASURED)
            times.append((answer, shown))
        answer, shown = sorted(times)[1]
        line = (
            f"{who or 'anybody'} {path}: {answer:.0f} ms, shown {shown:.0f}, {size / 1024:.0f} KiB"
        )
        found.append((answer, line))
        if size > MOST_KIB * 1024:
            heavy.append(line)
    for _answer, line in sorted(found, reverse=True)[:SLOWEST]:
        note(line)
    assert not heavy, "\n".join(heavy)
