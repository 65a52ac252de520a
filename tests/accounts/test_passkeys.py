"""Passkeys: added, used alone and as a second factor, removed; and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Passkey, SecondFactor, SignInSession
from tests.accounts.factors import Key, add_key, give_app, question_on, use_key
from tests.accounts.visitor import is_signed_in, mails, sign_in
from tests.cast import person
from tests.conftest import Clock

SITE = "https://consult.example"
LOGIN, PASSKEY, SECOND = "/en/login", "/en/passkey", "/en/second-factor"
SECOND_KEY, FAILED = f"{SECOND}/passkey", "did not work here"


@pytest.fixture(autouse=True)
def at_a_name(app: Flask) -> Iterator[None]:
    """A passkey belongs to a name, and the tests stand at none."""
    before, app.config["BASE_URL"] = app.config["BASE_URL"], SITE
    yield
    app.config["BASE_URL"] = before


@pytest.fixture
def key(app: Flask) -> Key:
    """Pia's security key, added."""
    found = Key(SITE)
    client = app.test_client()
    sign_in(client, "pia")
    assert add_key(client, found).status_code == 303
    return found


def test_a_passkey_signs_in_and_nothing_is_typed(client: FlaskClient, key: Key) -> None:
    answer = use_key(client, key, LOGIN, PASSKEY)
    assert answer.headers["Location"] == "/en/home"
    assert is_signed_in(client)
    session = db.session.scalars(select(SignInSession).order_by(SignInSession.id.desc())).first()
    assert session
    assert (session.how.value, session.second) == ("passkey", SecondFactor.PASSKEY)


def test_it_leads_where_one_wanted_to_go(client: FlaskClient, key: Key) -> None:
    token, options = question_on(client.get("/en/login?next=/en/profile").text, PASSKEY)
    form = {"question": token, "credential": key.use(options), "next": "/en/profile"}
    assert client.post(PASSKEY, data=form).headers["Location"] == "/en/profile"


def test_who_is_signed_in_already_goes_on(client: FlaskClient) -> None:
    sign_in(client, "pia")
    assert client.post(PASSKEY).headers["Location"] == "/en/home"
    wanted = client.post(PASSKEY, data={"next": "/en/profile"})
    assert wanted.headers["Location"] == "/en/profile"


def test_the_first_one_brings_recovery_codes_and_a_mail(client: FlaskClient, clock: Clock) -> None:
    sign_in(client, "pia")
    answer = add_key(client, Key(SITE), "telefoon")
    assert answer.headers["Location"] == "/en/security/recovery-codes"
    assert "telefoon" in client.get("/en/security").text
    assert "telefoon" in mails(clock.time)[-1].body
    assert add_key(client, Key(SITE), "tweede").headers["Location"] == "/en/security"


def test_it_is_a_second_factor_after_a_password(client: FlaskClient, key: Key) -> None:
    key.flags = 0x01  # touched, and no PIN
    assert sign_in(client, "pia").headers["Location"] == SECOND
    assert use_key(client, key, SECOND, SECOND_KEY).headers["Location"] == "/en/home"
    assert is_signed_in(client)


def test_a_key_that_did_not_check_who_is_there_is_one_factor(client: FlaskClient, key: Key) -> None:
    key.flags = 0x01
    answer = use_key(client, key, LOGIN, PASSKEY)
    assert "did not check who you are" in client.get(answer.headers["Location"]).text
    assert not is_signed_in(client)


def test_nor_is_it_with_an_app_beside_it(
    app: Flask, client: FlaskClient, key: Key, clock: Clock
) -> None:
    """The same key is no second factor to itself."""
    give_app("pia", clock.time)
    key.flags = 0x01
    assert app
    assert use_key(client, key, LOGIN, PASSKEY).headers["Location"] == LOGIN
    assert not is_signed_in(client)


@pytest.mark.parametrize("counts", [True, False])
def test_no_answer_counts_twice(app: Flask, client: FlaskClient, *, counts: bool) -> None:
    """A key that counts its uses gives a repeated answer away, but most passkeys do not count."""
    key, owner = Key(SITE, counts=counts), app.test_client()
    sign_in(owner, "pia")
    assert add_key(owner, key).status_code == 303
    token, options = question_on(client.get(LOGIN).text, PASSKEY)
    form = {"question": token, "credential": key.use(options)}
    assert client.post(PASSKEY, data=form).headers["Location"] == "/en/home"
    thief = app.test_client()
    assert thief.post(PASSKEY, data=form).headers["Location"] == LOGIN
    assert not is_signed_in(thief)


def test_no_answer_counts_after_ten_minutes(client: FlaskClient, key: Key, clock: Clock) -> None:
    token, options = question_on(client.get(LOGIN).text, PASSKEY)
    clock.forward(minutes=11)
    client.post(PASSKEY, data={"question": token, "credential": key.use(options)})
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://consult.example", "https://consult.example:8443"]
)
def test_an_answer_from_elsewhere_is_refused(client: FlaskClient, key: Key, origin: str) -> None:
    key.origin = origin
    use_key(client, key, LOGIN, PASSKEY)
    assert not is_signed_in(client)


def test_the_host_header_says_nothing(client: FlaskClient, key: Key) -> None:
    page = client.get(LOGIN, headers={"Host": "evil.example"}).text
    assert question_on(page, PASSKEY)[1]["rpId"] == "consult.example"
    assert key


