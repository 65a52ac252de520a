"""People who never heard of Markdown are read as they meant it, the same on page and paper."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.core.markdown import addresses_in
from consult.core.text import clean_text, excerpt, lines, markdown, plain
from consult.publishing.documents.prose import (
    Block,
    Code,
    Heading,
    Items,
    Paragraph,
    Quote,
    Table,
    parse_prose,
)


def html(source: str) -> str:
    return str(markdown(source))


def hrefs(source: str) -> list[str]:
    return [line.split('"')[0] for line in html(source).split('href="')[1:]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\u2028", "  \n"])
def test_the_end_of_a_line_is_kept(end: str) -> None:
    assert html(clean_text(f"Straat 1{end}1234 AB Utrecht")) == (
        "<p>Straat 1<br>\n1234 AB Utrecht</p>\n"
    )
    assert plain(f"Straat 1{end}1234 AB Utrecht") == "Straat 1 1234 AB Utrecht"


@pytest.mark.parametrize("blanks", ["    ", "\t", "\t\t", "\u00a0" * 6, " " * 20])
def test_pasted_indentation_is_no_code(blanks: str) -> None:
    found = html(f"{blanks}Geachte heer,\n{blanks}ik vraag u het volgende.\n\n{blanks}Groet")
    assert "<code" not in found
    assert "Geachte heer,<br>" in found


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("Zie https://example.org/a_b_c?x=1.", "https://example.org/a_b_c?x=1"),
        ("(HTTP://example.org/a(b))", "HTTP://example.org/a(b)"),
        ("Zie www.gemeente.example.nl, daar.", "http://www.gemeente.example.nl"),
        ("Mail naar jan.de-vries@example.org!", "mailto:jan.de-vries@example.org"),
        ("> geciteerd: https://example.org/", "https://example.org/"),
        ("[1]: https://example.org/bron", "https://example.org/bron"),
        ("![kaart](https://example.org/k.png)", "https://example.org/k.png"),
    ],
)
def test_a_bare_address_is_a_link(typed: str, leads_to: str) -> None:
    assert hrefs(typed) == [leads_to]
    assert 'rel="nofollow noopener ugc"' in html(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "Dit is klaar.De rest volgt.",
        "`https://example.org` is een adres",
        "```\nwww.example.org\n```",
        "Artikel 5.1.Nu",
        "ftp://example.org",
        "@naam en #12 en 10.000",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_is_no_link(typed: str) -> None:
    assert hrefs(typed) == []


def test_the_same_address_is_found_in_a_plain_text() -> None:
    found = addresses_in("Zie www.example.org of mail a@example.org.")
    assert [address for *_, address in found] == ["http://www.example.org", "mailto:a@example.org"]


@pytest.mark.parametrize(
    "sign", ["•", "\u2013 ", "- ", "* ", "+ ", "•\t", "\uf0b7\t", "  ▪ ", "· "]
)
def test_what_people_put_before_items_makes_a_list(sign: str) -> None:
    found = html(f"Ik wil:\n{sign}rust\n{sign}ruimte")
    assert found.count("<li>") == 2
    assert plain(f"Ik wil:\n{sign}rust\n{sign}ruimte") == "Ik wil: rust ruimte"


def test_numbers_stay_as_they_were_typed() -> None:
    assert html("1) een\n2) twee").count("<li>") == 2
    assert '<ol start="7">' in html("3. drie\n7. zeven")
    assert html("1. a\n1. b\n1. c").count("<ol") == 1
    assert [block.start for block in parse_prose("3. drie\n7. zeven") if isinstance(block, Items)] \
        == [3, 7]  # fmt: skip


def test_a_list_ends_before_a_year() -> None:
    found = html("1. een\n3. drie\n\n2023. was een druk jaar\n\n- a\n\n1986. ook")
    assert "<p>2023. was een druk jaar</p>" in found
    assert "<p>1986. ook</p>" in found


@pytest.mark.parametrize(
    "typed",
    [
        "2023. was a year",
        "1986. A great year\n1991. Another one",
        "5 * 3 = 15 en 5*3*2 = 30",
        "het veld _snake_case_naam_ en een_twee_drie",
        "foto`s en auto`s",
        "~weg~ en <hoek> en R&D en #12 en #12.3",
        "\\\\server\\map\\bestand",
        "> 18 jaar mag stemmen",
        ">= 3 jaar",
        "bedrag* en datum*",
        "#",
        "~~~~~~~~",
        "====",
        "f*ck",
        "[ ] taak",
        "C:\\map\\nieuw",
    ],
)
def test_signs_that_are_no_marks_stay(typed: str) -> None:
    assert plain(typed) == " ".join(typed.split())
    blocks = parse_prose(typed)
    assert all(isinstance(block, Paragraph) for block in blocks)
    spans = [span for block in blocks if isinstance(block, Paragraph) for span in block.spans]
    assert "".join(span.text for span in spans) == typed
    assert not any(span.emphasis or span.strong or span.code for span in spans)


def test_who_does_know_markdown_gets_it() -> None:
    found = html("# Kop\n\n**vet** _schuin_ `code` [weg](https://example.org)\n\n> citaat\n\n---")
    for tag in ("<h3>", "<strong>", "<em>", "<code>", "<a ", "<blockquote>", "<hr>"):
        assert tag in found


@pytest.mark.parametrize("source", ["# Een", "## Twee", "Een\n===", "Twee\n---", "> # Een"])
def test_a_heading_never_breaks_the_outline_of_the_page(source: str) -> None:
    assert "<h1" not in html(source)
    assert "<h2" not in html(source)


def test_a_row_of_dashes_makes_no_heading() -> None:
    assert html("Met groet\n-----\nJan") == "<p>Met groet</p>\n<hr>\n<p>Jan</p>\n"


def test_a_mail_that_was_pasted_is_a_quotation() -> None:
    assert html("> eerste regel\n> tweede regel").startswith(
        "<blockquote>\n<p>eerste regel<br>\ntweede regel"
    )


def test_wide_boxes_are_reached_by_the_keyboard() -> None:
    assert '<pre tabindex="0">' in html("```\n" + "x" * 900 + "\n```")
    assert '<table tabindex="0">' in html("| a | b |\n|---|---|\n| 1 | 2 |")


class _Shape(HTMLParser):
    """The words of a page and its breaks, lists and links, as a document tells them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"br", "li", "blockquote", "pre", "table", "h3", "h4", "h5", "h6"}:
            self.found.append("h" if tag.startswith("h") else tag)

    def handle_data(self, data: str) -> None:
        self.found += data.split()


