"""What comes by mail: a link and a code to sign in, a link for a new password."""

import re
from base64 import urlsafe_b64decode
from datetime import datetime

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person
from tests.accounts.visitor import (
    Mail,
    address,
    ask,
    follow,
    hidden,
    is_signed_in,
    mails,
    press,
    sign_in,
)
from tests.cast import PASSWORD, person
from tests.conftest import BrowserClient, Clock

LINK, RESET = "/en/us-signin/send-code", "/en/reset"
NEW = "een-heel-nieuw-wachtwoord"


def only_mail(now: datetime) -> Mail:
    found = mails(now)
    assert len(found) == 1
    return found[0]


def post_code(client: FlaskClient, code: str, name: str = "pia") -> int:
    form = {"identity": address(name), "passcode": code}
    return client.post("/en/us-signin", data=form).status_code


def test_a_link_signs_in_after_one_press(client: FlaskClient, clock: Clock) -> None:
    ask(client, LINK, "pia")
    mail = only_mail(clock.time)
    assert mail.address == address("pia")
    assert press(client, mail.path).status_code == 302
    assert is_signed_in(client)


def test_opening_the_link_alone_uses_nothing_up(app: Flask, clock: Clock) -> None:
    """Mail scanners open every link they see."""
    client, scanner = app.test_client(), app.test_client()
    ask(client, LINK, "pia")
    path = only_mail(clock.time).path
    scanner.get(path)
    scanner.head(path)
    assert not is_signed_in(scanner)
    press(client, path)
    assert is_signed_in(client)


def test_a_link_works_once(app: Flask, client: FlaskClient, clock: Clock) -> None:
    ask(client, LINK, "pia")
    path = only_mail(clock.time).path
    press(client, path)
    other = app.test_client()
    assert press(other, path).status_code == 422
    assert not is_signed_in(other)


def test_the_code_may_be_typed_with_its_space(client: FlaskClient, clock: Clock) -> None:
    ask(client, LINK, "pia")
    code = only_mail(clock.time).code
    assert post_code(client, f"{code[:4]} {code[4:]}") == 302
    assert is_signed_in(client)


def test_a_code_belongs_to_one_person(client: FlaskClient, clock: Clock) -> None:
    ask(client, LINK, "pia")
    ask(client, LINK, "sam")
    pia, _sam = mails(clock.time)
    assert post_code(client, pia.code, "sam") == 422
    assert post_code(client, pia.code, "niemand") == 422
    assert not is_signed_in(client)


def test_two_mails_may_arrive_in_any_order(client: FlaskClient, clock: Clock) -> None:
    ask(client, LINK, "pia")
    mails(clock.time)
    clock.forward(minutes=2)
    ask(client, LINK, "pia")
    first, _second = mails(clock.time)
    assert post_code(client, first.code) == 302


def test_a_code_works_for_a_quarter_of_an_hour(client: FlaskClient, clock: Clock) -> None:
    ask(client, LINK, "pia")
    code = only_mail(clock.time).code
    clock.forward(minutes=14)
    assert post_code(client, code) == 302
    client.post("/nl/logout")
    ask(client, LINK, "pia")
    code = mails(clock.time)[-1].code
    clock.forward(minutes=17)
    assert post_code(client, code) == 422


@pytest.mark.parametrize(
    "code", ["", "0", "abcdefgh", "x" * 600, "\x00", "١٢٣٤٥٦٧٨", "12345678" * 9]
)
def test_what_is_no_code_is_refused(client: FlaskClient, clock: Clock, code: str) -> None:
    ask(client, LINK, "pia")
    mails(clock.time)
    assert post_code(client, code) == 422
    assert not is_signed_in(client)


def test_without_having_asked_no_code_is_right(client: FlaskClient) -> None:
    assert post_code(client, "00000000") == 422


