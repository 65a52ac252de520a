"""Closing an account: what goes, what stays, who may, and what must be done first."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.models import PlanRole, Role
from consult.consultation.plans.queries import get_plan
from consult.consultation.plans.roles import grant_role
from consult.consultation.proposals.models import Position, Proposal, Stance
from consult.consultation.proposals.positions import take_position
from consult.consultation.proposals.services import submit_proposal, withdraw_proposal
from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import IdempotentRequest, unit_of_work
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.services import run_all
from consult.foundation.personal_data.closing import obstacles
from consult.foundation.record.models import Event, EventDetail, Receipt
from consult.foundation.record.services import append_leaves
from consult.foundation.record.verify import verify_record
from consult.people.accounts.models import Person
from consult.people.accounts.services import change_profile, make_administrator
from consult.people.organisations.mandates import ask_mandate
from consult.people.organisations.models import Mandate, MandateRequest, Membership
from consult.people.organisations.queries import get_organisation
from consult.people.privacy.closing import RULES_VERSION, close_account
from consult.people.privacy.inactive_accounts import note_use
from consult.people.privacy.models import AccountUse, ClosedBy, Consent, DataExport, Tombstone
from consult.people.privacy.suspending import suspend_account
from tests.accounts.visitor import ask, mails, register, sign_in
from tests.cast import PASSWORD, person
from tests.conftest import Clock
from tests.factories import acts, find_round, make_comment, make_proposal
from tests.house.test_matrix import attached
from tests.privacy.exported import export_of
from tests.proposals.test_services import TEXT
from tests.stored_files import path_of, path_of_key

SURE = {"password": PASSWORD, "sure": "y"}


def close(name: str, now: datetime) -> Person:
    who = person(name)
    with unit_of_work():
        close_account(SYSTEM, who, now, ClosedBy.ADMINISTRATOR)
    return who


def sam_organises(now: datetime) -> None:
    """Add to the plan a second organiser."""
    with unit_of_work():
        grant_role(person("ana"), get_plan("open-overheid"), "sam@consult.example",
                   Role.ORGANISER, now)  # fmt: skip


# Refusals


def test_a_wrong_password_closes_nothing(browse: Any) -> None:
    pia = browse("pia")
    answer = pia.post("/en/my-data/close", data={**SURE, "password": "niet-dit-wachtwoord"})
    assert answer.status_code == 422
    assert "This is not your password." in answer.text
    assert person("pia").active


@pytest.mark.parametrize("said", [{"password": ""}, {"sure": ""}, {"password": "", "sure": ""}])
def test_it_asks_the_password_and_to_be_sure(browse: Any, said: dict[str, str]) -> None:
    answer = browse("pia").post("/en/my-data/close", data={**SURE, **said})
    assert answer.status_code == 422
    assert person("pia").active


def test_the_password_is_guessed_five_times_at_most(browse: Any) -> None:
    pia = browse("pia")
    for _ in range(5):
        pia.post("/en/my-data/close", data={**SURE, "password": "geraden-wachtwoord"})
    locked = pia.post("/en/my-data/close", data=SURE)
    assert locked.status_code == 422
    assert "too many tries" in locked.text
    assert person("pia").active


def test_who_has_no_password_signs_in_anew_first(browse: Any, clock: Clock) -> None:
    with unit_of_work():
        person("pia").password = None
    stale = browse("pia")
    clock.forward(minutes=15)
    assert "You have no password" in stale.get("/en/my-data/close").text
    assert stale.post("/en/my-data/close", data={"sure": "y"}).status_code == 422
    assert person("pia").active
    fresh: FlaskClient = browse()
    ask(fresh, "/en/us-signin/send-code", "pia")
    said = mails(clock.time)[-1]
    fresh.post("/en/us-signin", data={"identity": "pia@consult.example", "passcode": said.code})
    assert "You have no password" not in fresh.get("/en/my-data/close").text
    assert fresh.post("/en/my-data/close", data={"sure": "y"}).status_code == 303


def test_the_last_organiser_of_a_plan_stays_and_reads_what_to_do(
    browse: Any, now: datetime
) -> None:
    ana = browse("ana")
    page = ana.get("/en/my-data/close").text
    assert "You are the last organiser of" in page
    assert "First give somebody else that role." in page
    assert ana.post("/en/my-data/close", data=SURE).status_code == 422
    with pytest.raises(InvalidInput), unit_of_work():
        close_account(SYSTEM, person("ana"), now, ClosedBy.ADMINISTRATOR)
    sam_organises(now)
    assert ana.post("/en/my-data/close", data=SURE).status_code == 303


def test_an_organiser_who_is_suspended_counts_for_nobody(app: Flask, now: datetime) -> None:
    assert app
    sam_organises(now)
    assert not obstacles(person("ana").id)
    with unit_of_work():
        person("sam").active = False
    assert obstacles(person("ana").id)


def test_the_last_administrator_stays(app: Flask, browse: Any, now: datetime) -> None:
    assert app
    adi = browse("adi")
    assert adi.post("/en/my-data/close", data=SURE).status_code == 422
    with unit_of_work():
        make_administrator(SYSTEM, person("sam"), now)
    assert adi.post("/en/my-data/close", data=SURE).status_code == 303


def test_closed_twice_is_refused(app: Flask, now: datetime) -> None:
    assert app
    who = close("pia", now)
    with pytest.raises(InvalidInput), unit_of_work():
        close_account(SYSTEM, who, now, ClosedBy.ADMINISTRATOR)


def test_an_administrator_closes_their_own_account_on_their_own_page(
    app: Flask, now: datetime
) -> None:
    assert app
    with unit_of_work():
        make_administrator(SYSTEM, person("sam"), now)
    with pytest.raises(InvalidInput), unit_of_work():
        close_account(person("adi"), person("adi"), now, ClosedBy.ADMINISTRATOR)


# What goes, what stays


def test_from_the_page_to_the_tombstone(browse: Any, now: datetime) -> None:
    pia, elsewhere = browse("pia"), browse("pia")
    who = person("pia").id
    page = pia.get("/en/my-data/close").text
    assert "What stays" in page
    assert "Make an export of your data" in page
    answer = pia.post("/en/my-data/close", data={**SURE, "once": "a-key"})
    assert answer.headers["Location"].endswith("/account-closed")
    assert pia.get(answer.headers["Location"]).status_code == 200
    assert pia.get("/en/home").status_code == 302
    assert elsewhere.get("/en/home").status_code == 302
    assert sign_in(browse(), "pia").status_code == 422
    stone = db.session.get_one(Tombstone, who)
    assert (stone.closed_at, stone.closed_by) == (now, ClosedBy.SELF)
    assert stone.rules_version == RULES_VERSION
    assert (
        db.session.scalars(
            select(IdempotentRequest).where(IdempotentRequest.actor == str(who))
        ).all()
        == []
    )


def test_an_export_is_offered_where_one_is_ready(browse: Any, now: datetime) -> None:
    row = export_of("pia", now).row
    assert f"/my-data/exports/{row.public_id}" in browse("pia").get("/en/my-data/close").text


def test_texts_numbers_and_counts_stay_under_a_neutral_name(
    app: Flask, browse: Any, now: datetime
) -> None:
    proposal = make_proposal("open", title="Van Pia")
    make_comment(proposal, author="pia", body="Mijn reactie.")
    with app.test_request_context(), unit_of_work():
        take_position(person("pia"), proposal, Stance.SUPPORT, "Want.", now)
    who = close("pia", now)
    page = browse(None).get(f"/nl/rounds/open/proposals/{proposal.number}").text
    assert "Van Pia" in page
    assert "Mijn reactie." in page
    assert who.display_name in page
    assert "Pia Jansen" not in page
    assert db.session.scalars(select(Position)).one().person_id == who.id
    assert db.session.scalars(select(Proposal.support_count)).one() == 1


def test_drafts_go_with_their_files(app: Flask, now: datetime) -> None:
    draft = make_proposal("open", State.DRAFT)
    kept = make_proposal("open", State.PENDING)
    attached(draft)
    attached(kept)
    gone, stays = (path_of(one.attachments[0].file) for one in (draft, kept))
    db.session.rollback()
    close("pia", now)
    run_all(now)
    assert db.session.scalars(select(Proposal.id)).all() == [kept.id]
    assert not gone.exists()
    assert stays.exists()
    assert app


def test_roles_memberships_and_mandates_end_today(app: Flask, now: datetime) -> None:
    assert app
    today = local_day(now)
    with unit_of_work():
        later = Membership(body_id=1, person_id=person("pia").id, starts_on=today + timedelta(9))
        db.session.add(later)
    mo, pia = close("mo", now).id, close("pia", now).id
    held = [
        *db.session.scalars(select(Membership).where(Membership.person_id == pia)),
        *db.session.scalars(select(Mandate).where(Mandate.person_id == pia)),
    ]
    assert sorted(one.ends_on or date.max for one in held) == [
        today, today, today + timedelta(9)
    ]  # fmt: skip
    role = db.session.scalars(select(PlanRole).where(PlanRole.person_id == mo)).one()
    assert role.ended_at == now
    verbs = acts()
    assert {"role.taken_back", "membership.ended", "mandate.ended"} <= set(verbs)
    assert not db.session.get_one(Person, pia).grants.ids("body")


def test_what_ended_before_keeps_its_last_day(app: Flask, now: datetime) -> None:
    assert app
    who = close("faas", now).id
    ended = db.session.scalars(select(Membership.ends_on).where(Membership.person_id == who)).all()
    assert ended == [date(2026, 3, 1)]


def test_what_was_asked_is_closed_and_emptied(app: Flask, now: datetime) -> None:
    with app.test_request_context(), unit_of_work():
        ask_mandate(person("sam"), get_organisation("helder-bestuur"), "Ik ben Sam.", now)
    close("sam", now)
    asked = db.session.scalars(select(MandateRequest)).one()
    assert (asked.decided_at, asked.granted, asked.note) == (now, False, "")
    details = select(EventDetail.reason).join(Event).where(Event.verb == "mandate.asked")
    assert db.session.scalars(details).all() == [""]


def test_marks_consents_and_letters_are_over(
    app: Flask, client: FlaskClient, now: datetime
) -> None:
    assert app
    with unit_of_work():
        note_use(person("pia").id, now)
    ask(client, "/en/reset", "pia")
    ask(client, "/en/reset", "sam")
    who = close("pia", now).id
    assert db.session.get(AccountUse, who) is None
    consents = select(Consent.withdrawn_at).where(Consent.person_id == who)
    assert db.session.scalars(consents).all() == [now]
    waiting = db.session.scalars(select(Job).where(Job.kind == "account-letter")).all()
    assert [job.payload["email"] for job in waiting] == ["sam@consult.example"]


def test_the_name_is_emptied_from_the_record_and_every_proof_stays(
    app: Flask, now: datetime
) -> None:
    proposal = make_proposal("open")
    other = make_proposal("open", author="lotte")
    with app.test_request_context(), unit_of_work():
        named = Judgement(Verb.HIDE, "Pia Jansen staat erin.", Ground.PERSONAL_DATA)
        decide(person("mo"), other, named, now)
        withdraw_proposal(person("pia"), proposal, "Groet van pia@consult.example", now)
        receipt = submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
    with unit_of_work():
        append_leaves()
    code = receipt.code
    before = {event.id: event.fields for event in db.session.scalars(select(Event))}
    close("pia", now)
    said = str([(one.content, one.reason) for one in db.session.scalars(select(EventDetail))])
    assert "pia@consult.example" not in said
    assert "Pia Jansen staat erin." in said, "what a moderator said is looked at by a person"
    erased = db.session.scalars(select(EventDetail).where(EventDetail.erased_at == now)).all()
    assert len(erased) == 1
    assert all((one.content, one.reason) == ({}, "") for one in erased)
    assert not [
        name for one in erased for name in one.salts if name.startswith(("said.", "reason"))
    ]
    assert {id_: db.session.get_one(Event, id_).fields for id_ in before} == before
    with unit_of_work():
        append_leaves()
    verdict = verify_record()
    assert verdict.sound
    assert verdict.erased == 1
    assert db.session.scalars(select(Receipt.code)).all() == [code]
    assert TEXT.title in said


def test_a_name_that_is_a_word_empties_nothing(app: Flask, now: datetime) -> None:
    """Whoever calls themselves “plan” must not empty what others said about plans."""
    with app.test_request_context(), unit_of_work():
        change_profile(person("pia"), "Plan", "nl", now)
        withdraw_proposal(person("lotte"), make_proposal("open", author="lotte"), "Het plan.", now)
    close("pia", now)
    reasons = db.session.scalars(select(EventDetail.reason)).all()
    assert "Het plan." in reasons


@pytest.mark.parametrize("name", ["title", "problem", "Besluiten", "Lotte Smit"])
def test_no_name_that_somebody_chose_empties_what_others_said(
    app: Flask, browse: Any, now: datetime, name: str
) -> None:
    """Sam calls himself by a word of others, and closes: their proofs are as they were."""
    with app.test_request_context(), unit_of_work():
        receipt = submit_proposal(person("lotte"), find_round("open"), TEXT, now, now)
        change_profile(person("sam"), name, "nl", now)
    close("sam", now)
    assert TEXT.title in browse("lotte").get(f"/nl/receipts/{receipt.code}").text
    erased = select(EventDetail).where(EventDetail.erased_at.is_not(None))
    assert db.session.scalars(erased).all() == []


@pytest.mark.parametrize(("name", "gone"), [("Plan", False), ("Zoë Ç", True)])
def test_a_name_of_five_signs_or_more_is_emptied_from_what_one_said(
    app: Flask, now: datetime, name: str, *, gone: bool
) -> None:
    with app.test_request_context(), unit_of_work():
        change_profile(person("pia"), name, "nl", now)
        withdraw_proposal(person("pia"), make_proposal("open"), f"Groet van {name}.", now)
    close("pia", now)
    reasons = db.session.scalars(select(EventDetail.reason)).all()
    assert (f"Groet van {name}." not in reasons) is gone


@pytest.mark.parametrize("name", ["Zoë Çelik", 'Jan "Piet" O\'Hara', "100% Echt", "A_lias\\n"])
def test_names_with_odd_signs_are_found(app: Flask, now: datetime, name: str) -> None:
    assert app
    with unit_of_work():
        change_profile(person("pia"), name, "nl", now)
        proposal = make_proposal("open")
        withdraw_proposal(person("pia"), proposal, f"Van {name}, zei ik.", now)
        submit_proposal(person("lotte"), find_round("open"), TEXT, now, now)
    close("pia", now)
    assert "zei ik" not in str(db.session.scalars(select(EventDetail.reason)).all())
    erased = db.session.scalars(select(EventDetail).where(EventDetail.erased_at.is_not(None)))
    assert len(erased.all()) == 1


def test_the_exports_go_with_the_account(app: Flask, now: datetime) -> None:
    assert app
    file = path_of_key(export_of("pia", now).row.stored_as)
    assert file.exists()
    close("pia", now)
    run_all(now)
    assert not file.exists()
    assert db.session.scalars(select(DataExport)).all() == []


def test_a_suspension_ends_with_the_account(app: Flask, now: datetime) -> None:
    with app.test_request_context(), unit_of_work():
        made = suspend_account(person("adi"), person("pia"), "Daarom.", now)
    close("pia", now + timedelta(days=1))
    db.session.refresh(made)
    assert made.ended_at == now + timedelta(days=1)


def test_the_address_can_make_a_new_account_that_is_somebody_else(
    client: FlaskClient, clock: Clock
) -> None:
    proposal = make_proposal("open")
    old = close("pia", clock.time)
    register(client, "pia", display_name="Pia Opnieuw")
    new = person("pia")
    assert new.id != old.id
    assert db.session.get_one(Proposal, proposal.id).author_id == old.id


def test_closing_in_the_middle_of_a_fault_changes_nothing(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All or nothing: the last step fails, and the account is as it was."""
    assert app
    make_proposal("open", State.DRAFT)

    def fails(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("consult.people.privacy.closing._erase_from_record", fails)
    with pytest.raises(RuntimeError):
        close("pia", now)
    db.session.rollback()
    assert person("pia").active
    assert person("pia").display_name == "Pia Jansen"
    assert len(db.session.scalars(select(Proposal)).all()) == 1
    assert db.session.scalars(select(Tombstone)).all() == []


def test_a_suspended_organiser_can_be_closed_where_another_is_there(
    app: Flask, now: datetime
) -> None:
    assert app
    sam_organises(now)
    with unit_of_work():
        person("ana").active = False
    assert not obstacles(person("ana").id)
    with unit_of_work():
        person("sam").active = False
    assert obstacles(person("ana").id), "then nobody would be there"
