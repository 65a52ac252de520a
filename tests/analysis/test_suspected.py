"""Possible personal data in a text: found as people write it, and nothing else marked."""

import csv
from itertools import pairwise
from pathlib import Path

import pytest

from consult.foundation.analysis.suspected.detection import suspected_in
from consult.foundation.analysis.suspected.spans import MOST_SUSPECTED, Suspected, SuspectedKind
from tests.analysis.planted import clean, missed

ENOUGH = 95
"""Of a hundred invented texts per kind and language, in so many it must be found."""


def pieces(text: str, language: str = "nl") -> list[tuple[str, str]]:
    """What is marked in a text, each with its kind."""
    return [(one.kind.value, text[one.start : one.end]) for one in suspected_in(text, language)]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", SuspectedKind)
def test_what_is_planted_is_found(kind: SuspectedKind, language: str) -> None:
    not_found = [(one.text, one.piece) for one in missed(kind, language)]
    assert len(not_found) <= 100 - ENOUGH, not_found


def test_texts_without_anything_personal_are_hardly_marked() -> None:
    texts = [(text, language) for language in ("nl", "en") for text in clean(language)]
    assert len(texts) == 500
    marked = [(text, pieces(text, language)) for text, language in texts if pieces(text, language)]
    assert len(marked) <= len(texts) * 5 // 100, marked


@pytest.mark.parametrize(
    "text",
    [
        "Minister Jansen en staatssecretaris drs. A. van Huffelen waren er.",
        "Kamerlid mevrouw Leijten stelde vragen, net als de heer Omtzigt (NSC).",
        "De motie van de heer De Boer is aangenomen.",
        "Geachte heer/mevrouw,\n\nHierbij mijn voorstel.",
        "De Dr. Schaepmanlaan wordt heringericht.",
        "Namens Stichting Open Nederland, info@opennederland.nl, KvK 12345678.",
        "NL123456782B01 is een btw-nummer, RSIN 123456782 een ander.",
        "Postbus 20011, 2500 EA Den Haag",
        "Bel 0800-1351 of 14 070.",
        "€ 123.456.782 in 2024-2027, artikel 3.1, zaaknummer 2023-0000123456",
        "52.370216, 4.895168",
        "https://voorbeeld.nl/0612345678",
    ],
)
def test_what_is_no_personal_data_is_not_marked(text: str) -> None:
    assert pieces(text) == []


def test_what_a_person_would_not_see_hides_nothing() -> None:
    text = "Bel **06\u200b-1234\u00ad5678** of \uff10\uff16\uff0d12345678, jan&#64;voorbeeld.nl."
    assert pieces(text) == [
        ("telephone", "06\u200b-1234\u00ad5678"),
        ("telephone", "\uff10\uff16\uff0d12345678"),
        ("email", "jan&#64;voorbeeld.nl"),
    ]


def test_a_number_must_pass_its_test_unless_it_says_what_it_is() -> None:
    assert pieces("111222333 en 111222334") == [("citizen_number", "111222333")]
    assert pieces("BSN: 111222334") == [("citizen_number", "111222334")]
    assert pieces("NL91ABNA0417164300 en NL92ABNA0417164300") == [
        ("bank_account", "NL91ABNA0417164300")
    ]


def test_each_piece_is_marked_once() -> None:
    text = "Mevrouw Jansen (BSN 111222333, 06-12345678), Kerkstraat 1, 1234 AB Delft. " * 20
    marks = suspected_in(text, "nl")
    assert len(marks) == 80
    assert all(one.end <= other.start for one, other in pairwise(marks))
    assert Suspected(0, 3, SuspectedKind.NAME).overlaps(Suspected(2, 4, SuspectedKind.EMAIL))


@pytest.mark.parametrize(
    "sign",
    ["1", "0 ", "1.", "+31 6 ", "a@", "mw. Aa ", "geboren op ", "A.", "1234 AB 1 ", "\u200b"],
)
def test_a_text_made_to_keep_the_machine_busy_is_read_to_its_end(sign: str) -> None:
    found = suspected_in(sign * (20_000 // len(sign)) + "\n\nMijn BSN is 111222333.", "nl")
    assert len(found) <= MOST_SUSPECTED
    assert len(found) == MOST_SUSPECTED or found[-1].kind is SuspectedKind.CITIZEN_NUMBER


def test_real_texts_are_hardly_marked(real_data: Path) -> None:
    """Statements of real conversations, and sentences in Dutch that describe a picture."""
    texts: set[str] = set()
    with (real_data / "sick-nl" / "sick-nl-train-trial.tsv").open() as lines:
        texts.update(row[1] for row in csv.reader(lines, delimiter="\t"))
    for file in (real_data / "polis").rglob("comments.csv"):
        with file.open() as lines:
            texts.update(row["comment-body"] for row in csv.DictReader(lines))
    assert len(texts) > 3_000
    marked = [pieces(text) for text in texts if pieces(text)]
    assert len(marked) <= len(texts) // 100, marked