def test_an_answer_to_another_question_is_refused(
    app: Flask, client: FlaskClient, key: Key
) -> None:
    """A question of the page of signing in is none of the second factor, nor the other way."""
    other = app.test_client()
    sign_in(other, "pia")
    token, options = question_on(client.get(LOGIN).text, PASSKEY)
    form = {"question": token, "credential": key.use(options)}
    other.post(SECOND_KEY, data=form)
    assert not is_signed_in(other)
    token, options = question_on(other.get(SECOND).text, SECOND_KEY)
    client.post(PASSKEY, data={"question": token, "credential": key.use(options)})
    assert not is_signed_in(client)


def test_a_copy_that_lags_behind_is_refused(app: Flask, key: Key) -> None:
    copied = key.count
    assert is_signed_in_by(app, key)
    key.count = copied
    assert not is_signed_in_by(app, key)


def is_signed_in_by(app: Flask, key: Key) -> bool:
    client = app.test_client()
    use_key(client, key, LOGIN, PASSKEY)
    return is_signed_in(client)


def test_a_key_of_somebody_else_is_no_second_factor(app: Flask, key: Key) -> None:
    lotte, other = app.test_client(), Key(SITE)
    sign_in(lotte, "lotte")
    add_key(lotte, other)
    client = app.test_client()
    sign_in(client, "pia")
    use_key(client, other, SECOND, SECOND_KEY)
    assert not is_signed_in(client)
    assert key


def test_a_signature_of_another_key_is_refused(app: Flask, key: Key) -> None:
    forged = Key(SITE)
    forged.id, forged.count = key.id, 50
    assert not is_signed_in_by(app, forged)


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": 5}', '{"id": "x"}', "x"])
def test_what_is_no_answer_is_refused_as_a_sentence(client: FlaskClient, credential: str) -> None:
    token, _ = question_on(client.get(LOGIN).text, PASSKEY)
    answer = client.post(PASSKEY, data={"question": token, "credential": credential})
    assert FAILED in client.get(answer.headers["Location"]).text


def test_the_answer_to_a_stranger_is_the_same_for_every_key(
    app: Flask, client: FlaskClient, key: Key
) -> None:
    """Whether a passkey is known cannot be asked: a known id with a wrong signature, or none."""
    forged, unknown = Key(SITE), Key(SITE)
    forged.id, forged.count = key.id, 50
    said = []
    for one in (forged, unknown):
        other = app.test_client()
        answer = use_key(other, one, LOGIN, PASSKEY)
        page = other.get(answer.headers["Location"]).text
        said.append((answer.status_code, answer.headers["Location"], FAILED in page))
    assert said[0] == said[1]
    assert question_on(client.get(LOGIN).text, PASSKEY)[1]["allowCredentials"] == []


def test_who_is_not_active_does_not_get_in(app: Flask, key: Key) -> None:
    with unit_of_work():
        person("pia").active = False
    assert not is_signed_in_by(app, key)


def test_one_key_belongs_to_one_person(app: Flask, key: Key) -> None:
    lotte = app.test_client()
    sign_in(lotte, "lotte")
    answer = add_key(lotte, key)
    assert answer.status_code == 422
    assert "added already" in answer.text
    assert len(db.session.scalars(select(Passkey)).all()) == 1


def test_it_needs_a_name(client: FlaskClient) -> None:
    sign_in(client, "pia")
    answer = add_key(client, Key(SITE), " ")
    assert answer.status_code == 422
    assert db.session.scalars(select(Passkey)).all() == []


def test_a_passkey_is_removed(app: Flask, client: FlaskClient, key: Key, clock: Clock) -> None:
    sign_in(client, "pia")
    use_key(client, key, SECOND, SECOND_KEY)
    number = db.session.scalars(select(Passkey.id)).one()
    assert client.post(f"/en/security/passkeys/{number + 1}/remove").status_code == 404
    assert client.post(f"/en/security/passkeys/{number}/remove").status_code == 303
    assert not is_signed_in_by(app, key)
    assert person("pia").second_factor_at is None
    assert mails(clock.time)[-1].subject == "Er is een toegangssleutel verwijderd"


def test_nobody_removes_a_key_of_somebody_else(browse: Any, key: Key) -> None:
    number = db.session.scalars(select(Passkey.id)).one()
    assert browse("lotte").post(f"/en/security/passkeys/{number}/remove").status_code == 404
    assert key


def test_with_it_one_proves_who_one_is(client: FlaskClient, key: Key, clock: Clock) -> None:
    use_key(client, key, LOGIN, PASSKEY)
    clock.forward(minutes=20)
    assert "/verify" in client.get("/en/security/passkeys/new").headers["Location"]
    use_key(client, key, "/en/security/verify", "/en/security/verify/passkey")
    assert client.get("/en/security/passkeys/new").status_code == 200


def test_at_a_number_there_are_none_and_the_page_says_why(app: Flask, client: FlaskClient) -> None:
    app.config["BASE_URL"] = "http://127.0.0.1:5000"
    assert "passkey" not in client.get(LOGIN).text
    sign_in(client, "pia")
    for path in ("/en/security", "/en/security/passkeys/new"):
        assert "a passkey needs a name" in client.get(path).text
