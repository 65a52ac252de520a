"""Whole numbers: a length first, ten digits, the reader's notation, and bounds with a sentence."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from consult.foundation.core.forms import Filled
from consult.foundation.core.numbers import NumberField, key_of_row, plain_number

pytestmark = pytest.mark.one_engine


class Sample(Form):
    people = NumberField("People", least=1, most=20_000, validators=[Filled()])
    guests = NumberField("Guests", least=0, most=20_000)


@pytest.mark.parametrize(
    ("language", "typed", "read"),
    [
        ("nl", "12.500", 12_500),
        ("en", "12,500", 12_500),
        ("en", " 7 ", 7),
        ("nl", "12 500", 12_500),
        ("nl", "7".rjust(40), 7),
    ],
)
def test_a_number_is_read_as_the_page_writes_it(
    app: Flask, language: str, typed: str, read: int
) -> None:
    with app.test_request_context(f"/{language}/"):
        form = Sample(MultiDict({"people": typed}))
        assert form.validate()
        assert form.people.data == read
        assert form.guests.data is None
        shown = Sample(data={"people": 12_500}).people()
    assert {"nl": "12.500", "en": "12,500"}[language] in shown


@pytest.mark.parametrize(
    "typed",
    [
        "0", "20.001", "1,5", "1e3", "1_0", "-1", "+1", "\u0663", "\uff13",
        "²", "Ⅷ", "0x1", "1.0", "NaN",
        "9" * 5_000, "1" + " " * 5_000, "7".rjust(41), "1\x002",
    ],
)  # fmt: skip
def test_any_other_number_is_asked_again_and_kept(app: Flask, typed: str) -> None:
    with app.test_request_context("/nl/"):
        form = Sample(MultiDict({"people": typed}))
        assert not form.validate()
        assert [str(one) for one in form.people.errors] == [
            "Schrijf een heel getal van 1 tot en met 20.000."
        ]
        assert 'value="' in form.people()
        assert form.people._value() == typed


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "\u00a0\u2060"])
def test_nothing_is_nothing(app: Flask, typed: str) -> None:
    with app.test_request_context("/nl/"):
        form = Sample(MultiDict({"people": typed, "guests": typed}))
        assert not form.validate()
        assert len(form.people.errors) == 1
        assert not form.guests.errors


@pytest.mark.parametrize(
    "sent",
    [None, "", " 1", "1 ", "-1", "+1", "1_0", "\u0663", "1e3", "2147483648", "9" * 5_000, 5, []],
)
def test_a_key_that_we_did_not_write_is_none(sent: object) -> None:
    assert plain_number(sent) is None
    if sent != 5:
        with pytest.raises(ValueError):  # noqa: PT011
            key_of_row(sent)


def test_a_key_that_we_wrote_is_read() -> None:
    assert plain_number("2147483648") is None
    assert plain_number("2147483647") == key_of_row("2147483647") == 2_147_483_647
    assert plain_number("7") == key_of_row("7") == key_of_row(7) == 7
