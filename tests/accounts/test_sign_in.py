"""Signing in by password and by link; strangers learn nothing; who guesses is locked out."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.accounts.models import Person
from consult.accounts.services import close_account, create_person, find_person
from consult.core.db import db
from consult.core.errors import InvalidInput, NotAllowed, NotFound
from consult.core.people import SYSTEM
from consult.core.unit_of_work import unit_of_work
from consult.notifications.models import Message
from tests.cast import PASSWORD, person
from tests.conftest import Clock

LOGIN = "/nl/login"


def sign_in(client: FlaskClient, email: str, password: str, **more: str) -> Any:
    return client.post(LOGIN, data={"email": email, "password": password, **more})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/nl/home").status_code == 200


def test_it_works(client: FlaskClient) -> None:
    answer = sign_in(client, "pia@consult.example", PASSWORD)
    assert answer.status_code == 302
    assert is_signed_in(client)


def test_signing_out_is_a_post(client: FlaskClient) -> None:
    sign_in(client, "pia@consult.example", PASSWORD)
    assert client.get("/nl/logout").status_code == 405
    client.post("/nl/logout")
    assert not is_signed_in(client)


def test_a_stranger_learns_nothing_from_a_failed_sign_in(client: FlaskClient) -> None:
    known = sign_in(client, "pia@consult.example", "een-verkeerd-wachtwoord")
    unknown = sign_in(client, "niemand@consult.example", "een-verkeerd-wachtwoord")
    hide = re.compile(r'(value|content)="[^"]*"')
    assert known.status_code == unknown.status_code
    assert hide.sub("", known.text) == hide.sub("", unknown.text)


@pytest.mark.parametrize("path", ["/nl/reset", "/nl/confirm"])
def test_a_stranger_learns_nothing_from_asking_for_a_link(client: FlaskClient, path: str) -> None:
    known, unknown = (
        client.post(path, data={"email": f"{name}@consult.example"}) for name in ("pia", "niemand")
    )
    assert known.status_code == unknown.status_code
    assert known.headers.get("Location") == unknown.headers.get("Location")


def test_registering_a_known_address_answers_like_a_new_one(client: FlaskClient) -> None:
    form = {
        "password": PASSWORD,
        "password_confirm": PASSWORD,
        "display_name": "N",
        "language": "nl",
    }
    known, new = (
        client.post("/nl/register", data={**form, "email": f"{name}@consult.example"})
        for name in ("pia", "nieuw")
    )
    assert known.status_code == new.status_code == 302
    assert known.headers["Location"] == new.headers["Location"]


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(
    client: FlaskClient, clock: Clock
) -> None:
    for _ in range(5):
        sign_in(client, "pia@consult.example", "een-verkeerd-wachtwoord")
    assert "15" in sign_in(client, "pia@consult.example", PASSWORD).text
    assert not is_signed_in(client)
    clock.forward(minutes=16)
    assert sign_in(client, "pia@consult.example", PASSWORD).status_code == 302


def test_a_lock_tells_a_stranger_nothing(client: FlaskClient) -> None:
    for name in ("pia", "niemand"):
        for _ in range(5):
            sign_in(client, f"{name}@consult.example", "een-verkeerd-wachtwoord")
        assert "15" in sign_in(client, f"{name}@consult.example", "x" * 20).text


def test_a_success_forgives(client: FlaskClient) -> None:
    for _ in range(4):
        sign_in(client, "pia@consult.example", "een-verkeerd-wachtwoord")
    sign_in(client, "pia@consult.example", PASSWORD)
    client.post("/nl/logout")
    for _ in range(4):
        sign_in(client, "pia@consult.example", "een-verkeerd-wachtwoord")
    assert sign_in(client, "pia@consult.example", PASSWORD).status_code == 302


def test_many_accounts_from_one_address_lock_the_address(client: FlaskClient) -> None:
    for number in range(20):
        sign_in(client, f"iemand{number}@consult.example", "een-verkeerd-wachtwoord")
    sign_in(client, "pia@consult.example", PASSWORD)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    answer = sign_in(client, "pia@consult.example", PASSWORD, next=target)
    leads_to = answer.headers.get("Location", "/")
    assert re.match(r"/(?![/\\])", leads_to), "a path on this site, whatever was asked"


def test_the_link_by_mail_signs_in(app: Flask, client: FlaskClient) -> None:
    client.post(
        "/nl/us-signin/send-code",
        data={"identity": "pia@consult.example", "chosen_method": "email"},
    )
    mail = db.session.scalars(select(Message)).one()
    assert mail.address == "pia@consult.example"
    base = app.config["BASE_URL"]
    link = next(word for word in mail.body.split() if word.startswith(base))
    client.get(link.removeprefix(base))
    assert is_signed_in(client)


def test_nobody_gets_a_link_for_an_address_that_has_no_account(client: FlaskClient) -> None:
    client.post(
        "/nl/us-signin/send-code",
        data={"identity": "niemand@consult.example", "chosen_method": "email"},
    )
    assert not db.session.scalars(select(Message)).all()


def test_links_in_mails_never_come_from_the_host_header(client: FlaskClient) -> None:
    client.post(
        "/nl/reset", data={"email": "pia@consult.example"}, headers={"Host": "evil.example"}
    )
    mail = db.session.scalars(select(Message)).one()
    assert "evil" not in mail.body
    assert "http://127.0.0.1:5000/" in mail.body


def test_registering_needs_a_confirmed_address(app: Flask, client: FlaskClient) -> None:
    form = {
        "email": "nieuw@consult.example", "password": PASSWORD, "password_confirm": PASSWORD,
        "display_name": "Nienke Nieuw", "language": "en",
    }  # fmt: skip
    client.post("/nl/register", data=form)
    sign_in(client, "nieuw@consult.example", PASSWORD)
    assert not is_signed_in(client)
    mail = db.session.scalars(select(Message)).one()
    base = app.config["BASE_URL"]
    link = next(word for word in mail.body.split() if word.startswith(base))
    client.get(link.removeprefix(base))
    client.post("/nl/confirm/x", data={})
    sign_in(client, "nieuw@consult.example", PASSWORD)
    assert is_signed_in(client)
    made = find_person("nieuw@consult.example")
    assert (made.display_name, made.language) == ("Nienke Nieuw", "en")


def test_a_short_password_is_refused_with_a_sentence(client: FlaskClient) -> None:
    form = {
        "email": "nieuw@consult.example", "password": "kort", "password_confirm": "kort",
        "display_name": "N", "language": "nl",
    }  # fmt: skip
    answer = client.post("/nl/register", data=form)
    assert "12" in answer.text
    with pytest.raises(NotFound):
        find_person("nieuw@consult.example")


@pytest.mark.parametrize("path", ["/nl/us-setup", "/nl/verify", "/nl/us-verify"])
def test_pages_we_do_not_offer_are_not_there(browse: Any, path: str) -> None:
    assert browse("pia").get(path).status_code == 404


def test_a_profile_is_changed_by_its_owner(browse: Any) -> None:
    answer = browse("pia").post("/nl/profile", data={"display_name": "P. Jansen", "language": "en"})
    assert answer.status_code == 303
    assert (person("pia").display_name, person("pia").language) == ("P. Jansen", "en")


def test_closing_an_account_takes_the_name_off_and_signs_out(
    app: Flask, browse: Any, now: Any
) -> None:
    pia = browse("pia")
    assert app
    with unit_of_work():
        close_account(SYSTEM, person("pia"), now)
    assert not is_signed_in(pia)
    names = db.session.scalars(select(Person.display_name)).all()
    assert "Pia Jansen" not in names


def test_only_an_administrator_makes_accounts(app: Flask, now: Any) -> None:
    assert app
    for who in ("ana", "mo", "pia"):
        with pytest.raises(NotAllowed), unit_of_work():
            create_person(person(who), "x@consult.example", "X", PASSWORD, "nl", now)
    with pytest.raises(InvalidInput), unit_of_work():
        create_person(person("adi"), "pia@consult.example", "X", PASSWORD, "nl", now)
