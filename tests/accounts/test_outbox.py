"""An administrator sees what waits and what failed, and tries it again; nobody else does."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.models import Queue
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.foundation.notifications.services import queue_message
from consult.people.accounts.outbox import LATE
from tests.cast import person
from tests.conftest import Clock
from tests.statements import counted


@pytest.fixture
def failed(app: Flask, clock: Clock) -> int:
    """A message to Pia that her mail server refused."""
    app.extensions["mailman"].outbox = []
    with unit_of_work():
        made = queue_message(
            "pia@consult.example", "mandate-ended", "Onderwerp", "Tekst.", "nl", clock.time,
            person("pia").id,
        )  # fmt: skip
        made.failed_at = made.settled_at = clock.time
        made.failure = "550 5.1.1 …: user unknown"
    return made.id


def paused(clock: Clock) -> None:
    with unit_of_work():
        db.session.add(
            Queue(
                name="mail", failures=3, failing_since=clock.time - timedelta(hours=3),
                paused_until=clock.time + timedelta(minutes=10), last_error="Connection refused",
            )
        )  # fmt: skip


def test_it_works(browse: Any, failed: int) -> None:
    page = browse("adi").get("/en/outbox").text
    assert "Some messages could not be delivered" in page
    assert "550 5.1.1 …: user unknown" in page
    assert "Pia Jansen" in page
    assert "pia@consult.example" not in page
    assert "Onderwerp" not in page
    assert failed


@pytest.mark.parametrize("who", [None, "sam", "ana", "mo"])
def test_only_an_administrator_looks_and_tries(browse: Any, failed: int, who: str | None) -> None:
    client = browse(who)
    assert client.get("/en/outbox").status_code in {302, 403}
    for path in ("try-again", "try-now"):
        assert client.post(f"/en/outbox/{path}").status_code in {401, 403}
    assert db.session.get_one(Message, failed).failed_at is not None


@pytest.mark.parametrize("which", ["one", "all"])
def test_what_failed_is_tried_again(
    app: Flask, browse: Any, clock: Clock, failed: int, which: str
) -> None:
    adi = browse("adi")
    data = {"message": str(failed)} if which == "one" else {}
    assert adi.post("/en/outbox/try-again", data=data).status_code == 303
    assert "1 message is tried again." in adi.get("/en/outbox").text
    run_all(clock.time)
    assert len(app.extensions["mailman"].outbox) == 1
    assert "Everything was delivered" in adi.get("/en/outbox").text


def test_another_number_tries_nothing_again(browse: Any, failed: int) -> None:
    page = browse("adi")
    again = page.post("/en/outbox/try-again", data={"message": str(failed + 1)})
    assert again.status_code == 404
    assert "There is no such mail." in again.text


def test_a_pause_is_seen_and_ended(app: Flask, browse: Any, clock: Clock) -> None:
    app.extensions["mailman"].outbox = []
    paused(clock)
    with unit_of_work():
        queue_message("pia@consult.example", "mandate-ended", "O", "T", "nl", clock.time)
    run_all(clock.time)
    adi = browse("adi")
    page = adi.get("/en/outbox").text
    assert "The mail server does not answer" in page
    assert "Connection refused" in page
    assert "Look at it" in adi.get("/en/home").text
    adi.post("/en/outbox/try-now")
    run_all(clock.time)
    assert len(app.extensions["mailman"].outbox) == 1


def test_a_monitor_hears_how_the_mail_stands(app: Flask, client: Any, clock: Clock) -> None:
    def word() -> str:
        answer = client.get("/health")
        assert answer.status_code == 200
        return str(answer.json["mail"])

    assert word() == "ok"
    with unit_of_work():
        queue_message("pia@consult.example", "mandate-ended", "O", "T", "nl", clock.time)
    assert word() == "ok"
    clock.forward(seconds=LATE.total_seconds() + 1)
    assert word() == "late"
    paused(clock)
    assert word() == "paused"
    assert app


def test_the_command_says_it_and_leaves_with_one(app: Flask, failed: int) -> None:
    runner = app.test_cli_runner()
    said = runner.invoke(args=["consult", "mail"])
    assert said.exit_code == 1
    assert said.output.startswith("failed: 0 waiting, 1 failed\n")
    assert f"{failed}\tmandate-ended\tPia Jansen\t550 5.1.1" in said.output
    assert (
        "1 failed messages are tried again"
        in runner.invoke(args=["consult", "mail", "--try-again"]).output
    )
    run_all(db.session.scalars(select(Message.due_at)).one())
    assert runner.invoke(args=["consult", "mail"]).output == "ok: 0 waiting, 0 failed\n"


@pytest.mark.parametrize("many", [10, 1000])
def test_the_page_costs_the_same_however_much_failed(
    app: Flask, browse: Any, clock: Clock, many: int
) -> None:
    with unit_of_work():
        db.session.add_all(
            Message(
                kind="mandate-ended", address="x@y.example", language="nl", subject="O",
                body="T", created_at=clock.time, due_at=clock.time, failed_at=clock.time,
                settled_at=clock.time, person_id=person("pia").id,
            )
            for _ in range(many)
        )  # fmt: skip
    adi = browse("adi")
    with counted(app) as statements:
        assert adi.get("/en/outbox").status_code == 200
    assert statements.number <= 6, str(statements)
