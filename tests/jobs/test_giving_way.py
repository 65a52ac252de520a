"""A worker gives way to the people who are answered by the same process."""

import time
from typing import Any

import pytest

from consult.foundation.jobs import giving_way
from consult.foundation.jobs.giving_way import LONGEST_REST, begin_work, give_way


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long a worker rested, each time that it did."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    monkeypatch.setattr(giving_way, "_piece", giving_way._Piece())
    return found


def test_it_rests_after_work_during_which_somebody_was_answered(
    browse: Any, rests: list[float]
) -> None:
    pia = browse("pia")
    begin_work()
    pia.get("/nl/home")
    give_way()
    assert len(rests) == 1
    assert 0 < rests[0] <= LONGEST_REST
    give_way()
    assert len(rests) == 1, "nobody was answered since"


def test_it_does_not_rest_where_there_are_no_requests(rests: list[float]) -> None:
    begin_work()
    give_way()
    assert rests == []


def test_who_is_no_worker_of_the_web_never_rests(browse: Any, rests: list[float]) -> None:
    pia = browse("pia")
    pia.get("/nl/home")
    give_way()
    assert rests == []


def test_a_request_that_failed_is_not_under_way_for_ever(browse: Any, rests: list[float]) -> None:
    pia = browse("pia")
    assert pia.get("/nl/rounds/none").status_code == 404
    begin_work()
    give_way()
    assert rests == []
