"""Limits that several nodes count together, in the database."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from consult.foundation.core import rate_limits
from consult.foundation.core.clock import system_time
from consult.foundation.core.db import db
from consult.foundation.core.extensions import limiter
from consult.foundation.core.rate_limits import IN_DATABASE, DatabaseCounts
from tests.accounts.visitor import ask
from tests.conftest import make_app
from tests.databases import Databases

pytestmark = pytest.mark.postgresql
LIMIT = parse("3/minute")


@pytest.fixture
def node(app: Flask) -> FixedWindowRateLimiter:
    """What counts on one node; another one would be the same."""
    del app
    return FixedWindowRateLimiter(storage_from_string(IN_DATABASE))


def test_each_limit_is_counted_by_itself_until_its_period_ends(
    node: FixedWindowRateLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = FixedWindowRateLimiter(storage_from_string(IN_DATABASE))
    taken = [one.hit(LIMIT, "person:1") for one in (node, other, node, other)]
    assert taken == [True, True, True, False]
    assert node.hit(LIMIT, "person:2")
    at, left = node.get_window_stats(LIMIT, "person:1")
    assert (left, 50 < at - system_time().timestamp() <= 60) == (0, True)
    later = system_time() + timedelta(seconds=61)
    monkeypatch.setattr(rate_limits, "system_time", lambda: later)
    assert node.get_window_stats(LIMIT, "person:1").remaining == 3
    assert [node.hit(LIMIT, "person:1") for _ in range(4)] == [True, True, True, False]
    node.clear(LIMIT, "person:1")
    assert other.hit(LIMIT, "person:1")
    assert node.storage.reset() == 2


def test_of_two_who_count_at_the_same_instant_both_are_counted(
    app: Flask, node: FixedWindowRateLimiter
) -> None:
    found: list[int] = []

    def count() -> None:
        with app.app_context():
            found.extend(node.storage.incr("k", 60) for _ in range(25))

    people = [threading.Thread(target=count) for _ in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(found) == list(range(1, 101))


def test_where_the_table_is_away_it_says_so(app: Flask, node: FixedWindowRateLimiter) -> None:
    assert app
    assert isinstance(node.storage, DatabaseCounts)
    assert node.storage.check()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE rate_count RENAME TO elsewhere")
    assert not node.storage.check()


def test_two_processes_of_the_site_count_together(
    app: Flask, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app
    monkeypatch.setattr(limiter, "enabled", True)  # and put back as it was, afterwards
    nodes = [
        make_app(
            databases.folder, databases.url("stage"), RATELIMIT_ENABLED=True,
            RATELIMIT_STORAGE_URI=IN_DATABASE,
        )
        for _ in range(2)
    ]  # fmt: skip
    clients = [one.test_client() for one in nodes]
    said = [ask(clients[n % 2], "/en/keep", "pia").status_code for n in range(62)]
    assert said == [303] * 60 + [429] * 2
    for one in nodes:
        with one.app_context():
            db.engine.dispose()
