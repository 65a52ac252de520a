"""Both databases find the same things: by stem, in Dutch and in English, without accents."""

import pytest

from consult.core.db import db
from consult.core.search import found_ids, index_text
from consult.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("app")

TEXTS = {
    1: ("Vergunningen sneller verlenen door coöperaties", "nl"),
    2: ("Open data about procurement contracts", "en"),
    3: ("De gemeenteraad vergadert openbaar", "nl"),
}


@pytest.fixture(autouse=True)
def _indexed() -> None:
    with unit_of_work():
        for id_, (text, language) in TEXTS.items():
            index_text("proposal", id_, text, language)


def found(query: str) -> set[int]:
    statement = found_ids("proposal", query)
    assert statement is not None
    return set(db.session.scalars(statement))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("vergunning", {1}),
        ("VERGUNNINGEN verlenen", {1}),
        ("cooperatie", {1}),
        ("contract", {2}),
        ("contracts procurement", {2}),
        ("vergunning contract", set()),
        ("gemeenteraad", {3}),
        ("niets", set()),
    ],
)
def test_words_are_found_by_their_stem(query: str, ids: set[int]) -> None:
    assert found(query) == ids


@pytest.mark.parametrize(
    "query", ["'", '"', "a' OR 1=1 --", "NEAR(", "a AND", "!!! & |", "*", "\x00"]
)
def test_no_sign_breaks_the_query(query: str) -> None:
    statement = found_ids("proposal", query)
    if statement is not None:
        db.session.scalars(statement).all()


def test_a_query_without_words_looks_for_nothing() -> None:
    assert found_ids("proposal", " !? ") is None


def test_a_changed_text_is_found_by_its_new_words_only() -> None:
    with unit_of_work():
        index_text("proposal", 1, "Waterschappen", "nl")
    assert found("vergunning") == set()
    assert found("waterschap") == {1}


def test_other_kinds_are_not_found() -> None:
    statement = found_ids("comment", "vergunning")
    assert statement is not None
    assert not db.session.scalars(statement).all()
