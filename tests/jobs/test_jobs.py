"""A job is done after the commit, at least once, by one worker; a failing one stays visible."""

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.core.db import db
from consult.core.unit_of_work import unit_of_work
from consult.jobs import services
from consult.jobs.models import Job
from consult.jobs.services import MOST_ATTEMPTS, enqueue, handles, run_all, run_next
from consult.jobs.worker import keep_log
from consult.notifications.models import Message
from consult.notifications.services import queue_message
from consult.notifications.transport import mail_settings
from consult.plans.models import Plan
from consult.record.models import Leaf
from consult.record.services import record
from tests.cast import person

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def done() -> Iterator[list[Any]]:
    """What a job of the kind "test" was given; a payload {"fail": true} fails."""
    calls: list[Any] = []

    @handles("test")
    def handler(payload: Mapping[str, Any], _now: datetime) -> None:
        if payload.get("fail"):
            raise RuntimeError("it broke")
        calls.append(dict(payload))

    yield calls
    services._handlers.pop("test")


def test_a_rolled_back_change_leaves_no_job(done: list[Any], now: datetime) -> None:
    def fail() -> None:
        with unit_of_work():
            enqueue("test", {}, now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert run_all(now) == 0
    assert not done


def test_a_job_is_done_once(done: list[Any], now: datetime) -> None:
    with unit_of_work():
        enqueue("test", {"n": 1}, now)
    assert run_all(now) == 1
    assert run_all(now) == 0
    assert done == [{"n": 1}]


def test_a_failing_job_is_tried_later_and_at_last_stays_visible(
    done: list[Any], now: datetime
) -> None:
    with unit_of_work():
        enqueue("test", {"fail": True}, now)
    assert run_next(now)
    assert not run_next(now), "it waits before it is tried again"
    at = now
    for _ in range(MOST_ATTEMPTS):
        at += timedelta(days=1)
        run_next(at)
    job = db.session.scalars(select(Job)).one()
    assert job.failed_at is not None
    assert "it broke" in job.last_error
    assert not run_next(at + timedelta(days=9))
    assert not done


def test_a_job_whose_worker_died_is_claimed_again(done: list[Any], now: datetime) -> None:
    with unit_of_work():
        enqueue("test", {"n": 1}, now)
    assert services.claim(now) is not None
    assert services.claim(now) is None
    assert run_next(now + services.LEASE + timedelta(seconds=1))
    assert done == [{"n": 1}]


def test_two_workers_never_take_one_job(app: Flask, done: list[Any], now: datetime) -> None:
    with unit_of_work():
        for number in range(20):
            enqueue("test", {"n": number}, now)

    def work() -> None:
        with app.app_context():
            run_all(now)
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(call["n"] for call in done) == list(range(20))


def test_a_message_is_sent_once_to_one_person(app: Flask, now: datetime) -> None:
    app.extensions["mailman"].outbox = []
    with unit_of_work():
        queue_message("pia@consult.example", "test", "Dag Pia", "Hallo", "nl", now)
    run_all(now)
    run_all(now)
    message = db.session.scalars(select(Message)).one()
    assert message.sent_at == now
    sent = app.extensions["mailman"].outbox
    assert [mail.to for mail in sent] == [["pia@consult.example"]]
    assert message.public_id in sent[0].extra_headers["Message-ID"]


def test_new_events_get_their_place_in_the_log(now: datetime) -> None:
    with unit_of_work():
        record(person("pia"), "plan.praised", db.session.scalars(select(Plan)).one(), now)
    assert keep_log()
    assert not keep_log()
    assert db.session.scalars(select(Leaf.position)).all() == [0]


def test_the_address_of_the_mail_server_says_it_all() -> None:
    assert mail_settings("local:")["MAIL_BACKEND"] == "dummy"
    outside = mail_settings("smtp://consult:p%40ss@mail.example.org:587")
    assert (outside["MAIL_SERVER"], outside["MAIL_PORT"]) == ("mail.example.org", 587)
    assert outside["MAIL_PASSWORD"] == "p@ss"
    assert outside["MAIL_USE_TLS"]
    assert mail_settings("smtps://mail.example.org")["MAIL_USE_SSL"]


@pytest.mark.parametrize("url", ["", "mail.example.org", "http://mail.example.org", "smtp://"])
def test_a_strange_address_of_a_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="CONSULT_MAIL_URL"):
        mail_settings(url)
