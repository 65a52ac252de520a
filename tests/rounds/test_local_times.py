"""Dates are typed as the clock in the Netherlands shows them, and stored as moments."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from consult.consultation.rounds.dates import is_short_notice
from consult.foundation.core.calendar import NoSuchTime, local_day, local_time, moment_of
from consult.foundation.core.templating import exact_moment

SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 11, 23), time(22, 10), datetime(2026, 11, 23, 21, 10, tzinfo=UTC)),
        (date(2026, 7, 1), time(22, 10), datetime(2026, 7, 1, 20, 10, tzinfo=UTC)),
        (SPRING, time(1, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (SPRING, time(3, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (date(2026, 12, 31), time(23, 59), datetime(2026, 12, 31, 22, 59, tzinfo=UTC)),
        (date(2028, 2, 29), time(0, 0), datetime(2028, 2, 28, 23, 0, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_a_moment(day: date, at: time, utc: datetime) -> None:
    assert moment_of(day, at) == utc
    assert moment_of(day, at, later=True) == utc


@pytest.mark.parametrize("at", [time(2, 0), time(2, 30), time(2, 59)])
def test_the_hour_that_is_skipped_does_not_exist(at: time) -> None:
    for later in (False, True):
        with pytest.raises(NoSuchTime):
            moment_of(SPRING, at, later=later)


def test_the_hour_that_is_repeated_is_the_first_or_the_second() -> None:
    first = moment_of(AUTUMN, time(2, 30))
    second = moment_of(AUTUMN, time(2, 30), later=True)
    assert second - first == timedelta(hours=1)
    assert local_time(first) == local_time(second) == datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001


def test_a_moment_is_shown_with_its_offset(app: Flask) -> None:
    with app.test_request_context("/nl/"):
        assert exact_moment(moment_of(AUTUMN, time(2, 30))).endswith("02:30 (+02:00)")
        assert exact_moment(moment_of(AUTUMN, time(2, 30), later=True)).endswith("02:30 (+01:00)")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001
def test_every_moment_comes_back_from_what_the_clock_shows(naive: datetime) -> None:
    at = naive.replace(second=0, microsecond=0, tzinfo=UTC)
    shown = local_time(at)
    assert at in {
        moment_of(shown.date(), shown.time(), later=False),
        moment_of(shown.date(), shown.time(), later=True),
    }
    assert local_day(at) == shown.date()


def test_fourteen_days_are_days_of_the_calendar() -> None:
    """From noon to noon is 14 days, though the night of summer time takes an hour away."""
    announced = moment_of(date(2027, 3, 20), time(12, 0))
    assert not is_short_notice(moment_of(date(2027, 4, 3), time(12, 0)), announced)
    assert is_short_notice(moment_of(date(2027, 4, 3), time(11, 59)), announced)
