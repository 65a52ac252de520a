"""Amounts are read in the notation of the reader's language, and never guessed at."""

import time

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from consult.foundation.core.money import MoneyField, read_money, write_money
from consult.foundation.core.numbers import Unreadable

pytestmark = pytest.mark.one_engine


class Sample(Form):
    amount = MoneyField("Amount")
    whole = MoneyField("Amount", whole=True)


DUTCH = [
    ("25000", 25_000_00),
    ("25.000", 25_000_00),
    ("25.000,50", 25_000_50),
    ("25.000,5", 25_000_50),
    ("0,07", 7),
    ("€ 25.000,-", 25_000_00),
    ("€\u00a025.000,--", 25_000_00),
    ("25 000", 25_000_00),
    ("1\u202f250\u202f000", 1_250_000_00),
    ("12,50 euro", 12_50),
    ("EUR 900", 900_00),
    ("\u200b25.000\u200e", 25_000_00),
    ("0", 0),
    ("10.000.000.000", 10_000_000_000_00),
    ("25".rjust(40), 25_00),
    ("", None),
    ("  ", None),
    ("\u200b\u3164", None),
]
ENGLISH = [
    ("25,000.50", 25_000_50),
    ("25.50", 25_50),
    ("25,000", 25_000_00),
    ("€ 25,000.-", 25_000_00),
    ("1 000 000", 1_000_000_00),
]
NOT_DUTCH = [
    "25.50", "25,000.50", "1.00.000", "1000.000", "2.5000", ",50", "25,", "25,505", "25.000 000",
]  # fmt: skip
NOT_ENGLISH = ["25,50", "25.000,50", "25.000", "1,00,000", "25.505"]
NOWHERE = [
    "veel", "1e3", "1_0", "9e300000",
    "NaN", "Infinity", "-5", "+5", "--1", "0x10", "\u0663", "\uff12\uff15", "²",
    "½", "1\x000", "10.000.000.001", "9" * 5_000, " " * 5_000, "25".rjust(41), "$ 25",
    "25\n26", "€", "25 000 00",
]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "typed", "cents"),
    [*(("nl", *one) for one in DUTCH), *(("en", *one) for one in ENGLISH)],
)
def test_an_amount_is_read_as_the_page_writes_it(
    app: Flask, language: str, typed: str, cents: int | None
) -> None:
    with app.test_request_context(f"/{language}/"):
        assert read_money(typed) == cents


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        *(("nl", one) for one in NOT_DUTCH),
        *(("en", one) for one in NOT_ENGLISH),
        *((language, one) for language in ("nl", "en") for one in NOWHERE),
    ],
)
def test_what_could_mean_something_else_is_asked_again_and_kept(
    app: Flask, language: str, typed: str
) -> None:
    with app.test_request_context(f"/{language}/"):
        before = time.process_time()
        form = Sample(MultiDict({"amount": typed}))
        assert not form.validate()
        assert time.process_time() - before < 0.5
        assert len(form.amount.errors) == 1
        assert form.amount.data is None
        assert form.amount.typed == typed


@pytest.mark.parametrize(("language", "example"), [("nl", "25.000,50"), ("en", "25,000.50")])
def test_the_sentence_gives_an_example_in_the_notation_of_the_page(
    app: Flask, language: str, example: str
) -> None:
    with app.test_request_context(f"/{language}/"):
        with pytest.raises(Unreadable) as refused:
            read_money("a lot")
        assert example in str(refused.value)


def test_whole_euros_take_no_cents(app: Flask) -> None:
    with app.test_request_context("/nl/"):
        assert read_money("25.000,00", whole=True) == 25_000_00
        with pytest.raises(Unreadable):
            read_money("25.000,50", whole=True)


@pytest.mark.parametrize("cents", [0, 7, 99, 100, 25_000_00, 25_000_50, 10_000_000_000_00])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_the_form_shows_it_reads_back(app: Flask, language: str, cents: int) -> None:
    with app.test_request_context(f"/{language}/"):
        assert read_money(write_money(cents)) == cents
        assert Sample(data={"amount": cents}).amount.typed == write_money(cents)
