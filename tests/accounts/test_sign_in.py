"""Signing in with a password, and what a session is worth."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import SignInSession
from tests.accounts.visitor import WRONG, address, is_signed_in, sign_in
from tests.cast import PASSWORD, person
from tests.conftest import Clock
from tests.statements import counted


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("consult")
    assert found
    return found.value


def steal(app: Flask, client: FlaskClient) -> FlaskClient:
    """Return a browser that holds a copy of the cookie."""
    thief = app.test_client()
    thief.set_cookie("consult", cookie(client))
    return thief


def test_a_password_signs_in(client: FlaskClient) -> None:
    answer = sign_in(client, "pia")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/en/home"
    assert is_signed_in(client)


def test_the_address_may_be_typed_in_capitals(client: FlaskClient) -> None:
    client.post("/nl/login", data={"email": " PIA@Consult.Example ", "password": PASSWORD})
    assert is_signed_in(client)


@pytest.mark.parametrize("password", [WRONG, "", " ", "x" * 5000, "\x00", "een-lang-wachtwoord "])
def test_another_password_does_not(client: FlaskClient, password: str) -> None:
    assert sign_in(client, "pia", password).status_code == 422
    assert not is_signed_in(client)


@pytest.mark.parametrize("email", ["", "pia", "@", "x" * 300 + "@consult.example", "a\x00@b.nl"])
def test_no_address_is_refused_as_a_sentence(client: FlaskClient, email: str) -> None:
    answer = client.post("/nl/login", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_field_left_empty_is_named(client: FlaskClient) -> None:
    page = client.post("/en/login", data={"email": "", "password": ""}).text
    assert page.count("Type your e-mail address.") == page.count("Type your password.") == 1
    page = sign_in(client, "pia", WRONG).text
    assert page.count("is not right") == 1


def test_who_is_not_confirmed_does_not_get_in(client: FlaskClient) -> None:
    with unit_of_work():
        person("pia").confirmed_at = None
    assert sign_in(client, "pia").status_code == 422
    assert not is_signed_in(client)


def test_who_is_not_active_does_not_get_in(client: FlaskClient) -> None:
    with unit_of_work():
        person("pia").active = False
    assert sign_in(client, "pia").status_code == 422
    assert not is_signed_in(client)


def test_signing_out_is_a_post(client: FlaskClient) -> None:
    sign_in(client, "pia")
    assert client.get("/nl/logout").status_code == 405
    assert is_signed_in(client)
    assert client.post("/nl/logout").headers["Location"] == "/nl/"
    assert not is_signed_in(client)


def test_a_cookie_from_before_signing_in_is_another(app: Flask, client: FlaskClient) -> None:
    client.get("/nl/login")
    with client.session_transaction() as session:
        session["csrf_token"] = "planted"
    before = cookie(client)
    planted = steal(app, client)
    sign_in(client, "pia")
    assert cookie(client) != before
    assert not is_signed_in(planted)
    with client.session_transaction() as session:
        assert session["csrf_token"] != "planted"


def test_two_sign_ins_are_two_sessions(app: Flask) -> None:
    one, other = app.test_client(), app.test_client()
    sign_in(one, "pia")
    sign_in(other, "pia")
    assert cookie(one) != cookie(other)
    one.post("/nl/logout")
    assert is_signed_in(other)


def test_a_copied_cookie_is_dead_after_signing_out(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "pia")
    thief = steal(app, client)
    assert is_signed_in(thief)
    client.post("/nl/logout")
    assert not is_signed_in(thief)


def test_sessions_are_forgotten_when_no_cookie_can_be_that_old(app: Flask, clock: Clock) -> None:
    for _ in range(2):
        client = app.test_client()
        sign_in(client, "pia")
        clock.forward(days=15)
        assert not is_signed_in(client)
    assert len(db.session.scalars(select(SignInSession)).all()) == 1


def test_another_password_ends_every_other_session(app: Flask, client: FlaskClient) -> None:
    elsewhere = app.test_client()
    sign_in(client, "pia")
    sign_in(elsewhere, "pia")
    thief = steal(app, client)
    new = "een-heel-nieuw-wachtwoord"
    answer = client.post(
        "/nl/change",
        data={"password": PASSWORD, "new_password": new, "new_password_confirm": new},
    )
    assert answer.headers["Location"] == "/nl/profile"
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert not is_signed_in(thief)
    assert sign_in(elsewhere, "pia").status_code == 422
    assert sign_in(elsewhere, "pia", new).status_code == 302


def session_of(answer: TestResponse) -> str:
    return next(one for one in answer.headers.getlist("Set-Cookie") if "consult=" in one)


def test_a_session_lasts_two_weeks_only_if_asked(client: FlaskClient) -> None:
    assert "Expires" not in session_of(sign_in(client, "pia"))
    client.post("/nl/logout")
    assert "Expires" in session_of(sign_in(client, "pia", keep="y"))


def test_the_cookie_is_for_this_site_alone(client: FlaskClient) -> None:
    answer = sign_in(client, "pia")
    said = answer.headers.getlist("Set-Cookie")
    assert session_of(answer) in said
    for cookie in said:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("name", ["Authentication-Token", "Authorization"])
def test_a_session_is_the_only_way_in(app: Flask, client: FlaskClient, name: str) -> None:
    with app.test_request_context():
        token = person("pia").get_auth_token()
    assert client.get("/nl/home", headers={name: token}).status_code == 302
    assert client.get(f"/nl/home?auth_token={token}").status_code == 302


def test_signing_in_twice_leads_home(client: FlaskClient) -> None:
    sign_in(client, "pia")
    assert client.get("/nl/login").headers["Location"] == "/nl/home"


def test_a_page_that_needs_it_leads_to_signing_in_and_back(client: FlaskClient) -> None:
    to_sign_in = client.get("/en/home").headers["Location"]
    page = client.get(to_sign_in)
    assert 'name="next" value="/en/home"' in page.text
    answer = client.post(
        "/en/login", data={"email": address("pia"), "password": PASSWORD, "next": "/en/home"}
    )
    assert answer.headers["Location"] == "/en/home"


def test_json_gets_no_further_than_a_form(client: FlaskClient) -> None:
    answer = client.post("/nl/login", json={"email": address("pia"), "password": WRONG})
    assert answer.content_type.startswith("text/html")


def test_a_person_costs_one_statement_a_request(app: Flask, browse: Any) -> None:
    pia = browse("pia")
    with counted(app) as found:
        pia.get("/nl/profile")
    assert len([text for text in found.texts if "fs_uniquifier" in text]) == 1
    assert found.number <= 2, str(found)
