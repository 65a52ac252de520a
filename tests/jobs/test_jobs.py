"""A job is done after the commit, at least once; it is tried again and never lost from sight."""

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from consult.consultation.plans.models import Plan
from consult.foundation.core.db import db
from consult.foundation.core.errors import Clash
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs import schedule, services, worker
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.services import (
    LEASE,
    MOST_ATTEMPTS,
    claim,
    enqueue,
    handle,
    run_all,
    run_next,
)
from consult.foundation.record.models import Event, Leaf
from consult.foundation.record.services import record
from tests.cast import person
from tests.conftest import Clock


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the job called `test` was told, each time it ran."""
    told: list[Any] = []
    monkeypatch.setattr(services, "_handlers", dict(services._handlers))
    monkeypatch.setattr(schedule, "_repeats", {})

    def handler(payload: Mapping[str, Any], _now: datetime) -> None:
        told.append(payload["n"])
        if payload.get("fails"):
            raise RuntimeError("the reason why")

    handle("test", handler)
    return told


def wish(n: int, now: datetime, **more: Any) -> None:
    with unit_of_work():
        enqueue("test", {"n": n, **more}, now, key=more.pop("key", None))


def job() -> Job:
    """Return the one job that the test asked for, beside those that come back by a timetable."""
    db.session.rollback()
    asked = select(Job).where(Job.kind.not_in(schedule._repeats))
    return db.session.scalars(asked.execution_options(populate_existing=True)).one()


def test_a_job_is_done_once(app: Flask, now: datetime, done: list[int]) -> None:
    assert app
    wish(1, now)
    assert run_all(now) == 1
    assert run_all(now) == 0
    assert done == [1]
    assert job().done_at == now


def test_jobs_are_done_in_the_order_of_their_wish(
    app: Flask, now: datetime, done: list[int]
) -> None:
    assert app
    for n in range(5):
        wish(n, now)
    run_all(now)
    assert done == [0, 1, 2, 3, 4]


def test_a_change_that_is_rolled_back_leaves_no_job(
    app: Flask, now: datetime, done: list[int]
) -> None:
    assert app

    def change() -> None:
        with unit_of_work():
            enqueue("test", {"n": 1}, now)
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert run_all(now) == 0
    assert done == []


def test_the_same_key_is_never_asked_for_twice(app: Flask, now: datetime) -> None:
    assert app
    wish(1, now, key="one")
    with pytest.raises(Clash):
        wish(2, now, key="one")
    assert job().payload["n"] == 1


def test_nothing_is_done_before_its_time(app: Flask, clock: Clock, done: list[int]) -> None:
    assert app
    wish(1, clock.time + timedelta(minutes=5))
    assert not run_next(clock.time)
    assert run_next(clock.forward(minutes=5))
    assert done == [1]


def test_a_failed_job_stays_visible_and_is_tried_again(
    app: Flask, clock: Clock, done: list[int]
) -> None:
    assert app
    wish(1, clock.time, fails=True)
    run_all(clock.time)
    seen = job()
    assert (seen.attempts, seen.done_at, seen.failed_at, seen.claimed_until) == (
        1,
        None,
        None,
        None,
    )
    assert "the reason why" in seen.last_error
    assert seen.run_at == clock.time + timedelta(minutes=1)
    assert run_all(clock.time) == 0
    assert run_all(clock.forward(minutes=1)) == 1
    assert done == [1, 1]


def test_each_wait_is_longer_and_none_longer_than_six_hours(
    app: Flask, clock: Clock, done: list[int]
) -> None:
    assert app
    wish(1, clock.time, fails=True)
    waits = []
    for _ in range(MOST_ATTEMPTS - 1):
        run_all(clock.time)
        waits.append(job().run_at - clock.time)
        clock.time = job().run_at
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert max(waits) == timedelta(hours=6)
    assert sum(waits, timedelta()) > timedelta(hours=12)
    run_all(clock.time)
    assert job().failed_at == clock.time
    assert run_all(clock.forward(days=30)) == 0
    assert len(done) == MOST_ATTEMPTS


def test_a_job_that_succeeds_at_last_forgets_its_error(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch, done: list[int]
) -> None:
    assert app
    wish(1, clock.time, fails=True)
    run_all(clock.time)
    monkeypatch.setitem(services._handlers, "test", lambda _payload, _now: None)
    run_all(clock.forward(minutes=2))
    assert job().done_at == clock.time
    assert job().last_error == ""
    assert done == [1]


def test_a_job_that_nobody_knows_fails_visibly(app: Flask, now: datetime) -> None:
    assert app
    with unit_of_work():
        enqueue("nobody-knows-this", {}, now)
    assert run_all(now) == 1
    assert "KeyError" in job().last_error


def test_a_failing_job_does_not_stop_the_next(app: Flask, now: datetime, done: list[int]) -> None:
    assert app
    wish(1, now, fails=True)
    wish(2, now)
    assert run_all(now) == 2
    assert done == [1, 2]


def test_what_a_failed_job_had_changed_is_undone(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app

    def half(_payload: Mapping[str, Any], now: datetime) -> None:
        db.session.add(Job(kind="half", payload={}, key="half", run_at=now))
        db.session.flush()
        raise RuntimeError

    monkeypatch.setitem(services._handlers, "test", half)
    wish(1, now)
    run_next(now)
    assert job().kind == "test"


def test_a_job_whose_worker_died_is_done_by_another(
    app: Flask, clock: Clock, done: list[int]
) -> None:
    assert app
    wish(1, clock.time)
    assert claim(clock.time)
    assert run_all(clock.forward(minutes=4)) == 0
    assert run_all(clock.forward(minutes=2)) == 1
    assert done == [1]
    assert timedelta(minutes=4) < LEASE < timedelta(minutes=6)


def test_looking_for_work_takes_no_lock(app: Flask, now: datetime) -> None:
    assert app
    assert claim(now) is None
    assert not db.session.info.get("writes")
    assert not db.session().in_transaction()


@pytest.fixture
def many(app: Flask, now: datetime, done: list[int]) -> Iterator[int]:
    """Jobs enough for several workers to get in each other's way."""
    assert app
    with unit_of_work():
        for n in range(40):
            enqueue("test", {"n": n}, now)
    yield 40
    assert sorted(done) == list(range(40))


