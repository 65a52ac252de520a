"""Suspending and restoring accounts: by an administrator, with a reason, at once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed, SignInNeeded
from consult.foundation.core.people import SYSTEM, Anonymous
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person
from consult.people.organisations.models import Mandate
from consult.people.privacy.closing import close_account
from consult.people.privacy.models import ClosedBy, Suspension
from consult.people.privacy.suspending import restore_account, suspend_account
from tests.accounts.visitor import is_signed_in, mails, sign_in
from tests.cast import CAST, person
from tests.factories import acts

Act = Callable[[Any, Person, str, datetime], Any]
ACTS: dict[str, Act] = {"suspend": suspend_account, "restore": restore_account}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("who", sorted(set(CAST) - {"adi", "sacha"}))
def test_only_an_administrator_does_this(app: Flask, now: datetime, act: Act, who: str) -> None:
    assert app
    with pytest.raises(NotAllowed), unit_of_work():
        act(person(who), person("lotte"), "Daarom.", now)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_stranger_does_not(app: Flask, now: datetime, act: Act) -> None:
    assert app
    with pytest.raises(SignInNeeded), unit_of_work():
        act(Anonymous(), person("lotte"), "Daarom.", now)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_it_needs_a_reason(app: Flask, now: datetime, act: Act, reason: str) -> None:
    assert app
    with pytest.raises(InvalidInput) as refusal, unit_of_work():
        act(person("adi"), person("lotte"), reason, now)
    assert "reason" in refusal.value.errors


@pytest.mark.parametrize(
    ("act", "whom"), [("suspend", "sacha"), ("suspend", "adi"), ("restore", "pia")]
)
def test_it_is_refused_where_it_makes_no_sense(
    app: Flask, now: datetime, act: str, whom: str
) -> None:
    assert app
    with pytest.raises(InvalidInput), unit_of_work():
        ACTS[act](person("adi"), person(whom), "Daarom.", now)


def test_a_closed_account_cannot_be_restored(app: Flask, now: datetime) -> None:
    assert app
    who = person("pia")
    with unit_of_work():
        close_account(SYSTEM, who, now, ClosedBy.ADMINISTRATOR)
    with pytest.raises(InvalidInput), unit_of_work():
        restore_account(person("adi"), who, "Daarom.", now)
    assert not who.active


def test_a_suspended_person_is_out_at_once_and_reads_why(browse: Any, now: datetime) -> None:
    pia, adi = browse("pia"), browse("adi")
    assert is_signed_in(pia)
    page = f"/nl/people/{person('pia').public_id}"
    answer = adi.post(f"{page}/suspend", data={"reason": "Reclame in drie voorstellen."})
    assert answer.status_code == 303
    assert not is_signed_in(pia)
    assert sign_in(browse(), "pia").status_code == 422
    sent = mails(now)[-1]
    assert (sent.kind, sent.address) == ("account-suspended", "pia@consult.example")
    assert "Reclame in drie voorstellen." in sent.body
    row = db.session.scalars(select(Suspension)).one()
    assert (row.suspended_at, row.suspended_by_id) == (now, person("adi").id)
    assert "Reclame in drie voorstellen." in adi.get(page).text


def test_a_restored_person_signs_in_again_with_everything_as_it_was(
    browse: Any, now: datetime
) -> None:
    adi, page = browse("adi"), f"/nl/people/{person('pia').public_id}"
    adi.post(f"{page}/suspend", data={"reason": "Reclame."})
    assert adi.post(f"{page}/restore", data={"reason": "Een misverstand."}).status_code == 303
    assert "Een misverstand." in mails(now)[-1].body
    pia = browse()
    assert sign_in(pia, "pia").status_code == 302
    assert is_signed_in(pia)
    db.session.rollback()
    mandate = select(Mandate.ends_on).where(Mandate.person_id == person("pia").id)
    assert db.session.scalars(mandate).all() == [None]
    row = db.session.scalars(select(Suspension)).one()
    assert (row.ended_at, row.end_reason) == (now, "Een misverstand.")
    verbs = acts()
    assert verbs[-2:] == ["person.suspended", "person.restored"]


def test_who_is_restored_takes_nobody_else_along(app: Flask, now: datetime) -> None:
    with app.test_request_context(), unit_of_work():
        for who in ("pia", "sam"):
            suspend_account(person("adi"), person(who), "Reclame.", now)
    with app.test_request_context(), unit_of_work():
        restore_account(person("adi"), person("pia"), "Een misverstand.", now)
    rows = db.session.scalars(select(Suspension).order_by(Suspension.id)).all()
    assert [(row.person_id, row.ended_at) for row in rows] == [
        (person("pia").id, now),
        (person("sam").id, None),
    ]
    assert not person("sam").active


def test_the_command_does_the_same(app: Flask, browse: Any) -> None:
    pia, run = browse("pia"), app.test_cli_runner()
    command = ["consult", "people", "suspend", "pia@consult.example", "--reason", "Reclame."]
    assert run.invoke(args=command).exit_code == 0
    assert not is_signed_in(pia)
    assert run.invoke(args=command).exit_code == 1
    command[2] = "restore"
    assert run.invoke(args=command).exit_code == 0
    assert sign_in(browse(), "pia").status_code == 302


@pytest.mark.parametrize(
    "typed", ["pia", "pia@consult", "@consult.example", "%@consult.example", "_ia@consult.example"]
)
def test_part_of_an_address_finds_nobody(browse: Any, typed: str) -> None:
    answer = browse("adi").post("/en/people", data={"address": typed})
    assert answer.status_code == 422
    assert "Pia" not in answer.text


def test_an_exact_address_finds_one_account_and_stands_in_no_address_bar(browse: Any) -> None:
    adi = browse("adi")
    answer = adi.post("/en/people", data={"address": " PIA@consult.example"})
    assert answer.status_code == 303
    assert "pia@" not in answer.headers["Location"]
    page = adi.get(answer.headers["Location"]).text
    assert "Pia Jansen" in page
    assert "pia@consult.example" in page
    assert "Lotte" not in page


def test_an_administrator_closes_an_account_on_that_page(browse: Any, now: datetime) -> None:
    adi, who = browse("adi"), person("pia")
    page = f"/en/people/{who.public_id}"
    assert adi.post(f"{page}/close", data={}).status_code == 422
    assert person("pia").active
    assert adi.post(f"{page}/close", data={"sure": "y"}).status_code == 303
    shown = adi.get(page).text
    assert "Account closed" in shown
    assert "by an administrator" in shown
    assert "Suspend this account" not in shown
    assert now


def test_the_last_organiser_is_not_closed_there_either(browse: Any) -> None:
    adi, page = browse("adi"), f"/en/people/{person('ana').public_id}"
    assert "last organiser" in adi.get(page).text
    assert adi.post(f"{page}/close", data={"sure": "y"}).status_code == 422
    assert person("ana").active
