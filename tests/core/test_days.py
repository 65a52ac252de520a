"""Days and moments are read strictly, within reason, and what was typed is kept."""

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from markupsafe import escape
from werkzeug.datastructures import MultiDict
from wtforms import Form

from consult.foundation.core.days import (
    ClockField,
    DayField,
    LocalMomentField,
    read_day,
    read_local_moment,
    read_time,
)

pytestmark = pytest.mark.one_engine


class Sample(Form):
    day = DayField("Day")
    at = ClockField("Time")
    moment = LocalMomentField("Moment")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("23-11-2026", date(2026, 11, 23)),
        ("3-1-2026", date(2026, 1, 3)),
        (" 2026-11-23\u200b", date(2026, 11, 23)),
        ("1900-01-01", date(1900, 1, 1)),
        ("2099-12-31", date(2099, 12, 31)),
        ("2028-02-29", date(2028, 2, 29)),
        ("\u2060", None),
    ],
)
def test_a_day_is_read(typed: str, day: date | None) -> None:
    assert read_day(typed) == day


@pytest.mark.parametrize(
    "typed",
    [
        "0001-01-01", "1899-12-31", "2100-01-01", "9999-12-31", "20262-11-23", "206-01-01",
        "2026-02-30", "2026-13-01", "2026-W48-1", "20261123", "2026-327", "11/23/2026",
        "today",
        "2026-11-23T10:00", "\u0662\u0660\u0662\u0666-11-23",
        "-2026-11-23", "2026-1-5", "2026-11-23" + "0" * 5_000,
        " " * 5_000, "0000-00-00",
    ],
)  # fmt: skip
def test_any_other_day_is_asked_again_and_kept(app: Flask, typed: str) -> None:
    with app.test_request_context("/en/"):
        form = Sample(MultiDict({"day": typed}))
        assert not form.validate()
        assert len(form.day.errors) == 1
        assert f'value="{escape(typed)}"' in form.day()


def test_a_time_is_read() -> None:
    assert read_time("09:30") == read_time("9.30") == read_time("09:30:00") == time(9, 30)


@pytest.mark.parametrize(
    "typed", ["24:00", "12:60", "9", "0930", "\u0660\u0669:30", "09:30:15", "9:3", "9" * 99]
)
def test_any_other_time_is_asked_again(app: Flask, typed: str) -> None:
    with app.test_request_context("/en/"):
        assert not Sample(MultiDict({"at": typed})).validate()


def test_a_moment_is_read_by_the_clock_on_the_wall(app: Flask) -> None:
    assert read_local_moment("2026-11-23T22:10") == datetime(2026, 11, 23, 22, 10)  # noqa: DTZ001
    with app.test_request_context("/en/"):
        form = Sample(MultiDict({"moment": "2026-11-23 22:10"}))
        assert form.validate()
        assert form.moment.moment == datetime(2026, 11, 23, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    ["2026-03-29T02:30", "0001-01-01T00:00", "9999-12-31T23:59", "2026-11-23", "2026-11-23T12:00Z"],
)
def test_any_other_moment_is_asked_again(app: Flask, typed: str) -> None:
    with app.test_request_context("/en/"):
        form = Sample(MultiDict({"moment": typed}))
        assert not form.validate()
        assert len(form.moment.errors) == 1
