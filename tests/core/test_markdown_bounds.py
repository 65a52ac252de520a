"""No text becomes much more than it is, or keeps the process busy, whatever its marks are."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup

from consult.foundation.analysis.stems import fold, query_terms
from consult.foundation.core import text
from consult.foundation.core.markdown import addresses_in
from consult.foundation.core.slugs import slug_of
from consult.foundation.core.text import (
    clean_line,
    clean_text,
    excerpt,
    is_too_elaborate,
    lines,
    markdown,
)
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.visible import without_unseen_edges
from consult.foundation.files.names import file_name
from consult.interfaces.publishing.documents.prose import parse_prose
from tests.factories import make_proposal

pytestmark = pytest.mark.one_engine

SIZE, FULL_SIZE = 3_000, 20_000


def filled(piece: str, size: int) -> str:
    return (piece * (size // len(piece) + 1))[:size]


def table(columns: int, row: str, size: int) -> str:
    head = "|".join("a" * columns)
    return f"{head}\n{'|'.join('-' * columns)}\n" + filled(row, size)


def hostile(size: int) -> dict[str, str]:
    """Texts of about a size that would become large or slow, by what is in them."""
    address = "https://example.org/" + "b" * (size // 2)
    return {
        "a table of which every row has one cell": table(128, "x\n", size),
        "a table wider than any screen": table(700, "y |\n", size),
        "small tables, one after the other": filled(
            "a|b|c|d|e|f|g|h\n-|-|-|-|-|-|-|-\nz\nz\nz\n\n", size
        ),
        "a table in a quotation": filled("> |a|b|c|d|\n> |-|-|-|-|\n> x\n> x\n", size),
        "one long address in many links": f"[a]: {address}\n\n" + filled("[a]", size // 2),
        "one long title in many links": f'[a]: x "{"c" * (size // 2)}"\n\n'
        + filled("[a] ", size // 2),
        "the same in pictures": f"[a]: {address}\n\n" + filled("![a]", size // 2),
        "addresses without a blank": filled("www.a|", size),
        "beginnings of addresses": filled("://", size),
        "addresses in brackets": filled("https://a.b/(", size),
        "addresses with blanks": filled("https://a.b ", size),
        "people without a host": filled("a@", size),
        "brackets": "[" * size,
        "pictures that are never closed": "![" * (size // 2),
        "brackets that close": "[" * (size // 2) + "]" * (size // 2),
        "links in links": filled("[a](", size),
        "links with half an address": filled("[a](<b", size),
        "links with half a title": filled('[a](b "c', size),
        "pictures in pictures": "![" * (size // 5) + "a" + "](b)" * (size // 5),
        "definitions": filled("[a]: b\n", size),
        "half definitions": filled("[a\n", size),
        "a definition that never ends": '[a]: b "c\n' + filled("d\n", size),
        "quotations within quotations": ">" * size + "a",
        "lines that belong to a deep quotation": ">" * 15 + "a\n" + filled("b\n", size),
        "lists within lists": "- " * (size // 2) + "a",
        "numbered lists within lists": "1. " * (size // 3) + "a",
        "a staircase of lists": "\n".join("  " * n + "- a" for n in range(140)),
        "empty items": filled("-\n", size),
        "quotations and lists by turns": filled("> - ", size),
        "emphasis": filled("*a **a ", size),
        "emphasis of one sign": filled("*_", size),
        "stars": "*" * size,
        "stars on both sides": "*" * (size // 3) + "a" + "_" * (size // 3) + "*" * (size // 3),
        "code marks of every length": "".join("e" + "`" * n for n in range(200)),
        "code marks": filled("`a``", size),
        "ampersands": "&" * size,
        "entities": filled("&quot;", size),
        "angle brackets": "<" * size,
        "half tags": filled('<a href="', size),
        "half addresses": filled("<http:", size),
        "addresses": filled("https://a.nl/ www.b.nl c@d.nl ", size),
        "an address without end": "https://" + filled("a.", size),
        "lines": filled("a\n", size),
        "lines that break": filled("a  \n", size),
        "headings": filled("# a\n", size),
        "underlined headings": filled("a\n=", size),
        "rules": filled("---\n", size),
        "fences": filled("- ```\n", size),
        "backslashes": "\\" * size,
        "tabs": filled("\t-\ta\n", size),
        "line ends": "\n" * size,
        "pipes": filled("|a\n", size),
    }


SECONDS = 1.0
"""Of the process itself; twenty thousand signs of prose take a few hundredths."""


@contextmanager
def soon(seconds: float = SECONDS) -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


def check(source: str) -> None:
    with soon():
        html = str(markdown(source))
    assert len(html) <= 4_000 + 11 * len(source)
    with soon():
        parse_prose(source)
    with soon():
        assert len(excerpt(source)) <= 161


HOSTILE = hostile(SIZE)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_stays_small_and_is_soon_read(name: str) -> None:
    check(HOSTILE[name])


@pytest.mark.long
@pytest.mark.parametrize("name", HOSTILE)
def test_the_longest_hostile_text_stays_small_and_is_soon_read(name: str) -> None:
    check(hostile(FULL_SIZE)[name])


def test_what_passes_a_bound_is_shown_as_it_was_typed() -> None:
    source = HOSTILE["a table of which every row has one cell"] + "<script>alert(1)</script>"
    assert is_too_elaborate(source)
    html = str(markdown(source))
    assert html.startswith("<p>a|a|a")
    assert "x<br>\nx" in html
    assert "&lt;script&gt;" in html
    assert "<table" not in html


def test_nesting_that_nobody_could_show_loses_no_word() -> None:
    assert "deep" in markdown("> " * 25 + "deep")
    assert "deep" in markdown("- " * 25 + "deep")


@pytest.mark.parametrize(
    "honest",
    [
        "\n".join(["| Naam | Nr. | Euro |", "|---|---|---|", *["| Den Haag | 12 | 9 |"] * 300]),
        "\n\n".join(["Een **belangrijk** punt met een [bron](https://example.org/a/b)."] * 250),
        "\n".join(f"- punt {n}\n  - met een onderdeel\n    - en daarvan" for n in range(300)),
        "Gewone zinnen over openheid, zonder enig teken. " * 400,
        "\n".join(["kort"] * 3000),
    ],
)  # fmt: skip
def test_an_honest_text_of_the_longest_kind_is_shown_as_meant(honest: str) -> None:
    assert not is_too_elaborate(honest)


def test_what_is_kept_of_rendered_texts_is_bounded_by_bytes() -> None:
    for number in range(20):
        text._kept[b"%d" % number] = Markup("a") * int(text._kept.maxsize // 10)
    before = text._kept.currsize
    for number in range(20):
        markdown(f"{number} " + "a" * 50_000)
        assert before // 2 < text._kept.currsize <= text._kept.maxsize


@pytest.mark.parametrize("tidy", [clean_line, clean_text, fold, query_terms, slug_of, file_name])
def test_marks_without_end_are_soon_in_order(tidy: Any) -> None:
    with soon():
        tidy("a" + "\u0345\u0327" * 30_000)


@pytest.mark.parametrize("find", [addresses_in, lines])
@pytest.mark.parametrize(
    "piece", ["www.a|", "://", "https://a.b/(", "https://a.b?", "a@", "www.a "]
)
def test_addresses_are_soon_found_in_a_plain_text(find: Any, piece: str) -> None:
    with soon():
        find(filled(piece, FULL_SIZE))


@pytest.mark.parametrize("text_", ["x" + " " * 200_000 + "!", "\u200b" * 200_000 + "x"])
def test_blanks_at_the_edges_are_soon_off(text_: str) -> None:
    with soon():
        assert without_unseen_edges(text_)[-1] in "!x"


def test_marks_that_anybody_writes_stay_as_they_are() -> None:
    assert clean_text("e\u0301" * 900) == "é" * 900
    assert clean_line("Cafe\u0301") == "Café"


def test_no_password_or_address_keeps_the_door_busy(app: Flask, client: FlaskClient) -> None:
    assert app
    marks = "a" + "\u0345\u0327" * 100_000
    for form in ({"email": "pia@consult.example", "password": marks}, {"email": marks + "@b.nl"}):
        with soon(2.0):
            assert client.post("/nl/login", data=form).status_code < 500


def test_a_text_that_cannot_be_shown_is_refused_and_kept(browse: Any) -> None:
    make_proposal("open")
    typed = table(60, "mijn rij\n", 3_000)
    answer = browse("lotte").post(
        "/nl/rounds/open/proposals/1/comments",
        data={"body": typed, "kind": "reaction", "language": "nl", "organisation_id": "0"},
    )
    assert answer.status_code == 422
    assert "tabelcellen" in answer.text
    assert "mijn rij" in answer.text


def test_a_stored_text_that_passes_a_bound_costs_its_page_little(browse: Any) -> None:
    proposal = make_proposal("open")
    with unit_of_work():
        proposal.action = HOSTILE["a table of which every row has one cell"]
        proposal.problem = HOSTILE["one long address in many links"]
    with soon(3.0):
        answer = browse().get("/nl/rounds/open/proposals/1")
    assert answer.status_code == 200
    assert len(answer.text) < 1_000_000
    assert not re.search(r"<table[^>]*>\s*<thead>\s*<tr>\s*<th>a", answer.text)


def patterns() -> dict[str, re.Pattern[str]]:
    """Every regular expression that stands by name in our own modules."""
    return {
        f"{module.__name__}.{name}": value
        for module in list(sys.modules.values())
        if module.__name__.startswith("consult.")
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
    }


@pytest.mark.parametrize("piece", ["a-", " ", "\n ", "#1.", "0", "\ufffd "])
def test_no_regular_expression_of_ours_runs_wild(app: Flask, piece: str) -> None:
    assert app
    found = patterns()
    assert len(found) > 15
    hostile = filled(piece, FULL_SIZE) + "!"
    for name, pattern in found.items():
        with soon(0.5):  # one that runs wild takes minutes
            assert pattern.search(hostile) is None or name
            assert pattern.fullmatch(hostile) is None or name
            pattern.sub("", hostile)
