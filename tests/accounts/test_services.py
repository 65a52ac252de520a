"""What is done with accounts, refusals first."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed, NotFound, SignInNeeded
from consult.foundation.core.people import SYSTEM, Anonymous
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message
from consult.foundation.notifications.services import notify, queue_message
from consult.foundation.record.models import Event, EventDetail
from consult.people.accounts.models import Person
from consult.people.accounts.passwords import hashed
from consult.people.accounts.services import (
    Registration,
    change_profile,
    create_person,
    find_person,
    make_administrator,
    set_password,
)
from consult.people.privacy.closing import close_account
from consult.people.privacy.models import ClosedBy
from tests.accounts.visitor import address, is_signed_in, mails, sign_in
from tests.cast import PASSWORD, person
from tests.factories import acts, make_proposal

WANTED = Registration("Nieuw@Consult.Example ", " Nienke   Nieuw ", "en", "a-hash")
Act = Callable[[Any, datetime], Any]
ACTS: dict[str, Act] = {
    "create": lambda actor, now: create_person(actor, WANTED, now),
    "administrator": lambda actor, now: make_administrator(actor, person("sam"), now),
    "password": lambda actor, now: set_password(actor, person("sam"), "a-hash", now),
    "close": lambda actor, now: close_account(actor, person("sam"), now, ClosedBy.ADMINISTRATOR),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("who", ["ana", "mo", "pia", "kees", "bo", "hanna"])
def test_only_an_administrator_looks_after_accounts(
    app: Flask, now: datetime, act: Act, who: str
) -> None:
    assert app
    with pytest.raises(NotAllowed), unit_of_work():
        act(person(who), now)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_stranger_must_sign_in_first(app: Flask, now: datetime, act: Act) -> None:
    assert app
    with pytest.raises(SignInNeeded), unit_of_work():
        act(Anonymous(), now)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("who", ["adi", None])
def test_an_administrator_and_the_platform_may(
    app: Flask, now: datetime, act: Act, who: str | None
) -> None:
    assert app
    before = len(db.session.scalars(select(Event.id)).all())
    with unit_of_work():
        act(person(who) if who else SYSTEM, now)
    assert len(db.session.scalars(select(Event.id)).all()) == before + 1


def test_an_account_made_by_an_operator_is_confirmed(app: Flask, now: datetime) -> None:
    assert app
    with unit_of_work():
        made = create_person(SYSTEM, WANTED, now)
    assert (made.email, made.display_name) == ("nieuw@consult.example", "Nienke Nieuw")
    assert made.confirmed_at == now
    assert find_person(" NIEUW@consult.example").id == made.id


@pytest.mark.parametrize(
    "wanted",
    [
        Registration("pia@consult.example", "X", "nl", "h"),
        Registration("PIA@consult.example", "X", "nl", "h"),
        Registration("geen-adres", "X", "nl", "h"),
        Registration("x@consult.example", "  ", "nl", "h"),
    ],
)
def test_what_will_not_do_makes_no_account(app: Flask, now: datetime, wanted: Registration) -> None:
    assert app
    with pytest.raises(InvalidInput), unit_of_work():
        create_person(SYSTEM, wanted, now)


@pytest.mark.parametrize("password", ["", "elf-tekens!", "x" * 513])
def test_a_password_that_will_not_do_gets_no_hash(app: Flask, password: str) -> None:
    with app.test_request_context("/en/"), pytest.raises(InvalidInput):
        hashed(password)


def test_nobody_is_found_for_an_unknown_address(app: Flask) -> None:
    assert app
    with pytest.raises(NotFound):
        find_person("niemand@consult.example")


def test_an_administrator_is_made_once_and_signs_in_anew(
    app: Flask, browse: Any, now: datetime
) -> None:
    sam = browse("sam")
    for _ in range(2):
        with unit_of_work():
            make_administrator(SYSTEM, person("sam"), now)
    assert person("sam").grants.has("platform", 0, "administrator")
    verbs = acts()
    assert verbs.count("person.made_administrator") == 1
    assert not is_signed_in(sam)
    assert app


def test_a_password_set_by_an_operator_ends_all_sessions(
    app: Flask, browse: Any, now: datetime
) -> None:
    pia, new = browse("pia"), "een-heel-nieuw-wachtwoord"
    secret = hashed(new)
    with unit_of_work():
        set_password(SYSTEM, person("pia"), secret, now)
    assert not is_signed_in(pia)
    assert sign_in(pia, "pia").status_code == 422
    assert sign_in(pia, "pia", new).status_code == 302
    assert app


def close(name: str, now: datetime) -> Person:
    who = person(name)
    with unit_of_work():
        close_account(SYSTEM, who, now, ClosedBy.ADMINISTRATOR)
    return who


def test_a_closed_account_keeps_its_texts_and_loses_its_name(
    app: Flask, browse: Any, now: datetime
) -> None:
    proposal, pia = make_proposal("open"), browse("pia")
    who = close("pia", now)
    assert proposal.author_id == who.id
    assert (who.email, who.password, who.us_totp_secrets, who.active) == (None, None, None, False)
    assert "Pia" not in who.display_name
    assert who.public_id[:4] not in who.display_name
    assert not is_signed_in(pia)
    assert sign_in(pia, "pia", PASSWORD).status_code == 422
    assert app


def test_two_people_may_be_closed(app: Flask, now: datetime) -> None:
    assert app
    assert close("pia", now).display_name != close("sam", now).display_name


def test_an_administrator_who_is_closed_is_none(app: Flask, now: datetime) -> None:
    assert app
    with unit_of_work():
        make_administrator(SYSTEM, person("ana"), now)
    adi = close("adi", now)
    assert not adi.grants.has("platform", 0, "administrator")
    with pytest.raises(InvalidInput), unit_of_work():
        make_administrator(SYSTEM, adi, now)


def test_the_mails_of_a_closed_account_are_emptied_and_not_sent(app: Flask, now: datetime) -> None:
    with unit_of_work():
        notify(person("pia"), "security-password-changed", now, changed_at=now, forgot="x")
        queue_message(address("sam"), "test", "Blijft", "tekst", "nl", now, person("sam").id)
    close("pia", now)
    mails(now)
    pia, sam = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert (pia.address, pia.subject, pia.body) == ("", "", "")
    assert sam.body == "tekst"
    sent = app.extensions["mailman"].outbox
    assert [mail.to for mail in sent if mail.subject == "Blijft"] == [[address("sam")]]
    assert all(mail.to != [""] for mail in sent)


def test_the_record_holds_no_name_and_no_address(app: Flask, now: datetime) -> None:
    assert app
    with unit_of_work():
        create_person(SYSTEM, WANTED, now)
        change_profile(person("pia"), "Iemand Anders", "en", now)
    close("pia", now)
    said = str([row.content for row in db.session.scalars(select(EventDetail))])
    for private in ("Nienke", "Iemand", "Pia", "consult.example"):
        assert private not in said


def test_a_profile_needs_a_name(app: Flask, now: datetime) -> None:
    assert app
    with pytest.raises(InvalidInput), unit_of_work():
        change_profile(person("pia"), "  ", "nl", now)
