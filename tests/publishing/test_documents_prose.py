"""Markdown becomes a small tree, and letters that no document may hold fall away."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.interfaces.publishing.documents.letters import (
    _SHOWN,
    MISSING,
    clean_line,
    clean_prose,
    shown,
)
from consult.interfaces.publishing.documents.prose import (
    Code,
    Heading,
    Items,
    Paragraph,
    Quote,
    Span,
    Table,
    parse_prose,
    safe_address,
)
from tests.publishing.document_samples import PROSE


def spans(source: str) -> tuple[Span, ...]:
    (block,) = parse_prose(source)
    assert isinstance(block, Paragraph)
    return block.spans


def test_the_kinds_of_blocks() -> None:
    kinds = [type(block) for block in parse_prose(PROSE)]
    assert kinds == [Paragraph, Heading, Items, Items, Quote, Code, Table, Paragraph]


def test_emphasis_and_links() -> None:
    assert spans("a *b **c*** [d](https://e.example/f)") == (
        Span("a "),
        Span("b ", emphasis=True),
        Span("c", emphasis=True, strong=True),
        Span(" "),
        Span("d", href="https://e.example/f"),
    )


def test_raw_html_is_text() -> None:
    assert spans('<b onclick="x()">a</b>') == (Span('<b onclick="x()">a</b>'),)


def test_a_picture_is_its_words_and_leads_to_it() -> None:
    address = "https://a.example/b.png"
    assert spans(f"![a *map*]({address})") == (Span("a map", href=address),)


def test_the_end_of_a_line_is_kept() -> None:
    assert spans("a  \nb\nc") == (Span("a"), Span("\n"), Span("b"), Span("\n"), Span("c"))


def test_lists_in_lists_and_their_first_number() -> None:
    bullets, numbers = parse_prose("- a\n\n  1. b\n  2. c\n\n4. d")
    assert isinstance(bullets, Items)
    assert isinstance(numbers, Items)
    assert bullets.start is None
    assert numbers.start == 4
    inner = bullets.items[0][1]
    assert isinstance(inner, Items)
    assert inner.start == 1
    assert len(inner.items) == 2


def test_a_table_is_filled_up_to_its_header() -> None:
    (table,) = parse_prose("| a | b |\n|---|---|\n| 1 |")
    assert table == Table(((Span("a"),), (Span("b"),)), (((Span("1"),), ()),))


def test_deep_nesting_loses_its_frame_and_keeps_its_words() -> None:
    (outer,) = parse_prose("> " * 14 + "deep")
    depth = 0
    while isinstance(outer, Quote):
        (outer,) = outer.blocks
        depth += 1
    assert depth == 5
    assert outer == Paragraph((Span("deep"),))


def test_what_passes_a_bound_stands_as_it_was_typed() -> None:
    typed = "> " * 30 + "deep"
    assert parse_prose(typed) == (Code(typed),)


@pytest.mark.parametrize("blank", ["", "   \n\n", "***", "&#8203;\n\n"])
def test_nothing_gives_nothing_to_trip_over(blank: str) -> None:
    assert all(isinstance(block, Paragraph) for block in parse_prose(blank))


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "/nl/plans",
        "data:text/html,x",
        "https://",
        "mailto:",
        "",
        None,
        "x" * 10,
        "http://[",
        "file:///etc/passwd",
    ],
)
def test_what_a_document_does_not_link_to(address: str | None) -> None:
    assert safe_address(address) is None


def test_an_address_is_written_in_ascii() -> None:
    assert safe_address(" https://één.example/a b ") == "https://xn--n-9faa.example/a%20b"


def test_what_xml_forbids_falls_away_and_text_stays() -> None:
    assert clean_prose("a\x00\x0b\x1b\ufffe\ud800\u202eb\n\tc") == "ab\n\tc"
    assert clean_line("  a\n\tb\u2028c  ") == "a b c"
    assert clean_line("x" * 400) == "x" * 299 + "…"


@given(st.text(st.characters(codec=None, exclude_categories=())))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    for block in parse_prose(text):
        for words in _texts(block):
            assert clean_prose(words) == words
            words.encode()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            yield from _texts(inner)
    elif value is not None and hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _texts(getattr(value, name))


def test_signs_without_a_letter_become_one_sign_for_each_run() -> None:
    assert shown("zo 中 文 👍🏽 ja") == f"zo {MISSING} ja"
    assert shown("Łódź → café €") == "Łódź → café €"
    assert shown("a العربية", plainest=True) == f"a {MISSING}"


def test_the_letters_of_the_pdf_show_every_block_that_we_trust() -> None:
    signs = [
        chr(code)
        for first, last in _SHOWN
        for code in range(first, last + 1)
        if unicodedata.category(chr(code)) not in {"Cn", "Cs", "Cc"}
    ]
    source = (
        '#set document(title: "x", date: none)\n'
        '#set text(lang: "en", font: ("Libertinus Serif", "New Computer Modern", '
        '"DejaVu Sans Mono"))\n'
        "#for sign in sys.inputs.signs.codepoints() [#sign #parbreak()]"
    )
    typst.compile(
        source.encode(),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        sys_inputs={"signs": "".join(signs)},
    )
