"""A mail server that is away touches no message; one that says no touches that message alone."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import Message as Mime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs import queues
from consult.foundation.jobs.models import Job, Queue
from consult.foundation.jobs.queues import LONGEST_PAUSE, drain, state_of
from consult.foundation.jobs.services import enqueue, run_all
from consult.foundation.notifications import delivery
from consult.foundation.notifications.delivery import IN_A_ROW, MAIL, MOST_ATTEMPTS, try_again
from consult.foundation.notifications.email import letter_of
from consult.foundation.notifications.models import Message
from consult.foundation.notifications.services import queue_message
from consult.foundation.notifications.transport import DeliveryVerdict, reason_of, verdict_on
from tests.conftest import Clock

PIA = "pia@consult.example"
Answer = Callable[[str], None]


def write(now: datetime, many: int = 1, address: str = PIA) -> None:
    with unit_of_work():
        for n in range(many):
            queue_message(address, "mandate-ended", f"Bericht {n}", "Tekst.", "nl", now)


def stored() -> list[Message]:
    db.session.rollback()
    ordered = select(Message).order_by(Message.id).execution_options(populate_existing=True)
    return list(db.session.scalars(ordered))


def sent(app: Flask) -> list[Mime]:
    return [mail.message() for mail in app.extensions["mailman"].outbox]


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A mail server that a test tells what to do: `open` and `take` may raise."""
    app.extensions["mailman"].outbox = []
    does: dict[str, Any] = {"open": None, "take": None, "opened": 0}
    box = "flask_mailman.backends.locmem.EmailBackend"

    def open_(_self: Any) -> None:
        does["opened"] += 1
        if does["open"]:
            raise does["open"]

    def take(self: Any, mails: list[Any]) -> int:
        for mail in mails:
            if does["take"] and (error := does["take"](mail)):
                raise error
            self.mailman.outbox.append(mail)
        return len(mails)

    monkeypatch.setattr(f"{box}.open", open_)
    monkeypatch.setattr(f"{box}.send_messages", take)
    return does


def queue() -> Queue:
    db.session.rollback()
    found = state_of(MAIL)
    assert found is not None
    return found


def test_one_connection_carries_many_messages(
    app: Flask, clock: Clock, server: dict[str, Any]
) -> None:
    write(clock.time, 30)
    run_all(clock.time)
    assert len(sent(app)) == 30
    assert server["opened"] == 1


@pytest.mark.one_engine
def test_a_server_that_is_away_for_a_day_burns_no_try(
    app: Flask, clock: Clock, server: dict[str, Any]
) -> None:
    write(clock.time, 3)
    server["open"] = ConnectionRefusedError(111, "Connection refused")
    for _ in range(24 * 30):
        run_all(clock.forward(minutes=2))
    assert [(one.attempts, one.failure, one.settled_at) for one in stored()] == [(0, "", None)] * 3
    assert server["opened"] < 110
    assert queue().failing_since is not None
    assert "Connection refused" in queue().last_error
    server["open"] = None
    run_all(clock.forward(minutes=15))
    assert len(sent(app)) == 3
    assert (queue().failures, queue().failing_since, queue().last_error) == (0, None, "")


def test_the_pause_is_longer_each_time_up_to_a_quarter_of_an_hour(
    app: Flask, clock: Clock, server: dict[str, Any]
) -> None:
    assert app
    write(clock.time)
    server["open"] = TimeoutError("timed out")
    pauses = []
    for _ in range(8):
        run_all(clock.time)
        until = queue().paused_until
        assert until is not None
        pauses.append(until - clock.time)
        clock.time = until
    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert pauses[-1] == LONGEST_PAUSE


def test_while_the_queue_pauses_the_jobs_go_on(
    app: Flask, clock: Clock, server: dict[str, Any]
) -> None:
    assert app
    write(clock.time)
    server["open"] = TimeoutError("timed out")
    run_all(clock.time)
    with unit_of_work():
        enqueue("digests-batch", {"day": "2026-11-23", "after": 0}, clock.time)
    assert run_all(clock.time) == 1
    assert db.session.scalars(select(Job.done_at)).all() == [clock.time]
    assert server["opened"] == 1


