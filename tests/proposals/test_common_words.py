"""A word finds the same proposals in the same order, whether few hold it or nearly all."""

import random

import pytest

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.listing import (
    Order,
    ProposalFilter,
    count_found,
    list_proposals,
)
from consult.foundation.core.search import index_text
from consult.foundation.core.unit_of_work import unit_of_work
from tests.factories import find_round, make_proposal

pytestmark = pytest.mark.usefixtures("app")
WORDS = ("gemeente", "e-mail", "foto's", "omgevingsvergunning", "決定", "Straße", "water")
QUESTIONS = (*WORDS, "vergunning", "email", "strasse", "gemeenten water", "niets", "gemeente niets")
BOUNDS = "consult.foundation.core.search."


def walked(wanted: ProposalFilter) -> list[int]:
    """Return the numbers on all pages of a list, in order."""
    found: list[int] = []
    cursor = None
    while True:
        page = list_proposals(find_round("open").id, wanted, cursor, size=3)
        found += [one.number for one in page]
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_a_list_does_not_depend_on_how_common_a_word_is(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(2026)
    themes = [None, *(theme.id for theme in find_round("open").plan.themes)]
    for _ in range(40):
        title = " ".join(draw.sample(WORDS, draw.randint(1, 4)))
        state = draw.choice((State.PUBLISHED, State.PUBLISHED, State.PUBLISHED, State.HIDDEN))
        made = make_proposal(
            "open", state, title=title, support_count=draw.randint(0, 4),
            theme_id=draw.choice(themes),
        )  # fmt: skip
        with unit_of_work():
            index_text("proposal", made.id, title, "nl")
    asked = [
        ProposalFilter(query=query, order=order.value, theme=theme)
        for query in QUESTIONS
        for order in Order
        for theme in ("", str(themes[1]))
    ]
    few = {one: (walked(one), count_found(find_round("open").id, one).number) for one in asked}
    monkeypatch.setattr(BOUNDS + "MOST_COUNTED", 4)
    for near in (2, 9):
        monkeypatch.setattr(BOUNDS + "NEAR", near)
        for one, (numbers, many) in few.items():
            assert walked(one) == numbers, (one, near)
            assert count_found(find_round("open").id, one).number == min(many, 5)
    assert sum(bool(numbers) for numbers, _many in few.values()) > 80
