"""Who makes a slip of one letter is told what they may have meant; of hidden texts nothing."""

from datetime import datetime

import pytest
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.search import SearchEntry, found_ids, index_text
from consult.foundation.core.spelling import (
    SearchWord,
    forget_words,
    learn_words,
    suggestion,
)
from consult.foundation.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _learned(now: datetime) -> None:
    with unit_of_work():
        index_text("proposal", 1, "Omgevingsvergunningen sneller verlenen", "nl")
        index_text("proposal", 2, "Gemeenteraad en waterschap", "nl")
        index_text("proposal", 3, "Habitatge digne per als barris", "ca")
        index_text("proposal", 4, "Geheimzinnigheid", "nl")
    learn_words({}, now)


def finds(query: str) -> bool:
    """Whether a question finds something but what is hidden."""
    found = set(db.session.scalars(found_ids("proposal", query)))
    return bool(found - {4})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gemeenteraat", "gemeenteraad"),
        ("gemeenteaad", "gemeenteraad"),
        ("gemeenteraqad", "gemeenteraad"),
        ("gmeeenteraad", "gemeenteraad"),
        ("emeenteraad", "gemeenteraad"),
        ("gemeetneraad", "gemeenteraad"),
        ("xgemeenteraad", "gemeenteraad"),
        ("Waterscjap", "waterschap"),
        ("habitadge", "habitatge"),
        ("sneler verlenen", "sneller verlenen"),
        ("gemeenteraad watershap", "gemeenteraad waterschap"),
        ("gemneteraat", None),
        ("zzzzzzz", None),
        ("ab", None),
        ("geheimzinnigheit", None),
        ("", None),
    ],
)
def test_a_slip_of_one_letter_is_mended(typed: str, meant: str | None) -> None:
    assert not finds(typed)
    assert suggestion(typed, finds) == meant


def test_every_slip_in_every_place_is_mended() -> None:
    word = "waterschap"
    slips = {word[:at] + "q" + word[at + 1 :] for at in range(len(word))}
    slips |= {word[:at] + word[at + 1 :] for at in range(len(word) - 1)}
    slips |= {word[:at] + "q" + word[at:] for at in range(len(word))}
    slips |= {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    for typed in sorted(slips - {word}):
        assert finds(typed) or suggestion(typed, finds) == word, typed


def test_a_changed_text_is_learned_again_and_what_is_gone_forgotten(now: datetime) -> None:
    with unit_of_work():
        index_text("proposal", 2, "Stadsdeelkantoor", "nl")
    assert suggestion("stadsdeelkantor", finds) is None
    learn_words({}, now)
    assert suggestion("stadsdeelkantor", finds) == "stadsdeelkantoor"
    assert db.session.get(SearchWord, "gemeenteraad") is not None
    forget_words({}, now)
    db.session.expire_all()
    assert db.session.get(SearchWord, "gemeenteraad") is None
    assert db.session.get(SearchWord, "stadsdeelkantoor") is not None
    assert (
        db.session.scalars(select(SearchEntry.id).where(SearchEntry.learned_at.is_(None))).all()
        == []
    )