def refused(code: int, said: bytes = b"said") -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({PIA: (code, said)})


def test_a_refusal_for_good_is_kept_with_its_reason_and_the_others_go_on(
    app: Flask, clock: Clock, server: dict[str, Any]
) -> None:
    write(clock.time, 3)
    said = b"5.1.1 <pia@consult.example>: user unknown"
    server["take"] = lambda mail: refused(550, said) if mail.subject == "Bericht 1" else None
    run_all(clock.time)
    assert [mail["Subject"] for mail in sent(app)] == ["Bericht 0", "Bericht 2"]
    failed = stored()[1]
    assert failed.failed_at == clock.time
    assert failed.failure == "550 5.1.1 …: user unknown"
    server["take"] = None
    run_all(clock.forward(days=30))
    assert len(sent(app)) == 2
    with unit_of_work():
        assert try_again(clock.time, failed.id) == 1
        assert try_again(clock.time, failed.id) == 0
    run_all(clock.time)
    assert sent(app)[2]["Subject"] == "Bericht 1"
    assert stored()[1].failed_at is None


def test_not_now_is_tried_again_later_and_later(
    app: Flask, clock: Clock, server: dict[str, Any]
) -> None:
    write(clock.time, 2)
    server["take"] = lambda mail: refused(451) if mail.subject == "Bericht 0" else None
    run_all(clock.time)
    assert len(sent(app)) == 1
    began, waits = clock.time, []
    while not stored()[0].failed_at:
        waits.append(stored()[0].due_at - clock.time)
        clock.time = stored()[0].due_at
        run_all(clock.time)
    assert waits[0] == timedelta(minutes=1)
    assert waits == sorted(waits)
    assert len(waits) == MOST_ATTEMPTS - 1
    assert clock.time - began > timedelta(days=2, hours=12)
    assert stored()[0].failure == "451 said"


def test_many_put_off_in_a_row_is_the_server(
    app: Flask, clock: Clock, server: dict[str, Any]
) -> None:
    assert app
    write(clock.time, 40)
    server["take"] = lambda _mail: smtplib.SMTPDataError(452, b"full")
    run_all(clock.time)
    assert sum(one.attempts for one in stored()) == IN_A_ROW
    assert queue().last_error == "452 full"


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPSenderRefused(550, b"not from you", "consult@localhost"),
        smtplib.SMTPDataError(421, b"closing"),
        TimeoutError("timed out"),
    ],
)
def test_a_server_that_leaves_stops_the_queue_after_one(
    app: Flask, clock: Clock, server: dict[str, Any], error: Exception
) -> None:
    write(clock.time, 5)
    server["take"] = lambda _mail: error
    run_all(clock.time)
    assert [one.attempts for one in stored()] == [1, 0, 0, 0, 0]
    assert not any(one.failed_at for one in stored())
    server["take"] = None
    run_all(clock.forward(minutes=1))
    assert len(sent(app)) == 5


def test_a_message_on_which_the_server_always_leaves_does_not_block_the_others(
    app: Flask, clock: Clock, server: dict[str, Any]
) -> None:
    write(clock.time, 5)
    gone = smtplib.SMTPServerDisconnected("gone")
    server["take"] = lambda mail: gone if mail.subject == "Bericht 0" else None
    run_all(clock.time)
    run_all(clock.forward(seconds=31))
    assert [mail["Subject"][-1] for mail in sent(app)] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (refused(450), DeliveryVerdict.LATER),
        (refused(550), DeliveryVerdict.NEVER),
        (smtplib.SMTPDataError(554, b"spam"), DeliveryVerdict.NEVER),
        (smtplib.SMTPNotSupportedError("no SMTPUTF8"), DeliveryVerdict.NEVER),
        (ValueError("a header"), DeliveryVerdict.NEVER),
        (smtplib.SMTPAuthenticationError(535, b"who?"), DeliveryVerdict.NEVER),
        (ConnectionResetError(), DeliveryVerdict.AWAY),
    ],
)
def test_what_an_error_says(error: Exception, verdict: DeliveryVerdict) -> None:
    assert verdict_on(error) is verdict


