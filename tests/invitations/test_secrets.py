"""The key of a link is in its own mail and nowhere else: no column, page, header, log or mail."""

import logging
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs

from consult.foundation.core.db import Base, db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.people.invitations.services import invite, remind
from tests.accounts.visitor import ask, mails
from tests.cast import person
from tests.conftest import Clock
from tests.invitations.letterbox import (
    DESK,
    FROM_TODAY,
    NIENKE,
    accept_new,
    again,
    batch_of,
    forum,
    invited,
    links,
    offer,
    send,
    token_of,
)

pytestmark = pytest.mark.usefixtures("app")


def places_of(*tokens: str) -> set[str]:
    """Return the columns in which one of these stands."""
    db.session.rollback()
    return {
        f"{table.name}.{name}"
        for table in Base.metadata.sorted_tables
        for row in db.session.execute(select(table)).mappings()
        for name, value in row.items()
        if any(token in str(value) for token in tokens)
    }


@pytest.fixture
def _with_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send mail to a server that takes it, as in production."""
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://mail.example")


@pytest.fixture
def sent(app: Flask) -> list[Any]:
    """What left for the server."""
    app.extensions["mailman"].outbox = []
    kept: list[Any] = app.extensions["mailman"].outbox
    return kept


def test_it_waits_in_the_outbox_only(now: datetime) -> None:
    with unit_of_work():
        invite(person("ana"), forum(), offer(), FROM_TODAY, now)
    assert places_of(token_of(links()[0])) == {"message.body"}


@pytest.mark.usefixtures("_with_server")
def test_when_the_mail_has_left_it_stands_nowhere(
    now: datetime, clock: Clock, browse: Any, sent: list[Any]
) -> None:
    one = invited(now)
    later = clock.forward(days=2)
    with unit_of_work():
        remind(person("ana"), again(one.id), later)
    send(later, batch_of(later, "e-mail\nb@consult.example\n"))
    run_all(later)
    assert len(sent) == 3
    tokens = [
        word.rpartition("/")[2]
        for mail in sent
        for word in mail.body.split()
        if "/invitations/" in word
    ]
    assert len(set(tokens)) == 3
    assert places_of(*tokens) == set()
    assert browse().get(f"/en/invitations/{tokens[0]}").status_code == 200
    for mail, token in zip(sent, tokens, strict=True):
        headers = str(mail.message().items()) + mail.subject
        assert token not in headers
        assert [other for other in tokens if other in mail.body] == [token]


def test_jobs_do_not_hold_it(now: datetime) -> None:
    send(now, batch_of(now, f"e-mail\n{NIENKE}\n"))
    run_all(now)
    token = token_of(links()[0])
    payloads = db.session.scalars(select(Job.payload)).all()
    assert payloads
    assert token not in str(payloads)
    assert NIENKE not in str(payloads)


@pytest.mark.parametrize("who", [None, "sam", "pia", "mo", "ana", "adi"])
def test_no_page_and_no_header_tells_it(now: datetime, browse: Any, who: str | None) -> None:
    one = invited(now)
    token = token_of(links()[0])
    client = browse(who)
    for path in (
        DESK, "/en/invitations/mine", "/en/home", "/en/bodies/stakeholderforum",
        "/en/bodies/stakeholderforum/members", f"{DESK}/files/new", "/en/invitations/declined",
        f"{DESK}/{one.id}/remind",
    ):  # fmt: skip
        answer = client.get(path)
        assert token not in answer.text
        assert token not in str(answer.headers)


def test_its_own_page_leads_nowhere_else_with_it(now: datetime, browse: Any) -> None:
    """The link stands in the form and in the switch of language of its own page, and no more."""
    invited(now, "sam@consult.example")
    (path,) = links("sam@consult.example")
    client = browse()
    page = client.get(path)
    hrefs = [part.split('"')[0] for part in page.text.split('href="')[1:]]
    actions = [part.split('"')[0] for part in page.text.split('action="')[1:]]
    token = token_of(path)
    assert {href for href in hrefs if token in href} == {path.replace("/en/", "/nl/")}
    assert {action for action in actions if token in action} == {f"{path}/decline"}
    assert token not in str(page.headers)
    login = next(href for href in hrefs if "next=" in href)
    assert token not in client.get(login).text
    client.post(f"{path}/decline")
    assert token not in client.get("/en/invitations/declined").text


def test_no_other_mail_holds_it(now: datetime, browse: Any) -> None:
    invited(now, "sam@consult.example")
    (path,) = links("sam@consult.example")
    token = token_of(path)
    client = browse()
    client.get(path)
    ask(client, "/en/us-signin/send-code", "sam", form={"next": "/en/invitations/mine"})
    accept_new(client, path)
    holders = [one for one in mails(now) if token in f"{one.subject} {one.body}"]
    assert [one.kind for one in holders] == ["invitation-sent"]


def test_no_log_holds_it(
    now: datetime, browse: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)

    def down(_self: Any, *_args: Any, **_more: Any) -> None:
        raise OSError("the server is away")

    with capture_logs() as said:
        with monkeypatch.context() as away:
            away.setattr("flask_mailman.backends.locmem.EmailBackend.open", down)
            invited(now)
        (path,) = links()
        browse().get(path)
        accept_new(browse(), path, taking_part="")
        accept_new(browse(), path)
        browse().get(path)
    token = token_of(path)
    assert said, "the failure of the mail is logged"
    assert token not in str(said)
    assert token not in caplog.text
    errors = db.session.scalars(select(Job.last_error)).all()
    assert token not in str(errors)


def test_the_texts_of_a_message_to_an_invitee_are_kept_in_the_demonstration_only(
    now: datetime,
) -> None:
    invited(now)
    db.session.rollback()
    kept = db.session.scalars(select(Message.body).where(Message.kind == "invitation-sent")).one()
    assert kept, "mail that stays in the house is read on a page"
