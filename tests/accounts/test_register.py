"""Making an account: its owner confirms the address, with the password it was made with."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.people.accounts.models import Person
from tests.accounts.visitor import address, ask, follow, is_signed_in, mails, register, sign_in
from tests.cast import PASSWORD
from tests.conftest import Clock
from tests.factories import acts


def people(name: str) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Person).where(Person.email == address(name))).all())


def confirm(client: FlaskClient, path: str, password: str = PASSWORD) -> Any:
    return client.post(path, data={"password": password})


def test_an_account_is_made_confirmed_and_used(client: FlaskClient, clock: Clock) -> None:
    answer = register(client, "nieuw", language="en")
    assert answer.status_code == 303
    assert "Look in your mail" in client.get(answer.headers["Location"]).text
    assert sign_in(client, "nieuw").status_code == 422
    mail = mails(clock.time)[0]
    assert (mail.kind, mail.address) == ("security-confirm", address("nieuw"))
    assert client.get(mail.path).status_code == 200
    assert confirm(client, mail.path).status_code == 303
    assert is_signed_in(client)
    client.post("/en/logout")
    assert sign_in(client, "nieuw").status_code == 302
    made = db.session.scalars(select(Person).where(Person.email == address("nieuw"))).one()
    assert (made.display_name, made.language) == ("Nienke Nieuw", "en")


def test_it_stands_in_the_record(client: FlaskClient, clock: Clock) -> None:
    register(client, "nieuw")
    confirm(client, mails(clock.time)[0].path)
    db.session.rollback()
    verbs = acts()
    assert verbs[-3:] == ["person.registered", "consent.given", "person.confirmed"]


def test_opening_the_link_alone_confirms_nothing(client: FlaskClient, clock: Clock) -> None:
    register(client, "nieuw")
    client.get(mails(clock.time)[0].path)
    assert sign_in(client, "nieuw").status_code == 422


def test_who_did_not_make_the_account_cannot_confirm_it(client: FlaskClient, clock: Clock) -> None:
    """Somebody makes an account with another's address and waits for the owner's click."""
    register(client, "nieuw", password="van-een-ander-hoor", password_confirm="van-een-ander-hoor")
    path = mails(clock.time)[0].path
    assert confirm(client, path, "iets-wat-ik-raad").status_code == 422
    assert not is_signed_in(client)
    # The owner chooses a password of their own; the other's is worth nothing.
    ask(client, "/en/reset", "nieuw")
    client.post(
        mails(clock.time)[-1].path, data={"password": PASSWORD, "password_confirm": PASSWORD}
    )
    assert sign_in(client, "nieuw", "van-een-ander-hoor").status_code == 422
    assert sign_in(client, "nieuw").status_code == 302


def test_the_password_of_a_link_is_guessed_five_times_at_most(
    client: FlaskClient, clock: Clock
) -> None:
    register(client, "nieuw")
    path = mails(clock.time)[0].path.replace("/nl/", "/en/")
    for _ in range(5):
        confirm(client, path, "iets-wat-ik-raad")
    assert "too many tries" in confirm(client, path).text


def test_a_link_that_was_used_says_so(client: FlaskClient, clock: Clock) -> None:
    register(client, "nieuw")
    path = mails(clock.time)[0].path.replace("/nl/", "/en/")
    confirm(client, path)
    client.post("/en/logout")
    assert "confirmed already" in follow(client, path)
    assert not is_signed_in(client)


def test_a_link_works_for_three_days(client: FlaskClient, clock: Clock) -> None:
    register(client, "nieuw")
    path = mails(clock.time)[0].path.replace("/nl/", "/en/")
    clock.forward(days=3, minutes=1)
    assert "too old" in follow(client, path)
    confirm(client, path)
    assert not is_signed_in(client)
    ask(client, "/en/confirm", "nieuw")
    confirm(client, mails(clock.time)[-1].path)
    assert is_signed_in(client)


def test_the_reader_gets_where_they_were_going(client: FlaskClient, clock: Clock) -> None:
    register(client, "nieuw", next="/en/plans")
    path = mails(clock.time)[0].path
    assert "/en/plans" in client.get(path).text
    assert confirm(client, path).headers["Location"] == "/en/plans"


def test_a_known_address_changes_nothing_and_its_owner_is_told(
    client: FlaskClient, clock: Clock
) -> None:
    register(client, "pia", display_name="Iemand Anders", password="van-een-ander-hoor",
             password_confirm="van-een-ander-hoor")  # fmt: skip
    assert people("pia") == 1
    assert [mail.kind for mail in mails(clock.time)] == ["security-known"]
    assert sign_in(client, "pia", "van-een-ander-hoor").status_code == 422
    assert sign_in(client, "pia").status_code == 302


def test_two_clicks_make_one_account_and_one_mail(client: FlaskClient, clock: Clock) -> None:
    register(client, "nieuw")
    register(client, "nieuw")
    assert people("nieuw") == 1
    assert len(mails(clock.time)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "geen-adres"),
        ("email", "a b@consult.example"),
        ("email", "x" * 250 + "@consult.example"),
        ("email", "a@b.nl\nbcc: c@d.nl"),
        ("display_name", ""),
        ("display_name", "   "),
        ("display_name", "x" * 121),
        ("password", ""),
        ("display_name", "Win 500 euro op https://evil.example"),
        ("display_name", "ga naar WWW.evil.example"),
        ("password", "elf-tekens!"),
        ("password", "x" * 600),
        ("password_confirm", "iets-anders-dan-dat"),
        ("password_confirm", ""),
        ("language", "xx"),
    ],
)
def test_what_will_not_do_is_refused_and_what_was_typed_stays(
    client: FlaskClient, field: str, value: str
) -> None:
    answer = register(client, "nieuw", **{field: value})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    if field != "display_name":
        assert "Nienke Nieuw" in answer.text
    assert PASSWORD not in answer.text
    assert people("nieuw") == 0


def test_a_sentence_with_accents_is_a_password(client: FlaskClient, clock: Clock) -> None:
    composed, apart = "een zin met é erin", "een zin met e\u0301 erin"
    register(client, "nieuw", password=composed, password_confirm=composed)
    confirm(client, mails(clock.time)[0].path, apart)
    assert is_signed_in(client)


def test_an_address_is_stored_in_small_letters(app: Flask, client: FlaskClient) -> None:
    assert app
    register(client, "x", email=" NIEUW@Consult.Example ")
    assert people("nieuw") == 1