def test_no_reason_tells_an_address() -> None:
    for error in (
        refused(550, b"<pia@consult.example> unknown"),
        smtplib.SMTPDataError(550, b"pia@consult.example: no"),
        ValueError("cannot write to pia@consult.example."),
    ):
        assert "@" not in reason_of(error)


def test_a_fault_in_one_text_does_not_stop_the_others(
    app: Flask, clock: Clock, server: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert server
    write(clock.time, 2)
    right = letter_of

    def wrong(message: Message) -> Any:
        if message.subject == "Bericht 0":
            raise ZeroDivisionError
        return right(message)

    monkeypatch.setattr(delivery, "letter_of", wrong)
    run_all(clock.time)
    assert [mail["Subject"] for mail in sent(app)] == ["Bericht 1"]
    assert stored()[0].failure == "ZeroDivisionError"


def test_two_workers_do_not_walk_one_queue(
    app: Flask, clock: Clock, server: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(clock.time, 2)
    inside: list[int] = []
    server["take"] = lambda _mail: inside.append(drain(MAIL, clock))
    run_all(clock.time)
    assert inside == [0, 0]
    assert len(sent(app)) == 2
    assert monkeypatch


def test_a_lane_whose_worker_died_is_walked_again(
    app: Flask, clock: Clock, server: dict[str, Any]
) -> None:
    assert server
    write(clock.time)
    assert queues._enter(MAIL, clock.time)
    assert run_all(clock.forward(minutes=4)) == 0
    assert run_all(clock.forward(minutes=2)) == 1
    assert len(sent(app)) == 1


def test_who_lost_the_queue_stops(app: Flask, clock: Clock, server: dict[str, Any]) -> None:
    write(clock.time, 3)

    def steal(_mail: Any) -> None:
        clock.forward(minutes=6)  # the mail server let us wait for so long
        with unit_of_work():
            db.session.execute(update(Queue).values(holder="somebody else"))

    server["take"] = steal
    assert drain(MAIL, clock) == 1
    assert len(sent(app)) == 1


def test_looking_whether_mail_waits_takes_no_lock(app: Flask, clock: Clock) -> None:
    assert app
    assert drain(MAIL, clock) == 0
    assert not db.session.info.get("writes")
    assert not db.session().in_transaction()


def test_a_key_that_could_not_be_delivered_is_kept_nowhere_and_not_sent_later(
    app: Flask, clock: Clock, server: dict[str, Any]
) -> None:
    with unit_of_work():
        for kind in ("security-reset", "invitation-sent", "mandate-ended"):
            queue_message(PIA, kind, "Over", "Tekst.", "nl", clock.time)
    server["take"] = lambda _mail: smtplib.SMTPRecipientsRefused({PIA: (550, b"no such user")})
    run_all(clock.time)
    assert [(one.kind, one.body) for one in stored()] == [
        ("security-reset", ""), ("invitation-sent", ""), ("mandate-ended", "Tekst."),
    ]  # fmt: skip
    server["take"] = None
    with unit_of_work():
        assert try_again(clock.time) == 1
    run_all(clock.time)
    assert len(sent(app)) == 1


def test_what_was_in_hand_when_the_sender_died_waits_until_the_others_went(
    app: Flask, clock: Clock, server: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the server's yes and the mark: tried again last, and not at once."""

    def dies(*_: Any) -> None:
        raise SystemExit

    write(clock.time, 3)
    with monkeypatch.context() as killed:
        killed.setattr(delivery, "_mark_sent", dies)
        with pytest.raises(SystemExit):
            run_all(clock.time)
    run_all(clock.forward(minutes=6))
    subjects = [mail["Subject"] for mail in sent(app)]
    assert subjects == ["Bericht 0", "Bericht 1", "Bericht 2"]
    run_all(clock.forward(minutes=5))
    subjects = [mail["Subject"] for mail in sent(app)]
    assert subjects == ["Bericht 0", "Bericht 1", "Bericht 2", "Bericht 0"]
    assert server["opened"] == 3
