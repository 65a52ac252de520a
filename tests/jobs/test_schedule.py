"""Work that comes back: once in its period, at its hour, whoever is first and however long away."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

import pytest
from flask import Flask

from consult.foundation.jobs import schedule, services
from consult.foundation.jobs.schedule import Interval, ask_due, repeat
from consult.foundation.jobs.services import run_all
from tests.conftest import Clock
from tests.statements import counted


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The periods in which the daily and the hourly work of this test was done."""
    told: list[str] = []
    monkeypatch.setattr(services, "_handlers", {})
    monkeypatch.setattr(schedule, "_repeats", {})

    def handler(payload: Mapping[str, Any], _now: datetime) -> None:
        told.append(payload["period"])

    repeat("daily", handler, Interval.DAY, time(7, 30))
    repeat("hourly", handler, Interval.HOUR)
    return told


def worked(at: datetime, asked: set[str] | None = None) -> None:
    ask_due(at, set() if asked is None else asked)
    run_all(at)


def test_a_day_of_work_is_done_once_at_its_hour(app: Flask, clock: Clock, done: list[str]) -> None:
    assert app
    clock.time = datetime(2026, 11, 24, 6, 29, tzinfo=UTC)  # 07:29 in Amsterdam
    worked(clock())
    assert [period for period in done if "T" not in period] == []
    worked(clock.forward(minutes=1))
    worked(clock.forward(hours=5))
    assert [period for period in done if "T" not in period] == ["2026-11-24"]
    worked(clock.forward(days=1))
    assert [period for period in done if "T" not in period] == ["2026-11-24", "2026-11-25"]


def test_two_workers_do_it_once(app: Flask, now: datetime, done: list[str]) -> None:
    assert app
    first: set[str] = set()
    second: set[str] = set()
    for _ in range(3):
        worked(now, first)
        worked(now, second)
    assert sorted(done) == ["2026-11-23", "2026-11-23T12"]


def test_a_worker_that_asked_does_not_look_again(
    app: Flask, now: datetime, done: list[str]
) -> None:
    asked: set[str] = set()
    worked(now, asked)
    with counted(app) as statements:
        ask_due(now, asked)
    assert statements.number == 0
    assert len(done) == 2


def test_days_on_which_nobody_worked_are_not_made_up_for(
    app: Flask, clock: Clock, done: list[str]
) -> None:
    assert app
    worked(clock())
    worked(clock.forward(days=9))
    assert [period for period in done if "T" not in period] == ["2026-11-23", "2026-12-02"]


@pytest.mark.parametrize("day", [(2026, 3, 29), (2026, 10, 25)])
def test_on_the_days_the_clock_changes_each_hour_and_day_is_done_once(
    app: Flask, clock: Clock, done: list[str], day: tuple[int, int, int]
) -> None:
    assert app
    clock.time = datetime(*day, 0, 0, tzinfo=UTC)
    for _ in range(24):
        worked(clock())
        clock.forward(hours=1)
    assert len([period for period in done if "T" not in period]) == 1
    assert len({period for period in done if "T" in period}) == 24
    assert len(done) == 25
