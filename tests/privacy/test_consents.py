"""Agreeing to a text: at registration, when it is first needed, and withdrawing it."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import submit_proposal
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, SignInNeeded
from consult.foundation.core.people import SYSTEM, Anonymous
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.rows import NOTED
from consult.people.accounts.models import Person
from consult.people.privacy.consents import (
    ensure_agreed,
    give_consent,
    has_agreed,
    must_be_asked,
    withdraw_consent,
)
from consult.people.privacy.models import Consent, ConsentKind, GivenAt
from consult.people.privacy.texts import TEXTS
from tests.accounts.visitor import address, newcomer_path, register
from tests.cast import person
from tests.factories import acts, find_round, make_proposal
from tests.proposals.test_services import TEXT

CONDITIONS, LATER = ConsentKind.TAKING_PART, ConsentKind.CONTACT_LATER
DIGESTS = {
    (CONDITIONS, 1): "34f748fea8e8c2412b2ff5beb6149c1d1a86a8b0a2c93ea8df691a55ad3bdc5f",
    (LATER, 1): "33397533985ded89992395c4eacd9ae848a16e3276fc4546512657c755606d4d",
}
"""A text that changes gets the next version: add its digest here, and never change one."""
FORM = {
    "title": "Eén plek", "problem": "Versnipperd.", "action": "Bundel ze.", "theme_id": "0",
    "organisation_id": "0", "language": "nl", "origin": "new", "amount": "", "act": "submit",
}  # fmt: skip


def forget(name: str) -> None:
    """Let somebody be one who never agreed: from an import, or from before there were texts."""
    with unit_of_work():
        gone = delete(Consent).where(Consent.person_id == person(name).id)
        db.session.execute(gone.execution_options(**NOTED))
        person(name).forget_grants()


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """The conditions change: there is a second version."""
    newer = replace(TEXTS[CONDITIONS], version=2, text={"nl": "Anders.", "en": "Different."})
    monkeypatch.setitem(TEXTS, CONDITIONS, newer)


@pytest.mark.parametrize("kind", ConsentKind)
def test_a_version_never_says_something_else(kind: ConsentKind) -> None:
    text = TEXTS[kind]
    assert text.digest == DIGESTS[kind, text.version]
    assert set(text.label) == set(text.text) == {"nl", "en"}


def test_no_box_is_ticked_beforehand(client: FlaskClient) -> None:
    page = client.get(newcomer_path()).text
    assert TEXTS[CONDITIONS].label["en"] in page
    assert TEXTS[LATER].label["en"] in page
    assert not re.search(r"<input[^>]* checked", page)


def test_without_agreeing_there_is_no_account(client: FlaskClient) -> None:
    answer = register(client, "nieuw", taking_part="")
    assert answer.status_code == 422
    assert "tick the box" in answer.text
    assert 'value="Nienke Nieuw"' in answer.text
    assert db.session.scalar(select(Person).where(Person.email == address("nieuw"))) is None


@pytest.mark.parametrize("later", ["", "y"])
def test_what_was_ticked_is_kept_with_version_language_and_time(
    client: FlaskClient, now: datetime, later: str
) -> None:
    assert register(client, "nieuw", contact_later=later).status_code == 303
    who = person("nieuw")
    kept = db.session.scalars(select(Consent).where(Consent.person_id == who.id)).all()
    assert {one.kind for one in kept} == ({CONDITIONS, LATER} if later else {CONDITIONS})
    one = next(given for given in kept if given.kind is CONDITIONS)
    assert (one.version, one.digest) == (1, TEXTS[CONDITIONS].digest)
    assert (one.language, one.given_at, one.given_on) == ("en", now, GivenAt.REGISTRATION)


def test_who_never_agreed_is_refused_by_the_service(app: Flask, now: datetime) -> None:
    assert app
    forget("pia")
    assert must_be_asked(person("pia"))
    with pytest.raises(InvalidInput) as refusal, unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
    assert "agrees" in refusal.value.errors


def test_the_platform_and_imports_are_asked_nothing(app: Flask, now: datetime) -> None:
    assert app
    ensure_agreed(SYSTEM, None, now)


def test_who_never_agreed_is_asked_on_the_form_and_loses_no_text(
    app: Flask, browse: Any, now: datetime
) -> None:
    forget("pia")
    pia = browse("pia")
    refused = pia.post("/nl/rounds/open/proposals/new", data=FORM)
    assert refused.status_code == 422
    assert TEXTS[CONDITIONS].label["nl"] in refused.text
    assert "Bundel ze." in refused.text
    assert "Eén plek" in refused.text
    assert db.session.scalar(select(Proposal)) is None
    taken = pia.post("/nl/rounds/open/proposals/new", data={**FORM, "agrees": "y"})
    assert taken.status_code == 303
    given = db.session.scalars(select(Consent).where(Consent.person_id == person("pia").id)).one()
    assert (given.given_on, given.language, given.given_at) == (GivenAt.CONTRIBUTION, "nl", now)
    assert TEXTS[CONDITIONS].label["nl"] not in pia.get("/nl/rounds/open/proposals/new").text
    assert app


def test_a_draft_is_kept_without_agreeing(browse: Any) -> None:
    forget("pia")
    kept = browse("pia").post("/nl/rounds/open/proposals/new", data={**FORM, "act": "save"})
    assert kept.status_code == 303
    assert db.session.scalars(select(Proposal.title)).all() == ["Eén plek"]


def test_a_refused_contribution_keeps_no_consent(browse: Any) -> None:
    """The box was ticked, but the text was not complete: nothing was handed in, nothing agreed."""
    forget("pia")
    answer = browse("pia").post(
        "/nl/rounds/open/proposals/new", data={**FORM, "title": "", "agrees": "y"}
    )
    assert answer.status_code == 422
    assert must_be_asked(person("pia"))


def test_a_comment_asks_it_too(browse: Any) -> None:
    proposal = make_proposal("open")
    forget("lotte")
    lotte, path = browse("lotte"), f"/nl/rounds/open/proposals/{proposal.number}"
    form = {"kind": "reaction", "body": "Wat een idee.", "organisation_id": "0", "language": "nl"}
    assert TEXTS[CONDITIONS].label["nl"] in lotte.get(path).text
    refused = lotte.post(f"{path}/comments", data=form)
    assert refused.status_code == 422
    assert "Wat een idee." in refused.text
    assert lotte.post(f"{path}/comments", data={**form, "agrees": "y"}).status_code == 303


@pytest.mark.usefixtures("next_version")
def test_a_text_that_changes_is_asked_again_and_the_old_one_stays(
    browse: Any, now: datetime
) -> None:
    assert must_be_asked(person("pia"))
    pia = browse("pia")
    assert pia.post("/nl/rounds/open/proposals/new", data=FORM).status_code == 422
    again = pia.post("/nl/rounds/open/proposals/new", data={**FORM, "agrees": "y"})
    assert again.status_code == 303
    kept = db.session.scalars(
        select(Consent).where(Consent.person_id == person("pia").id).order_by(Consent.id)
    ).all()
    assert [(one.version, one.withdrawn_at) for one in kept] == [(1, None), (2, None)]
    assert now


def test_withdrawing_is_noted_and_asked_again(app: Flask, now: datetime) -> None:
    assert app
    with unit_of_work():
        withdraw_consent(person("pia"), CONDITIONS, now + timedelta(hours=1))
    assert must_be_asked(person("pia"))
    kept = db.session.scalars(select(Consent).where(Consent.person_id == person("pia").id)).one()
    assert kept.withdrawn_at == now + timedelta(hours=1)
    with unit_of_work():
        give_consent(person("pia"), CONDITIONS, "nl", GivenAt.MY_DATA, now)
        give_consent(person("pia"), CONDITIONS, "nl", GivenAt.MY_DATA, now)
    verbs = acts()
    assert verbs == ["consent.withdrawn", "consent.given"]


def test_the_page_shows_gives_and_withdraws(browse: Any) -> None:
    pia = browse("pia")
    page = pia.get("/en/my-data").text
    assert "You do not agree now. That is fine." in page
    for act, agreed in (("give", True), ("withdraw", False)):
        answer = pia.post("/en/my-data/consents", data={"kind": LATER.value, "act": act})
        assert answer.status_code == 303
        db.session.rollback()
        person("pia").forget_grants()
        assert has_agreed(person("pia"), LATER) is agreed
    assert "withdrawn on" in pia.get("/en/my-data").text


@pytest.mark.parametrize("kind", ["", "nothing", "taking-part"])
def test_an_unknown_kind_is_not_found(browse: Any, kind: str) -> None:
    answer = browse("pia").post("/en/my-data/consents", data={"kind": kind, "act": "give"})
    assert answer.status_code == 404


def test_a_stranger_has_no_data_here(app: Flask, client: FlaskClient, now: datetime) -> None:
    assert app
    assert client.get("/en/my-data").status_code == 302
    with pytest.raises(SignInNeeded), unit_of_work():
        give_consent(Anonymous(), CONDITIONS, "nl", GivenAt.MY_DATA, now)  # type: ignore[arg-type]


def test_an_operator_lists_who_may_be_asked(app: Flask, now: datetime) -> None:
    with unit_of_work():
        for name in ("pia", "sam", "lotte"):
            give_consent(person(name), LATER, "nl", GivenAt.MY_DATA, now)
        withdraw_consent(person("sam"), LATER, now)
    said = app.test_cli_runner().invoke(args=["consult", "people", "list", "--may-be-asked"])
    addresses = [line.split("\t")[0] for line in said.stdout.splitlines()]
    assert addresses == ["lotte@consult.example", "pia@consult.example"]
