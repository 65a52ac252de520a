"""A mark stands at the piece it is about, whatever the Markdown makes of the text around it."""

import pytest
from flask import Flask

from consult.foundation.marks.rendering import line_with_marks, marks_in, with_marks


@pytest.fixture(autouse=True)
def _language(app: Flask) -> object:
    with app.test_request_context("/en/"):
        yield


def html(text: str) -> str:
    """A text as a page shows it, with its marks."""
    return str(with_marks(text, marks_in(text, "nl"))).strip()


def test_a_mark_says_in_words_what_it_is_about() -> None:
    assert html("Bel 06-12345678.") == (
        '<p>Bel <mark class="consult-suspected">06-12345678'
        '<span class="consult-suspected__kind"> [telephone number]</span></mark>.</p>'
    )


def test_a_mark_runs_through_emphasis_and_leaves_addresses_as_they_are() -> None:
    assert html("Bel 06-**1234**5678") == (
        '<p>Bel <mark class="consult-suspected">06-</mark><strong><mark class="consult-suspected">'
        '1234</mark></strong><mark class="consult-suspected">5678'
        '<span class="consult-suspected__kind"> [telephone number]</span></mark></p>'
    )
    linked = html("Zie [hier](https://voorbeeld.nl/?aan=jan@voorbeeld.nl) en <script>")
    assert 'href="https://voorbeeld.nl/?aan=jan@voorbeeld.nl"' in linked
    assert "<script>" not in linked


def test_a_text_without_marks_and_one_with_our_own_signs_stay_whole() -> None:
    assert html("Niets *bijzonders*.") == "<p>Niets <em>bijzonders</em>.</p>"
    assert "\ufdd0" not in html("\ufdd0Bel 06-12345678\ufdef")


def test_a_line_is_text_and_no_html() -> None:
    line = line_with_marks("<b> van jan@voorbeeld.nl", marks_in("<b> van jan@voorbeeld.nl", "nl"))
    assert line.startswith("<span>&lt;b&gt; van <mark")
    assert "jan@voorbeeld.nl<span" in line