def test_the_link_leads_where_the_reader_was_going(client: FlaskClient, clock: Clock) -> None:
    ask(client, LINK, "pia", form={"next": "/en/plans?a=b&c=d"})
    answer = press(client, only_mail(clock.time).path)
    assert answer.headers["Location"] == "/en/plans?a=b&c=d"


def test_no_address_stands_in_a_link(client: FlaskClient, clock: Clock) -> None:
    for path in (LINK, RESET):
        ask(client, path, "pia")
    for mail in mails(clock.time):
        assert "%40" not in mail.path
        for part in re.split("[/.]", mail.path):
            said = re.sub("[^A-Za-z0-9_-]", "", part)
            hidden = urlsafe_b64decode(said[: len(said) // 4 * 4])
            assert b"pia@" not in hidden
            assert "pia@" not in part


def test_who_is_not_confirmed_gets_the_link_of_a_newcomer(
    client: FlaskClient, clock: Clock
) -> None:
    with unit_of_work():
        person("pia").confirmed_at = None
    ask(client, LINK, "pia")
    assert only_mail(clock.time).kind == "security-welcome"


def test_mails_speak_the_language_of_their_reader(client: FlaskClient, clock: Clock) -> None:
    with unit_of_work():
        person("sam").language = "en"
    ask(client, LINK, "pia")
    ask(client, LINK, "sam")
    dutch, english = mails(clock.time)
    assert dutch.subject != english.subject == "Your link to sign in"
    assert dutch.path.startswith("/nl/")
    assert english.path.startswith("/en/")


HOSTS = [
    {"Host": "evil.example"},
    {"Host": "evil.example:80"},
    {"Host": "127.0.0.1:5000.evil.example"},
    {"Host": "evil.example@127.0.0.1"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Server": "evil.example"},
    {"X-Forwarded-For": "evil.example"},
    {"X-Forwarded-Proto": "evil"},
    {"X-Forwarded-Prefix": "/evil"},
    {"X-Forwarded-Port": "666"},
    {"Forwarded": "host=evil.example"},
    {"X-Original-Host": "evil.example", "X-Host": "evil.example", "X-HTTP-Host-Override": "evil"},
]


@pytest.mark.parametrize("headers", HOSTS, ids=range(len(HOSTS)))
def test_links_come_from_the_settings_alone(
    client: FlaskClient, clock: Clock, headers: dict[str, str]
) -> None:
    ask(client, RESET, "pia", headers=headers)
    for mail in mails(clock.time):
        assert "evil" not in mail.body
        assert f"{current_app.config['BASE_URL']}/nl/reset/" in mail.body


# A new password


def choose(client: FlaskClient, path: str, password: str = NEW) -> int:
    form = {"password": password, "password_confirm": password}
    return client.post(path, data=form).status_code


def test_a_reset_link_leads_to_a_new_password(client: FlaskClient, clock: Clock) -> None:
    ask(client, RESET, "pia")
    path = only_mail(clock.time).path
    assert "new-password" in client.get(path).text
    assert choose(client, path) == 302
    assert not is_signed_in(client)
    assert sign_in(client, "pia").status_code == 422
    assert sign_in(client, "pia", NEW).status_code == 302


def test_a_reset_link_works_once(client: FlaskClient, clock: Clock) -> None:
    ask(client, RESET, "pia")
    path = only_mail(clock.time).path
    choose(client, path)
    choose(client, path, "nog-een-ander-wachtwoord")
    assert sign_in(client, "pia", NEW).status_code == 302


def test_a_reset_link_works_for_two_hours(client: FlaskClient, clock: Clock) -> None:
    ask(client, RESET, "pia")
    path = only_mail(clock.time).path
    clock.forward(hours=2, minutes=1)
    assert "too old" in follow(client, path.replace("/nl/", "/en/"))
    choose(client, path)
    assert sign_in(client, "pia", PASSWORD).status_code == 302


@pytest.mark.parametrize("token", ["x", "a.b.c", "%C3%A9", "e30.e30.e30"])
@pytest.mark.parametrize("page", ["reset", "register"])
def test_a_forged_link_is_refused_with_a_sentence(
    client: FlaskClient, page: str, token: str
) -> None:
    assert "Ask for a new one." in follow(client, f"/en/{page}/{token}")
    assert choose(client, f"/en/{page}/{token}") in {302, 303}


def test_a_link_of_a_newcomer_resets_nothing(client: FlaskClient, clock: Clock) -> None:
    with unit_of_work():
        person("pia").confirmed_at = None
    ask(client, "/en/us-signin/send-code", "pia")
    token = only_mail(clock.time).path.rsplit("/", 1)[1]
    choose(client, f"/en/reset/{token}")
    assert sign_in(client, "pia", NEW).status_code == 422


def test_a_reset_signs_out_everywhere(app: Flask, client: FlaskClient, clock: Clock) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere, "pia")
    ask(client, RESET, "pia")
    choose(client, only_mail(clock.time).path)
    assert not is_signed_in(elsewhere)


def test_a_reset_confirms_the_address(client: FlaskClient, clock: Clock) -> None:
    with unit_of_work():
        person("pia").confirmed_at = None
    ask(client, RESET, "pia")
    choose(client, only_mail(clock.time).path)
    assert sign_in(client, "pia", NEW).status_code == 302


def test_a_reset_ends_the_lock(client: FlaskClient, clock: Clock) -> None:
    for _ in range(5):
        sign_in(client, "pia", "een-verkeerd-wachtwoord")
    ask(client, RESET, "pia")
    choose(client, only_mail(clock.time).path)
    assert sign_in(client, "pia", NEW).status_code == 302


def test_a_short_new_password_is_refused_and_the_link_still_works(
    client: FlaskClient, clock: Clock
) -> None:
    ask(client, RESET, "pia")
    path = only_mail(clock.time).path
    assert choose(client, path, "kort") == 422
    assert choose(client, path) == 302


def test_who_changes_a_password_is_told(client: FlaskClient, clock: Clock) -> None:
    sign_in(client, "pia")
    client.post(
        "/en/change",
        data={"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW},
    )
    mail = only_mail(clock.time)
    assert mail.kind == "security-password-changed"
    assert mail.path == "/nl/reset"


def test_who_has_no_password_is_led_to_choosing_one(client: FlaskClient, clock: Clock) -> None:
    with unit_of_work():
        person("pia").password = None
    ask(client, LINK, "pia")
    press(client, only_mail(clock.time).path)
    assert client.get("/en/change").headers["Location"] == "/en/reset"


def test_a_reset_rolled_back_leaves_neither_password_nor_mail(
    client: BrowserClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, RESET, "pia")
    path = only_mail(clock.time).path

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("consult.people.accounts.services.notify", fails)
    client.faults_expected = True
    assert choose(client, path) == 500
    db.session.rollback()
    assert len(mails(clock.time)) == 1
    assert sign_in(client, "pia").status_code == 302


def test_the_page_of_a_link_names_nobody(client: FlaskClient, clock: Clock) -> None:
    """Whoever holds somebody's public id learns no name and no address with it."""
    ask(client, LINK, "pia")
    mails(clock.time)
    who = person("pia").public_id
    page = client.get(f"/en/us-signin?who={who}&code=12345678").text
    assert hidden(page, "identity") == who
    for private in ("Pia", "pia@"):
        assert private not in page
    made_up = client.get(f"/en/us-signin?who={'0' * 36}&code=12345678").text
    assert len(made_up) == len(page)


def test_a_seed_lies_encrypted_and_only_until_it_is_used(client: FlaskClient, clock: Clock) -> None:
    assert db.session.query(Person).filter(Person.us_totp_secrets.is_not(None)).count() == 0
    ask(client, LINK, "pia")
    code = only_mail(clock.time).code
    assert '"enckey"' in (person("pia").us_totp_secrets or "").replace("\\", "")
    post_code(client, code)
    db.session.rollback()
    assert person("pia").us_totp_secrets is None
