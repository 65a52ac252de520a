"""Arriving: a link by mail makes the account of whoever owns the address, and leads back."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import KeptForm, Person
from consult.people.accounts.passwords import hashed
from tests.accounts.visitor import (
    LINK,
    NEW,
    address,
    ask,
    follow,
    hidden,
    is_signed_in,
    mails,
    newcomer_path,
    press,
    register,
    sign_in,
)
from tests.cast import PASSWORD, person
from tests.cast import sign_in as hold
from tests.conftest import Clock
from tests.factories import acts, find_round, make_proposal

COMMENT = "Ik wil dat het archief ook op zaterdag open is."


def people(name: str) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Person).where(Person.email == address(name))).all())


def test_an_account_is_made_without_a_password(client: FlaskClient, clock: Clock) -> None:
    ask(client, LINK, "nieuw")
    (mail,) = mails(clock.time)
    page = client.get(mail.path).text
    assert people("nieuw") == 0, "a scanner that opens the link makes nothing"
    assert "password" not in page.partition("<form")[2].partition("</form>")[0]
    answer = client.post(mail.path, data={**NEW, "language": "nl"})
    assert answer.headers["Location"] == "/en/home"
    assert is_signed_in(client)
    made = person("nieuw")
    assert (made.display_name, made.language, made.password) == ("Nienke Nieuw", "nl", None)
    assert acts()[-2:] == ["person.welcomed", "consent.given"]
    client.post("/en/logout")
    ask(client, LINK, "nieuw")
    assert press(client, mails(clock.time)[-1].path).status_code == 302
    assert is_signed_in(client)


def test_a_password_is_chosen_later_by_who_wants_one(client: FlaskClient, clock: Clock) -> None:
    register(client, "nieuw")
    assert client.get("/en/change").headers["Location"] == "/en/reset"
    ask(client, "/en/reset", "nieuw")
    path = mails(clock.time)[-1].path
    client.post("/en/logout")
    client.post(path, data={"password": PASSWORD, "password_confirm": PASSWORD})
    assert sign_in(client, "nieuw").status_code == 302


def test_a_link_that_was_used_says_so(app: Flask, clock: Clock) -> None:
    client = app.test_client()
    register(client, "nieuw")
    path = mails(clock.time)[0].path
    person("nieuw").email = "elders@consult.example"
    with unit_of_work():
        pass
    again = app.test_client().post(path.partition("?")[0], data=NEW)
    assert again.headers["Location"] == "/en/login"
    assert people("nieuw") == 0


def test_two_links_make_one_account(app: Flask, clock: Clock) -> None:
    for _ in range(2):
        ask(app.test_client(), LINK, "nieuw")
        mails(clock.time)
        clock.forward(minutes=1)
    paths = [mail.path for mail in mails(clock.time)]
    assert len(paths) == 2
    assert app.test_client().post(paths[0], data=NEW).status_code == 303
    refused = app.test_client().post(paths[1], data=NEW)
    assert refused.status_code == 422
    assert "There is an account with this e-mail address already." in refused.text
    assert people("nieuw") == 1


def test_a_link_works_for_a_quarter_of_an_hour(client: FlaskClient, clock: Clock) -> None:
    ask(client, LINK, "nieuw")
    path = mails(clock.time)[0].path
    clock.forward(minutes=15, seconds=1)
    assert "too old" in follow(client, path)
    assert client.post(path, data=NEW).status_code == 303
    assert people("nieuw") == 0


def test_the_reader_gets_where_they_were_going(client: FlaskClient) -> None:
    answer = register(client, "nieuw", next="/en/rounds/open/proposals/new")
    assert answer.headers["Location"] == "/en/rounds/open/proposals/new"


def test_an_account_that_nobody_confirmed_is_made_over_by_the_owner(client: FlaskClient) -> None:
    with unit_of_work():
        other = hashed("van-een-ander-hoor")
        db.session.add(Person(email=address("nieuw"), display_name="Iemand", password=other))
    register(client, "nieuw")
    assert person("nieuw").display_name == "Nienke Nieuw"
    assert person("nieuw").confirmed_at is not None
    client.post("/en/logout")
    assert sign_in(client, "nieuw", "van-een-ander-hoor").status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", ""),
        ("display_name", "   "),
        ("display_name", "x" * 121),
        ("display_name", "Win 500 euro op https://evil.example"),
        ("display_name", "ga naar WWW.evil.example"),
        ("language", "xx"),
        ("taking_part", ""),
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
    assert people("nieuw") == 0


def test_who_is_signed_in_needs_no_account(browse: Any) -> None:
    assert browse("pia").get(newcomer_path()).headers["Location"] == "/en/home"
    assert browse("pia").post(newcomer_path(), data=NEW).headers["Location"] == "/en/home"
    assert people("nieuw") == 0


def typed_by_nobody(client: FlaskClient) -> Any:
    """Send a comment without being signed in."""
    number = make_proposal("open").number
    form = {"kind": "question", "body": COMMENT, "organisation_id": "0", "language": "en"}
    return client.post(f"/en/rounds/open/proposals/{number}/comments", data=form)


def keep(client: FlaskClient, page: Any, **more: str) -> Any:
    return client.post("/en/keep", data={"sealed": hidden(page.text, "sealed"), **more})


def test_what_was_typed_comes_back_in_another_browser(app: Flask, clock: Clock) -> None:
    with unit_of_work():
        find_round("open").open_to_everyone = True
    phone, laptop = app.test_client(), app.test_client()
    page = typed_by_nobody(laptop)
    assert page.status_code == 401
    assert "it stands in the form again" in page.text
    answer = keep(laptop, page, email=address("nieuw"))
    assert answer.headers["Location"] == "/en/mail-sent/link"
    path = mails(clock.time)[-1].path
    form = {**NEW, "next": hidden(phone.get(path).text, "next")}
    there = phone.post(path.partition("?")[0], data=form).headers["Location"]
    filled = phone.get(there).text
    assert COMMENT in filled
    sent = phone.post(
        there.partition("?")[0],
        data={"kind": "question", "body": COMMENT, "organisation_id": "0", "language": "en"},
    )
    assert sent.status_code == 303


def test_who_has_an_account_gets_it_back_by_password_in_the_same_browser(
    client: FlaskClient,
) -> None:
    to_sign_in = keep(client, typed_by_nobody(client), by="other").headers["Location"]
    there = hidden(client.get(to_sign_in).text, "next")
    assert sign_in(client, "pia", next=there).headers["Location"] == there
    assert COMMENT in client.get(there).text


def test_nobody_else_gets_to_see_what_was_typed(app: Flask, clock: Clock) -> None:
    laptop, other = app.test_client(), app.test_client()
    keep(laptop, typed_by_nobody(laptop), email=address("pia"))
    there = hidden(laptop.get(mails(clock.time)[-1].path).text, "next")
    hold(other, "lotte")
    assert COMMENT not in other.get(there).text
    hold(other, "pia")
    assert COMMENT in other.get(there).text
    clock.forward(days=1, minutes=1)
    assert COMMENT not in other.get(there).text


def test_nothing_is_kept_that_we_did_not_seal_or_without_an_address(client: FlaskClient) -> None:
    assert keep(client, typed_by_nobody(client), email="geen-adres").status_code == 422
    forged = client.post("/en/keep", data={"sealed": "x.y", "email": address("pia")})
    assert forged.headers["Location"] == "/en/login"
    assert db.session.scalars(select(KeptForm)).all() == []
