"""Both databases find the same things: by stem, in Dutch and in English, without accents."""

import pytest

from consult.foundation.analysis.marking import excerpt_of, marked
from consult.foundation.analysis.stems import fold, index_terms
from consult.foundation.core.db import db
from consult.foundation.core.search import (
    MOST_COUNTED,
    MOST_WORDS,
    count_hits,
    fault_in,
    found_ids,
    index_text,
)
from consult.foundation.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("app")

TEXTS = {
    1: ("Vergunningen sneller verlenen door coöperaties", "nl"),
    2: ("Open data about procurement contracts", "en"),
    3: ("De gemeenteraad vergadert openbaar", "nl"),
    4: ("Vergunningverlening: de omgevingsvergunningaanvraag per e-mail", "nl"),
    5: ("Free wi-fi in 's-Gravenhage, foto's en 25.000 euro voor B.V. De Zon", "nl-BE"),
    6: ("Søren, Łódź, Đorđe, Ærø, Straße, cœur, \u0131\u015f\u0131k", "da"),
    7: ("Het woon\u00adruimte\u200bbeleid staat in een PDF\ufeff-bestand", "nl"),
    8: ("Volem habitatge digne per als jóvenes", "ca"),
    9: ("Les politiques d\u2019éducation et l'e\u2011mail", "fr"),
}


@pytest.fixture(autouse=True)
def _indexed() -> None:
    with unit_of_work():
        for id_, (text, language) in TEXTS.items():
            index_text("proposal", id_, text, language)


def found(query: str) -> set[int]:
    return set(db.session.scalars(found_ids("proposal", query)))


def found_by(*queries: str) -> dict[str, set[int]]:
    return {query: found(query) for query in queries}


def test_words_are_found_by_their_stem() -> None:
    wanted: dict[str, set[int]] = {
        "VERGUNNINGEN sneller": {1},
        "cooperatie": {1},
        "contract": {2},
        "contracts procurement": {2},
        "vergunning contract": set(),
        "gemeenteraad": {3},
        "niets": set(),
    }
    assert found_by(*wanted) == wanted


def test_a_stem_that_is_another_word_finds_nothing() -> None:
    assert "op" not in index_terms("Open", "nl"), "Bel mensen op"
    assert "open" in index_terms("opening openen", "nl") or "open" in index_terms("Open", "nl")


def test_a_word_is_found_inside_a_longer_one() -> None:
    wanted = {
        "vergunning": {1, 4},
        "vergunningen": {1, 4},
        "aanvraag": {4},
        "omgeving": {4},
        "gemeente": {3},
        "ruimte": {7},
        "beleid": {7},
        "vergunningverleningen": {4},
    }
    assert found_by(*wanted) == wanted


def test_a_bit_of_a_word_does_not_flood() -> None:
    for query in ("aan", "een", "ing", "raad", "ning", "ergun"):
        assert len(found(query)) <= 2, query


def test_one_word_or_two_is_the_same() -> None:
    queries = ("email", "e-mail", "E\u2011mails", "e\u00admail")
    assert found_by(*queries) == {query: {4, 9} for query in queries}


def test_signs_inside_words_do_not_matter() -> None:
    queries: tuple[str, ...] = (
        "wifi",
        "wi-fi",
        "WiFi",
        "'s-Gravenhage",
        "\u2019s Gravenhage",
        "gravenhage",
    )
    queries = (
        *queries,
        "foto's",
        "fotos",
        "foto",
        "foto`s",
        "25000",
        "25.000",
        "25,000",
        "B.V.",
        "bv",
    )
    assert found_by(*queries) == {query: {5} for query in queries}


def test_letters_of_other_alphabets_are_spelt_out() -> None:
    queries: tuple[str, ...] = (
        "soren",
        "Søren",
        "lodz",
        "Łódź",
        "dorde",
        "aero",
        "strasse",
        "STRASSE",
        "coeur",
    )
    queries = (*queries, "isik")
    assert found_by(*queries) == {query: {6} for query in queries}


def test_invisible_signs_do_not_split_a_word() -> None:
    queries = ("woonruimtebeleid", "woon\u2060ruimtebeleid", "pdf-bestand", "pdfbestand")
    assert found_by(*queries) == {query: {7} for query in queries}


def test_a_word_of_another_language_is_found_as_it_stands() -> None:
    wanted = {"habitatge": {8}, "jóvenes": {8}, "jovenes": {8}, "education": {9}}
    assert found_by(*wanted) == wanted


def test_no_sign_breaks_the_query() -> None:
    queries = ["'", '"', "a' OR 1=1 --", "NEAR(", "a AND", "!!! & |", "*", "\x00", "contract*"]
    queries += ['"contract', "contract:*", "^contract -x", "NOT contract OR", "%", "_", "con%"]
    queries += ["words:contract", "{a b}", "contract\\", "' | '", "()", "\u4e2d\u6587", "x0"]
    queries += ["1e5 2.3.4", "a.b.c-d'e", "\ud800", "-contract", "a" * 5000, "a-" * 500]
    for query in queries:
        assert found(query) <= set(TEXTS), query


