"""Sessions are listed, and each can be ended: its cookie is dead at the next request."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.devices import device_of
from consult.people.accounts.models import SignInSession
from consult.people.accounts.sessions import open_session
from tests.accounts.factors import key_on
from tests.accounts.visitor import ask, is_signed_in, mails, press, sign_in
from tests.cast import PASSWORD, person
from tests.conftest import Clock
from tests.statements import counted

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


def rows() -> list[SignInSession]:
    found = select(SignInSession).order_by(SignInSession.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def browser(app: Flask, agent: str, name: str = "pia") -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    sign_in(client, name)
    return client


@pytest.mark.parametrize(
    ("agent", "browser_", "system"),
    [
        (FIREFOX, "Firefox", "Windows"),
        (PHONE, "Safari", "iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome", "Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge", "Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537", "Chrome", "Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Version/18 Safari/605", "Safari", "macOS"),
        ("curl/8", "", ""),
        ("", "", ""),
        ("<script>" * 1000, "", ""),
    ],
)
def test_a_browser_is_named_in_plain_words(agent: str, browser_: str, system: str) -> None:
    assert device_of(agent) == (browser_, system)


def test_they_are_listed_and_this_device_is_marked(app: Flask) -> None:
    here, _ = browser(app, FIREFOX), browser(app, PHONE)
    page = here.get("/nl/security").text
    assert "Firefox op Windows" in page
    assert "Safari op iPhone" in page
    assert page.count("dit apparaat") == 1
    marked = re.search(
        r"<h3[^>]*>(.*?)dit apparaat", page[page.index('id="sessions"') :], re.DOTALL
    )
    assert marked
    assert "Firefox" in marked[1]
    assert "met een wachtwoord" in page


def test_nobody_sees_those_of_somebody_else(app: Flask) -> None:
    browser(app, PHONE, "lotte")
    assert "iPhone" not in browser(app, FIREFOX).get("/nl/security").text


def test_one_is_ended(app: Flask) -> None:
    here, there = browser(app, FIREFOX), browser(app, PHONE)
    number = rows()[-1].id
    here.post(f"/nl/security/sessions/{number}/end")
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert here.post(f"/nl/security/sessions/{number}/end").status_code == 404


def test_nobody_ends_one_of_somebody_else(app: Flask) -> None:
    lotte, pia = browser(app, FIREFOX, "lotte"), browser(app, PHONE)
    assert pia.post(f"/nl/security/sessions/{rows()[0].id}/end").status_code == 404
    assert is_signed_in(lotte)


def test_all_others_are_ended(app: Flask) -> None:
    others = [browser(app, PHONE) for _ in range(3)]
    here, lotte = browser(app, FIREFOX), browser(app, FIREFOX, "lotte")
    here.post("/nl/security/sessions/end-others")
    assert is_signed_in(here)
    assert is_signed_in(lotte)
    assert not any(is_signed_in(one) for one in others)
    assert len(rows()) == 2


def test_signing_out_and_in_leaves_no_rows_behind(client: FlaskClient) -> None:
    for _ in range(3):
        sign_in(client, "pia")
        client.post("/nl/logout")
    assert rows() == []


def test_the_key_itself_is_not_stored(client: FlaskClient) -> None:
    sign_in(client, "pia")
    with client.session_transaction() as session:
        assert session["key"] not in {row.key for row in rows()}


def test_another_password_leaves_one_session(app: Flask) -> None:
    here, _ = browser(app, FIREFOX), browser(app, PHONE)
    before = rows()[0].key
    new = "een-heel-nieuw-wachtwoord"
    form = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    here.post("/nl/change", data=form)
    assert is_signed_in(here)
    (left,) = rows()
    assert left.key != before
    assert left.browser == "Firefox"


def test_a_password_chosen_by_mail_ends_all(app: Flask, clock: Clock) -> None:
    here = browser(app, FIREFOX)
    ask(app.test_client(), "/en/reset", "pia")
    new = "een-heel-nieuw-wachtwoord"
    form = {"password": new, "password_confirm": new}
    app.test_client().post(mails(clock.time)[-1].path, data=form)
    assert not is_signed_in(here)
    assert rows() == []


def test_how_one_signed_in_is_said(client: FlaskClient, clock: Clock) -> None:
    ask(client, "/en/us-signin/send-code", "pia")
    press(client, mails(clock.time)[-1].path)
    assert "with a link by e-mail" in client.get("/en/security").text


def test_it_is_seen_at_most_once_an_hour(app: Flask, client: FlaskClient, clock: Clock) -> None:
    sign_in(client, "pia")
    began = rows()[0].seen_at
    clock.forward(minutes=59)
    with counted(app) as found:
        client.get("/nl/profile")
    assert not [text for text in found.texts if text.startswith("UPDATE")]
    assert rows()[0].seen_at == began
    at = clock.forward(minutes=2)
    client.get("/nl/profile")
    assert rows()[0].seen_at == at
    with counted(app) as found:
        client.get("/nl/profile")
    assert not [text for text in found.texts if text.startswith("UPDATE")]


def test_a_session_that_nobody_used_for_two_weeks_is_dead(
    client: FlaskClient, clock: Clock
) -> None:
    sign_in(client, "pia", keep="y")
    for _ in range(3):
        clock.forward(days=6)
        assert is_signed_in(client)
    clock.forward(days=15)
    assert not is_signed_in(client)


def test_a_cookie_without_a_row_holds_nothing(client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["_user_id"] = person("pia").fs_uniquifier
        session["_fresh"] = True
    assert not is_signed_in(client)


def test_a_key_of_one_person_is_none_of_another(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "pia")
    assert app
    with client.session_transaction() as session:
        session["_user_id"] = person("adi").fs_uniquifier
    assert not is_signed_in(client)


@pytest.mark.parametrize("many", [10, 200])
def test_the_page_costs_the_same_for_many(app: Flask, browse: Any, clock: Clock, many: int) -> None:
    pia = browse("pia")
    with unit_of_work():
        for _ in range(many):
            open_session(person("pia"), rows()[0].how, None, FIREFOX, clock.time)
    with counted(app) as found:
        assert pia.get("/nl/security").status_code == 200
    assert found.number <= 8, str(found)


def test_a_session_has_an_end_however_often_it_is_used(app: Flask, clock: Clock) -> None:
    used = browser(app, FIREFOX)
    for _ in range(8):
        clock.forward(days=11)
        assert is_signed_in(used)
    clock.forward(days=2)
    assert not is_signed_in(used), "ninety days after it began"


def test_what_waited_in_a_browser_is_not_for_who_signs_in_next(app: Flask, clock: Clock) -> None:
    """Kees leaves with his page open; his session is ended from elsewhere, and Lotte comes."""
    shared = browser(app, FIREFOX, "kees")
    seed = key_on(shared.get("/en/security/authenticator").text)
    browser(app, PHONE, "kees").post("/en/security/sessions/end-others")
    assert not is_signed_in(shared)
    sign_in(shared, "lotte")
    assert key_on(shared.get("/en/security/authenticator").text) != seed
    assert clock
