"""People's text becomes HTML that cannot run anything, and nothing they meant is lost."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.foundation.core.text import clean_line, clean_text, excerpt, markdown, plain


class Tags(HTMLParser):
    """Collects what a browser would make of some HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "![x](https://evil.example/x.png)",
        '<img src=x onerror="alert(1)">',
        "<svg onload=alert(1)>",
        "[x](data:text/html,<script>alert(1)</script>)",
        '<a href="x" style="position:fixed">x</a>',
        "<iframe src=//evil.example>",
    ],
)
def test_an_attack_becomes_plain_text(attack: str) -> None:
    reader = Tags()
    reader.feed(str(markdown(attack)))
    assert set(reader.tags) <= {"p", "a", "strong", "em"}
    assert all(name in {"href", "rel"} for name, _value in reader.attributes)
    assert not any(
        (value or "").startswith(("javascript", "data")) for _, value in reader.attributes
    )


@pytest.mark.parametrize(
    "address", ["ftp://host/x", "tel:112", "ms-word:ofe|u|https://evil.example", "intent://x"]
)
def test_a_link_leads_to_the_web_or_to_a_mailbox_only(address: str) -> None:
    """Other schemes open a program of the reader's device: no text of a stranger starts one."""
    reader = Tags()
    reader.feed(str(markdown(f"[x]({address})")))
    assert not any(name == "href" for name, _value in reader.attributes)


def test_an_excerpt_is_text_that_the_template_escapes() -> None:
    assert not hasattr(excerpt("<b>x</b>"), "__html__")


def test_markdown_keeps_what_people_mean() -> None:
    html = str(markdown("# Kop\n\n- een\n- twee\n\n**vet** en [link](https://example.org)"))
    assert "<h3>Kop</h3>" in html
    assert "<li>een</li>" in html
    assert "<strong>vet</strong>" in html
    assert 'href="https://example.org"' in html
    assert "nofollow" in html


@settings(deadline=None)
@given(st.text(max_size=400))
def test_no_text_opens_a_tag_that_is_not_allowed(text: str) -> None:
    html = str(markdown(text)).lower()
    assert "<script" not in html
    assert "<style" not in html
    assert "<form" not in html


@settings(deadline=None)
@given(st.text(max_size=400), st.integers(20, 200))
def test_an_excerpt_is_never_longer_than_asked(text: str, length: int) -> None:
    assert len(excerpt(text, length)) <= length + 1


def test_an_excerpt_is_cut_at_a_word() -> None:
    assert excerpt("een twee drie vier vijf", 12) == "een twee…"


def test_plain_drops_the_marks_and_keeps_the_words() -> None:
    assert plain("# Kop\n\nEen **vet** woord & een `code`.") == "Kop Een vet woord & een code."


def test_control_and_direction_marks_are_taken_out() -> None:
    assert clean_line("a\x00b\u202ec \n d") == "abc d"
    assert clean_text("regel\r\nregel\x07") == "regel\nregel"
