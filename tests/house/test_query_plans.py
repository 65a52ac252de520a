"""What a page reads does not grow with the platform: no statement of it goes through a round.

Every page about rounds is looked at twice, and in between the rounds become three times as full. A
statement that then reads more than before reads what it does not show.
"""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from tests.conftest import ENGINE
from tests.large_rounds import Where, fill_rounds, pages_about_rounds
from tests.query_plans import Read, watched

pytestmark = pytest.mark.both_engines
FIRST, MORE = 150, 300
"""So many proposals come to each of two rounds, and then so many again."""
LARGE = 5_000
"""From so many on PostgreSQL goes as it does in large tables."""
TOLERATED = 60
"""Rows that a statement may read more: the trees of indexes grow, and pages fill."""
MOST_ROWS = 1_000
"""Rows that a statement of a page may go past, however many there are."""
MOST_SEARCHED = 4_000
"""The same of a search: it looks at 240 rows, or counts hits, each with what it is joined with."""
MOST_BYTES = 200 * 1024
COUNTS = (
    ("GROUP BY proposal.theme_id", "counted from the index alone, for the shares of the themes"),
    ("GROUP BY proposal.body_id", "the shares of the bodies, on the page of a summary"),
    ("GROUP BY proposal.sector", "the shares of the sectors, there too"),
    ("GROUP BY response.outcome", "how far the answers are, on the desk"),
    ("GROUP BY decision.verb", "counted from the index alone, for the log of a round"),
    ("response.id IS NULL", "PostgreSQL reads the responses of a round to see what has none"),
)
"""Statements that go through one round, and why: they hand over a few numbers."""


def named(read: Read) -> bool:
    """Whether a statement is one of those that count a round."""
    said = " ".join(read.text.split())
    return any(part in said for part, _why in COUNTS)


def read_on(app: Flask, browse: Any, where: list[Where], *, small: bool) -> dict[Any, list[Read]]:
    """Look at every page, and return what its statements read."""
    found: dict[Any, list[Read]] = {}
    for who, path in where:
        reader = browse(who)
        with watched(app, like_large=small) as reads:
            answer = reader.get(path)
        assert len(answer.data) <= MOST_BYTES, f"{who} {path}: {len(answer.data)} bytes"
        found[who, path] = reads.found
    return found


def check_growth(app: Flask, browse: Any, now: datetime, first: int, more: int) -> None:
    where = pages_about_rounds(app, now)
    with app.app_context():
        fill_rounds(first, now)
    before = read_on(app, browse, where, small=True)
    with app.app_context():
        fill_rounds(more, now)
    after = read_on(app, browse, where, small=more < LARGE)
    wrong = []
    for (who, path), reads in after.items():
        known: dict[str, int] = {}
        for one in before[who, path]:
            known[one.text] = max(one.rows, known.get(one.text, 0))
        for one in reads:
            if more < LARGE and ENGINE == "postgresql" and "search_" in one.text:
                continue  # it goes through a small table of words or vectors, whatever is said
            grown = one.rows - known.get(one.text, one.rows)
            most = MOST_ROWS
            narrowed = "theme=" in path  # the hits of a word are gone past until enough are of it
            if "?q=" in path and (ENGINE == "postgresql" or "LIKE" in one.text or narrowed):
                grown, most = 0, MOST_SEARCHED
            if (grown > TOLERATED or one.rows > most) and not named(one):
                wrong.append(f"{who or 'anybody'} at {path}: {grown} rows more, {one}")
    assert not wrong, "\n\n".join(wrong)


def bound(monkeypatch: pytest.MonkeyPatch, **bounds: int) -> None:
    """Let so few hits be counted, and so few rows be looked at, that a search shows its bounds."""
    for name, most in bounds.items():
        monkeypatch.setattr(f"consult.foundation.core.search.{name}", most)


def test_what_a_page_reads_does_not_grow(
    app: Flask, browse: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound(monkeypatch, MOST_COUNTED=50, NEAR=50)
    check_growth(app, browse, now, FIRST, MORE)


@pytest.mark.long
def test_what_a_page_reads_at_twenty_thousand(
    app: Flask, browse: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each round holds ten thousand proposals in the end, and all comments together 100,000."""
    bound(monkeypatch, MOST_COUNTED=50)
    check_growth(app, browse, now, 2_000, 8_000)
