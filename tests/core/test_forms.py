"""Amounts are read as people type them."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from consult.core.forms import WholeEuros


class Sample(Form):
    amount = WholeEuros("Amount")


@pytest.mark.parametrize(
    ("typed", "read"),
    [("25000", 25_000), ("25.000", 25_000), ("€ 900.000", 900_000), ("1 000", 1_000), ("", None)],
)
def test_whole_euros(app: Flask, typed: str, read: int | None) -> None:
    with app.test_request_context():
        form = Sample(MultiDict({"amount": typed}))
        assert form.validate()
        assert form.amount.data == read


@pytest.mark.parametrize("typed", ["veel", "25,50", "1e9", "--1"])
def test_what_is_no_whole_amount_is_asked_again(app: Flask, typed: str) -> None:
    with app.test_request_context("/en/"):
        form = Sample(MultiDict({"amount": typed}))
        assert not form.validate()
        assert form.amount.errors
