"""Differences between texts, word by word."""

import random

from consult.foundation.analysis.word_differences import Difference, word_differences

WORDS = ("Alle", "besluiten", "open", ",", " ", " ", "\n", "é", "x")


def said(before: str, after: str) -> list[tuple[str, str]]:
    return [(part.change.value, part.text) for part in word_differences(before, after)]


def test_what_was_changed_reads_as_a_phrase() -> None:
    before = "Zet alle besluiten binnen een jaar online."
    after = "Zet alle besluiten binnen drie maanden online, met uitleg."
    assert said(before, after) == [
        ("kept", "Zet alle besluiten binnen "),
        ("removed", "een jaar"),
        ("added", "drie maanden"),
        ("kept", " online"),
        ("added", ", met uitleg"),
        ("kept", "."),
    ]


def test_what_is_the_same_is_kept() -> None:
    assert said("Eén zin.\nEn nog een.", "Eén zin.\nEn nog een.") == [
        ("kept", "Eén zin.\nEn nog een.")
    ]
    assert said("", "") == []
    assert said("", "Nieuw") == [("added", "Nieuw")]


def test_the_pieces_are_both_texts() -> None:
    draw = random.Random(14)
    for _ in range(500):
        before, after = ("".join(draw.choices(WORDS, k=draw.randrange(30))) for _ in "ab")
        parts = word_differences(before, after)
        assert "".join(p.text for p in parts if p.change is not Difference.ADDED) == before
        assert "".join(p.text for p in parts if p.change is not Difference.REMOVED) == after


def test_a_very_long_text_is_compared_line_by_line() -> None:
    lines = [f"Regel {number} met een paar woorden erin.\n" for number in range(2_000)]
    changed = [*lines[:1_000], "Een andere regel.\n", *lines[1_001:]]
    parts = word_differences("".join(lines), "".join(changed))
    assert [p.text for p in parts if p.change is Difference.ADDED] == ["Een andere regel."]
