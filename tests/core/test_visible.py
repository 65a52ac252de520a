"""One idea of what says nothing."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from consult.core.forms import line, prose
from consult.core.text import clean_line, clean_text
from consult.core.visible import says_nothing, without_unseen_edges

NOTHING = [
    "", " ", "\t\n", "\u00a0", "\u00ad\u00ad", "\u034f", "\u0301", "\u061c", "\u115f", "\u17b4",
    "\u180e", "\u2003", "\u200b", "\u200d", "\u200e\u200f", "\u2060", "\u2800", "\u3000", "\u3164",
    "\ufe0f", "\ufeff", "\uffa0", "\U000e0041", "\U0001d159", "\x00", "\x85", "\ue000", "\ufffe",
    "\u202e\u202c", "\u0e31", " \u200b\u0301\u3164 ",
]  # fmt: skip
SOMETHING = ["a", "7", "!", "€", "計", "خ", "🌱", "e\u0301", "\u200bx", "ก็", "-"]


@pytest.mark.parametrize("text", NOTHING)
def test_what_nobody_can_see_says_nothing(app: Flask, text: str) -> None:
    class Sample(Form):
        title = line("Title")
        text = prose("Text")

    assert says_nothing(text)
    assert clean_line(text) == clean_text(text) == ""
    with app.test_request_context("/en/"):
        form = Sample(MultiDict({"title": text, "text": text}))
        assert not form.validate()
        assert form.title.errors == form.text.errors == ["Fill this in."]


@pytest.mark.parametrize("text", SOMETHING)
def test_what_can_be_seen_says_something(text: str) -> None:
    assert not says_nothing(text)
    assert clean_line(text)


def test_what_copying_adds_at_the_ends_is_taken_off() -> None:
    assert without_unseen_edges("\ufeff\u00a0pia@consult.example\u200b \u200e") == (
        "pia@consult.example"
    )
    assert without_unseen_edges("\u2060\u00ad") == ""
