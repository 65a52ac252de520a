"""Nothing tells a stranger whether an address has an account: no answer, no time, no mail flood."""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from passlib.context import CryptContext
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.extensions import limiter
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.models import Job
from consult.people.accounts.forms import SignInForm
from consult.people.accounts.passwords import hashed
from tests.accounts.factors import Key, add_key, give_app, use_key
from tests.accounts.visitor import WRONG, address, ask, mails, sign_in
from tests.cast import BY_ADDRESS, person
from tests.cast import sign_in as hold
from tests.conftest import Clock, make_app
from tests.databases import Databases
from tests.world import NOON

Act = Callable[[FlaskClient, str], Any]
pytestmark = pytest.mark.one_engine


def code(client: FlaskClient, name: str) -> Any:
    form = {"identity": address(name), "passcode": "12345678"}
    return client.post("/en/us-signin", data=form)


def after_password(client: FlaskClient, name: str) -> Any:
    """Try the door behind a wrong password."""
    sign_in(client, name, WRONG)
    return client.post("/en/second-factor", data={"code": "123456"})


ACTS: dict[str, Act] = {
    "sign in": lambda client, name: sign_in(client, name, WRONG),
    "link": lambda client, name: ask(client, "/en/us-signin/send-code", name),
    "code": code,
    "reset": lambda client, name: ask(client, "/en/reset", name),
    "second factor": after_password,
    "passkey": lambda client, _name: use_key(client, Key(SITE), "/en/login", "/en/passkey"),
}
STATES = ("known", "unconfirmed", "inactive", "passwordless", "asked", "enrolled", "passkey")
SITE = "https://consult.example"


def become(name: str, state: str) -> None:
    with unit_of_work():
        who = person(name)
        if state == "unconfirmed":
            who.confirmed_at = None
        elif state == "inactive":
            who.active = False
        elif state == "passwordless":
            who.password = None
    if state == "enrolled":
        give_app(name, NOON)
    elif state == "passkey":
        browser = current_app.test_client()
        hold(browser, name)
        add_key(browser, Key(SITE))


def shown(answer: Any) -> tuple[Any, ...]:
    """What an answer says but for its keys and what was typed in it."""
    text = re.sub(r'(value|content)="[^"]*"', "", answer.text)
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"Set-Cookie", "Content-Length", "Date"}
    }
    return answer.status_code, text, headers


@pytest.fixture(autouse=True)
def at_a_name(app: Flask) -> Iterator[None]:
    """A passkey belongs to a name."""
    before, app.config["BASE_URL"] = app.config["BASE_URL"], SITE
    yield
    app.config["BASE_URL"] = before


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("state", STATES)
def test_the_answer_is_the_same(app: Flask, clock: Clock, act: Act, state: str) -> None:
    become("pia", state)
    if state == "asked":
        ask(app.test_client(), "/en/us-signin/send-code", "pia")
        mails(clock.time)
    known, unknown = app.test_client(), app.test_client()
    one, other = act(known, "pia"), act(unknown, "abc")
    assert shown(one) == shown(other)
    if "Location" in one.headers:
        after = [client.get(one.headers["Location"]) for client in (known, unknown)]
        assert shown(after[0]) == shown(after[1])
    assert bool(known.get_cookie("consult")) == bool(unknown.get_cookie("consult"))


def test_no_address_is_said_back(client: FlaskClient) -> None:
    for act in (ACTS["link"], ACTS["reset"]):
        answer = act(client, "pia")
        assert "pia@" not in client.get(answer.headers["Location"]).text


def test_nobody_is_written_to_where_there_is_no_account(client: FlaskClient, clock: Clock) -> None:
    become("pia", "inactive")
    for name in ("abc", "pia"):
        ACTS["reset"](client, name)
    ACTS["link"](client, "pia")
    assert mails(clock.time) == []


def test_a_link_reaches_an_address_without_an_account_and_makes_one_only_when_used(
    client: FlaskClient, clock: Clock
) -> None:
    ACTS["link"](client, "nieuweling")
    (mail,) = mails(clock.time)
    assert (mail.kind, mail.address) == ("security-welcome", address("nieuweling"))
    assert "nieuweling" not in mail.body
    assert "nieuweling" not in client.get(mail.path).text
    assert db.session.scalar(BY_ADDRESS, {"address": address("nieuweling")}) is None


@pytest.mark.parametrize("kind", ["link", "reset"])
def test_both_write_the_same_before_they_answer(client: FlaskClient, kind: str) -> None:
    for name in ("pia", "abc"):
        ACTS[kind](client, name)
    jobs = db.session.scalars(select(Job).where(Job.kind == "account-letter")).all()
    assert [job.payload["email"] for job in jobs] == [address("pia"), address("abc")]


