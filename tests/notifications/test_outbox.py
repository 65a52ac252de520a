"""A message is a row in the transaction of its change; it leaves afterwards, to one person."""

from datetime import datetime, timedelta
from email.message import Message as Mime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.queues import state_of
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.foundation.notifications.queries import moments_of_messages, written_messages
from consult.foundation.notifications.services import (
    erase_messages,
    forget_messages,
    notify,
    queue_message,
)
from tests.cast import person
from tests.conftest import Clock


def write(now: datetime, subject: str = "Onderwerp", kind: str = "test", **more: Any) -> Message:
    with unit_of_work():
        return queue_message(
            more.get("address", "pia@consult.example"), kind, subject,
            more.get("body", "Tekst."), "nl", now, more.get("person_id"),
        )  # fmt: skip


def sent(app: Flask) -> list[Mime]:
    return [mail.message() for mail in app.extensions["mailman"].outbox]


@pytest.fixture(autouse=True)
def empty(app: Flask) -> None:
    app.extensions["mailman"].outbox = []


def stored() -> list[Message]:
    db.session.rollback()
    ordered = select(Message).order_by(Message.id).execution_options(populate_existing=True)
    return list(db.session.scalars(ordered))


def test_a_change_that_is_rolled_back_leaves_no_message(app: Flask, now: datetime) -> None:
    def change() -> None:
        with unit_of_work():
            queue_message("pia@consult.example", "test", "x", "y", "nl", now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert stored() == []
    assert run_all(now) == 0
    assert sent(app) == []


def test_nothing_is_sent_before_the_commit(app: Flask, now: datetime) -> None:
    with unit_of_work():
        queue_message("pia@consult.example", "test", "x", "y", "nl", now)
        assert sent(app) == []
    assert sent(app) == []
    run_all(now)
    assert len(sent(app)) == 1


def test_a_message_is_sent_once_to_one_person(app: Flask, now: datetime) -> None:
    message = write(now, "Ontvangen: één plek", body="Regel één.\n\nRegel twee.")
    run_all(now)
    run_all(now + timedelta(days=1))
    (mail,) = sent(app)
    assert mail["To"] == "pia@consult.example"
    assert (mail["Cc"], mail["Bcc"]) == (None, None)
    assert mail["Message-ID"] == f"<{message.public_id}@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "nl"
    assert mail.get_content_type() == "multipart/alternative"
    assert stored()[0].sent_at == now


def test_what_cannot_be_sent_waits_and_keeps_its_name(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = write(clock.time)

    def away(*_: Any) -> None:
        raise OSError("the server is down")

    with monkeypatch.context() as down:
        down.setattr("flask_mailman.backends.locmem.EmailBackend.open", away)
        run_all(clock.time)
    assert stored()[0].sent_at is None
    assert stored()[0].attempts == 0
    queue = state_of("mail")
    assert queue is not None
    assert queue.last_error == "the server is down"
    run_all(clock.forward(minutes=1))
    assert [mail["Message-ID"] for mail in sent(app)] == [f"<{message.public_id}@localhost>"]


@pytest.mark.parametrize(
    "subject", ["Eén\nBcc: iemand@evil.example", "Eén\r\nX: y", "x" * 1000, "", "\u202e omgekeerd"]
)
def test_no_subject_becomes_a_header(app: Flask, now: datetime, subject: str) -> None:
    write(now, subject)
    run_all(now)
    for mail in sent(app):
        assert mail["Bcc"] is None
        assert mail["X"] is None
    assert len(sent(app)) == 1


def test_somebody_without_an_address_gets_nothing(app: Flask, now: datetime) -> None:
    with unit_of_work():
        person("sam").email = None
        closed = db.session.merge(person("pia"))
        closed.email = None
        assert notify(closed, "security-password-changed", now, changed_at=now, forgot="y") is None
        assert notify(None, "security-password-changed", now) is None
    assert stored() == []
    assert app


def test_a_message_speaks_its_readers_language(app: Flask, now: datetime) -> None:
    with unit_of_work():
        person("sam").language = "en"
        for name in ("sam", "pia"):
            notify(person(name), "security-password-changed", now, changed_at=now, forgot="y")
    english, dutch = stored()
    assert english.subject == "Your password was changed"
    assert dutch.subject != english.subject
    assert (english.language, dutch.language) == ("en", "nl")
    assert english.body.startswith("Hello Sam Peeters,")
    assert app


def test_the_text_of_a_key_is_not_kept_once_it_left(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_URL", "smtps://mail.example")
    write(now, kind="security-reset")
    write(now, kind="proposal-received")
    run_all(now)
    key, other = stored()
    assert (key.body, other.body) == ("", "Tekst.")
    assert "Tekst." in str(sent(app)[0])


def test_all_mails_are_shown_in_the_demonstration_only(
    app: Flask, browse: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work():
        made = queue_message("pia@consult.example", "x", "Aan Pia", "Tekst.", "nl", now)
    for demonstration, status in ((False, 404), (True, 200)):
        monkeypatch.setitem(app.config, "DEMONSTRATION", demonstration)
        for who in (None, "pia", "ana", "adi"):
            for path in ("/nl/mails", f"/nl/mails/{made.public_id}"):
                assert browse(who).get(path).status_code == status, (who, path)


def test_in_the_house_every_text_stays_to_be_read(app: Flask, now: datetime) -> None:
    write(now, kind="security-reset")
    run_all(now)
    assert stored()[0].body == "Tekst."
    assert stored()[0].sent_at == now
    assert app


def test_pages_of_messages_go_from_new_to_old(app: Flask, now: datetime) -> None:
    assert app
    for number in range(5):
        write(now, str(number))
    first = written_messages(None, 2)
    second = written_messages(first.next_cursor, 2)
    last = written_messages(second.next_cursor, 2)
    shown = [[message.subject for message in page] for page in (first, second, last)]
    assert shown == [["4", "3"], ["2", "1"], ["0"]]
    assert last.next_cursor is None


def test_what_was_written_to_an_address_is_counted_by_kind(app: Flask, clock: Clock) -> None:
    assert app
    write(clock.time, kind="security-link")
    write(clock.forward(minutes=30), kind="security-reset")
    write(clock.time, kind="securityXlink")
    write(clock.time, kind="security-link", address="sam@consult.example")
    found = moments_of_messages("pia@consult.example", "security-", clock.time - timedelta(hours=1))
    assert sorted(kind for kind, _ in found) == ["security-link", "security-reset"]
    later = moments_of_messages("pia@consult.example", "security-", clock.time - timedelta(0, 1))
    assert [kind for kind, _ in later] == ["security-reset"]


def test_messages_to_a_person_are_forgotten_and_not_sent(app: Flask, now: datetime) -> None:
    pia = person("pia").id
    write(now, "Aan Pia", person_id=pia)
    write(now, "Aan een ander", person_id=person("sam").id)
    with unit_of_work():
        forget_messages(pia, now)
    run_all(now)
    assert [mail["Subject"] for mail in sent(app)] == ["Aan een ander"]
    assert [message.address for message in stored()] == ["", "pia@consult.example"]


def test_messages_that_are_no_longer_right_are_emptied_and_no_others(
    app: Flask, now: datetime
) -> None:
    wrong = write(now, "Niet meer goed")
    write(now, "Nog steeds goed")
    with unit_of_work():
        erase_messages([wrong.id], now)
    run_all(now)
    assert [mail["Subject"] for mail in sent(app)] == ["Nog steeds goed"]
    assert [message.subject for message in stored()] == ["", "Nog steeds goed"]