def test_signs_are_no_wildcards() -> None:
    assert found("c%t") == set()
    assert found("contract_") == found("%contract%") == {2}


def test_a_query_of_signs_finds_nothing_and_says_so() -> None:
    for query in (" !? ", "%", "\u00ad\u200b", "🙂", "--"):
        assert found(query) == set()
        assert "geen letter of cijfer" in str(fault_in(query))


def test_a_query_has_a_length() -> None:
    assert fault_in("data " * MOST_WORDS) is None
    assert found("data " * MOST_WORDS) == {2}
    assert "10.000" in str(fault_in("data " * 10_000))
    assert found("data " * 10_000) == set()


def test_a_changed_text_is_found_by_its_new_words_only() -> None:
    with unit_of_work():
        index_text("proposal", 1, "Waterschappen", "nl")
    assert found("vergunning") == {4}
    assert found("waterschap") == {1}


def test_a_text_that_names_another_kind_is_not_found_there() -> None:
    with unit_of_work():
        index_text("proposal", 77, "x1comment geheimzinnig", "nl")
    assert 77 in found("geheimzinnig")
    assert not db.session.scalars(found_ids("comment", "geheimzinnig")).all()


def test_other_kinds_are_not_found() -> None:
    assert not db.session.scalars(found_ids("comment", "vergunning")).all()


def test_folding_keeps_other_writing() -> None:
    assert fold("ΕΛΛΆΔΑ") == "ελλαδα"
    assert index_terms("中文", "zh") == ["中文", "文"]


def test_texts_are_found_by_their_own_words_in_every_language() -> None:
    texts = {
        21: ("城市需要更多的树木和公园", "zh"),
        22: ("نريد المزيد من الأشجار والحدائق في المدينة", "ar"),
        23: ("Şehirde daha fazla ağaç ve IŞIK istiyoruz", "tr"),
        24: ("もっと木を植えてください", "ja"),
        25: ("Мы хотим больше деревьев во дворах", "ru"),
        26: ("Volem habitatges dignes als barris", "ca"),
        27: ("Wir wollen mehr Bäume in den Straßen", "de"),
        28: ("AI技術を使う", "ja"),
    }
    with unit_of_work():
        for id_, (text, language) in texts.items():
            index_text("proposal", id_, text, language)
    wanted = {
        "树木": {21}, "城市": {21}, "公园": {21}, "树": {21}, "木": {21, 24}, "市需要": {21},
        "火车": set(), "城园": set(),
        "الأشجار": {22}, "أشجار": {22}, "المدينة": {22},
        "ağaç": {23}, "agac": {23}, "\u0131\u015f\u0131k": {6, 23}, "şehirde": {23},
        "植えて": {24}, "деревьев": {25}, "дворах": {25}, "двор": {25},
        "habitatge": {8, 26}, "habitatges": {8, 26}, "barri": {26},
        "Baum": {27}, "Bäume": {27}, "strasse": {6, 27}, "straßen": {6, 27},
        "AI": {28}, "技術": {28}, "ai技術": {28},
    }  # fmt: skip
    assert found_by(*wanted) == wanted


@pytest.mark.parametrize(
    ("text", "query", "found_words"),
    [
        ("De omgevingsvergunningen van de gemeente.", "vergunning", ["omgevingsvergunningen"]),
        ("Per e-mail of E-mails", "email", ["e-mail", "E-mails"]),
        ("Open data over contracten", "contract data", ["data", "contracten"]),
        ("Coöperaties in de wijk", "cooperatie", ["Coöperaties"]),
        ("Niets daarvan", "vergunning", []),
        ("<b>data</b>", "data", ["data"]),
        ("data", "", []),
    ],
)
def test_the_words_that_were_found_are_marked(
    text: str, query: str, found_words: list[str]
) -> None:
    parts = marked(text, "nl", query)
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.found] == found_words


def test_an_excerpt_stands_around_the_first_word_found() -> None:
    text = "Inleiding. " * 40 + "Hier gaat het over vergunningen. " + "Slot. " * 40
    parts = excerpt_of(text, "nl", "vergunning", 180)
    shown = "".join(part.text for part in parts)
    assert "vergunningen" in shown
    assert len(shown) <= 185
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "".join(one.text for one in excerpt_of("Kort.", "nl", "niets", 180)) == "Kort."


def test_hits_are_counted_to_a_thousand() -> None:
    with unit_of_work():
        for id_ in range(100, 100 + MOST_COUNTED):
            index_text("proposal", id_, "Zeldzaamheid", "nl")
    exact = count_hits(found_ids("proposal", "zeldzaamheid"))
    assert (exact.number, exact.is_exact, str(exact)) == (1000, True, "1.000")
    with unit_of_work():
        index_text("proposal", 5000, "Zeldzaamheid", "nl")
    more = count_hits(found_ids("proposal", "zeldzaamheid"))
    assert not more.is_exact
    assert str(more) == "meer dan 1.000"
    assert count_hits(found_ids("proposal", "niets")).number == 0