@pytest.mark.parametrize("tries", [150, pytest.param(1000, marks=pytest.mark.long)])
def test_at_most_five_mails_an_hour_reach_an_address(
    client: FlaskClient, clock: Clock, tries: int
) -> None:
    """Of many tries, with every claim of another origin (T35)."""
    paths = ("/en/us-signin/send-code", "/en/reset")
    for number in range(tries):
        origin = {"X-Forwarded-For": f"192.0.2.{number % 250}"}
        ask(client, paths[number % 2], "pia", headers=origin)
        if number % (tries // 20) == 0:
            clock.forward(minutes=2)
            mails(clock.time)
    assert len(mails(clock.time)) == 5
    clock.forward(hours=1)
    ask(client, paths[0], "pia")
    assert len(mails(clock.time)) == 6


def test_who_asks_from_a_known_device_gets_a_link_whatever_a_stranger_asked(
    app: Flask, clock: Clock
) -> None:
    owner, stranger = app.test_client(), app.test_client()
    sign_in(owner, "pia")
    owner.post("/nl/logout")
    for _ in range(9):
        ask(stranger, "/en/reset", "pia")
        mails(clock.time)
        clock.forward(minutes=1)
    assert len(mails(clock.time)) == 5
    ask(owner, "/en/us-signin/send-code", "pia")
    assert [mail.kind for mail in mails(clock.time)][5:] == ["security-link"]
    for _ in range(9):
        ask(owner, "/en/us-signin/send-code", "pia")
        mails(clock.time)
        clock.forward(minutes=1)
    assert len(mails(clock.time)) == 10


def test_two_clicks_are_one_mail(client: FlaskClient, clock: Clock) -> None:
    for _ in range(2):
        ask(client, "/en/reset", "pia")
    assert len(mails(clock.time)) == 1


def test_the_second_line_counts_posts(
    app: Flask, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)  # and put back as it was, afterwards
    limited = make_app(databases.folder, databases.url("stage"), RATELIMIT_ENABLED=True)
    client = limited.test_client()
    said = [ask(client, "/en/reset", "pia").status_code for _ in range(122)]
    assert said == [303] * 120 + [429] * 2
    assert client.get("/en/reset").status_code == 200
    with limited.app_context():
        db.engine.dispose()
    assert app


@pytest.mark.parametrize("kind", ["sign in", "code", "reset"])
def test_the_time_is_the_same(
    app: Flask, monkeypatch: pytest.MonkeyPatch, clock: Clock, kind: str
) -> None:
    """Medians of the work done, with the real hash: the machine is busy with other tests."""
    security = app.extensions["security"]
    monkeypatch.setitem(app.config, "SECURITY_PASSWORD_HASH", "argon2")
    monkeypatch.setitem(app.config, "SECURITY_PASSWORD_SINGLE_HASH", ["argon2"])
    monkeypatch.setattr(security, "pwd_context", CryptContext(schemes=["argon2"]))
    with unit_of_work():
        person("pia").password = hashed("een-lang-wachtwoord")
    took: dict[str, list[float]] = {"pia": [], "abc": []}
    for number in range(6):
        name = ("pia", "abc")[number % 2]
        client = app.test_client()
        clock.forward(minutes=16)
        start = time.process_time()
        ACTS[kind](client, name)
        took[name].append(time.process_time() - start)
    known, unknown = (statistics.median(times) for times in took.values())
    assert abs(known - unknown) < max(0.01, 0.35 * max(known, unknown)), (known, unknown)


def test_no_lock_is_held_while_a_password_is_hashed(
    app: Flask, client: FlaskClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    context = app.extensions["security"].pwd_context

    class Watching:
        def hash(self, *args: Any, **kwargs: Any) -> Any:
            held.append(bool(db.session.info.get("writes") or db.session.new or db.session.dirty))
            return context.hash(*args, **kwargs)

        def __getattr__(self, name: str) -> Any:
            return getattr(context, name)

    monkeypatch.setattr(app.extensions["security"], "pwd_context", Watching())
    sign_in(client, "niemand")
    ask(client, "/en/reset", "pia")
    path = mails(clock.time)[-1].path
    client.post(path, data={"password": WRONG, "password_confirm": WRONG})
    sign_in(client, "pia", WRONG)
    new = "nog-een-ander-wachtwoord"
    client.post(
        "/en/change", data={"password": WRONG, "new_password": new, "new_password_confirm": new}
    )
    assert held == [False] * len(held)
    assert len(held) >= 3


def test_the_form_of_signing_in_has_no_cookie_that_outlives_it(app: Flask, now: datetime) -> None:
    assert now
    with app.test_request_context():
        assert "remember" not in SignInForm()