def test_two_workers_never_take_one_job(app: Flask, many: int, now: datetime) -> None:
    """Each has its own connection, as two machines have (PostgreSQL) or two processes (SQLite)."""
    start, tried = threading.Barrier(4), []

    def work() -> None:
        with app.app_context():
            start.wait()
            while True:
                try:
                    if not run_next(now):
                        break
                except OperationalError:  # SQLite: somebody else is writing; so it is tried again
                    db.session.rollback()
                    continue
                tried.append(1)
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tried) == many
    db.session.rollback()
    attempts = db.session.scalars(select(Job.attempts)).all()
    assert list(attempts) == [1] * many


@pytest.mark.postgresql
def test_a_claimed_row_is_stepped_over_not_waited_for(
    app: Flask, now: datetime, done: list[int]
) -> None:
    assert app
    wish(1, now)
    wish(2, now)
    with db.engine.connect() as other:
        first = select(Job.id).order_by(Job.id).limit(1).with_for_update()
        held = other.execute(first).scalar_one()
        taken = claim(now)
        assert taken is not None
        assert taken.id != held
    assert done == []


def test_the_worker_survives_a_database_that_is_away(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, tries = threading.Event(), []

    def away(_now: datetime) -> bool:
        tries.append(1)
        if len(tries) == 3:
            stop.set()
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(worker, "run_next", away)
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0)
    worker.work(app, stop)
    assert len(tries) == 3


def test_the_thread_of_the_worker_does_what_is_asked(
    app: Flask, now: datetime, done: list[int]
) -> None:
    wish(1, now)
    stop = worker.start_thread(app)
    for _ in range(1200):
        if job().done_at:
            break
        stop.wait(0.05)
    stop.set()
    for thread in threading.enumerate():
        if thread.name == "worker":
            thread.join(60)
    assert done == [1]


def test_new_events_get_their_place_in_the_log(app: Flask, now: datetime) -> None:
    assert app
    with unit_of_work():
        record(person("pia"), "plan.praised", db.session.scalars(select(Plan)).one(), now)
    assert worker.append_pending_events()
    assert not worker.append_pending_events()
    events = db.session.scalar(select(func.count(Event.id))) or 0
    assert db.session.scalars(select(Leaf.position)).all() == list(range(events))