def _of_page(source: str) -> list[str]:
    shape = _Shape()
    shape.feed(html(source))
    return shape.found


def _of_document(blocks: tuple[Block, ...]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        match block:
            case Paragraph() | Heading():
                found += ["h"] * isinstance(block, Heading)
                for span in block.spans:
                    found += ["br"] if span.text == "\n" else span.text.split()
            case Code():
                found += ["pre", *block.text.split()]
            case Quote():
                found += ["blockquote", *_of_document(block.blocks)]
            case Items():
                for item in block.items:
                    found += ["li", *_of_document(item)]
            case Table():
                found += ["table"]
    return found


WHAT_PEOPLE_PASTE = st.lists(
    st.sampled_from(
        ["• een", "\u2013 twee", "1. drie", "2023. jaar", "4) vier", "> citaat", "   ingesprongen",
         "\tmet tab", "https://example.org/x", "a@example.org", "# kop", "5 * 3", "_a_b_", "",
         "```", "foto`s", "- vijf", "[a](https://b.example)", "> 18 jaar", "\u00a0• zes", "regel"]
    ),
    max_size=12,
)  # fmt: skip


@given(WHAT_PEOPLE_PASTE)
@settings(max_examples=120, deadline=None)
def test_page_and_document_tell_the_same(lines: list[str]) -> None:
    source = "\n".join(lines)
    assert _of_page(source) == _of_document(parse_prose(source))


@given(WHAT_PEOPLE_PASTE)
@settings(max_examples=60, deadline=None)
def test_no_word_gets_lost(lines: list[str]) -> None:
    text = plain("\n".join(lines))
    for word in ("een", "twee", "drie", "jaar", "vier", "citaat", "ingesprongen", "vijf", "regel"):
        assert text.split().count(word) == sum(line.split()[-1:] == [word] for line in lines)


def test_an_excerpt_has_no_marks_and_no_line_ends() -> None:
    assert excerpt("• rust\n• ruimte\n\nhttps://example.org") == "rust ruimte https://example.org"


def test_a_reason_keeps_its_lines_and_leads_to_addresses() -> None:
    assert str(lines("Zie <dit>:\nhttps://example.org/a?b&c.\n\n* geen lijst")) == (
        'Zie &lt;dit&gt;:<br>\n<a href="https://example.org/a?b&amp;c" rel="nofollow noopener '
        'ugc">https://example.org/a?b&amp;c</a>.<br>\n<br>\n* geen lijst'
    )
    assert str(lines("javascript:alert(1) <b onclick=x>")) == (
        "javascript:alert(1) &lt;b onclick=x&gt;"
    )
    assert str(lines("")) == ""
