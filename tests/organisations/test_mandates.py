"""Coen is the contact of Stichting Helder Bestuur: who speaks for it, he confirms or revokes."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed, SignInNeeded
from consult.foundation.core.people import load_grants
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message
from consult.people.organisations.mandates import (
    ask_mandate,
    confirm_mandate,
    decide_request,
    end_mandate,
    record_mandate,
)
from consult.people.organisations.models import Mandate, MandateRequest, Organisation
from consult.people.organisations.queries import get_organisation, organisations_spoken_for
from tests.cast import person
from tests.factories import acts, make_proposal

pytestmark = pytest.mark.usefixtures("app")

TODAY = date(2026, 11, 23)
HELDER = "/en/organisations/helder-bestuur"


def helder() -> Organisation:
    return get_organisation("helder-bestuur")


def mandate_of(name: str) -> Mandate:
    found: Mandate = db.session.scalars(
        select(Mandate).where(Mandate.person_id == person(name).id).order_by(Mandate.id.desc())
    ).first()  # type: ignore[assignment]
    return found


def mails() -> list[tuple[str, str]]:
    return [
        (message.address.partition("@")[0], message.kind)
        for message in db.session.scalars(select(Message).order_by(Message.id))
    ]


def verbs() -> list[str]:
    return acts()


def ask(now: datetime, who: str = "sam") -> MandateRequest:
    with unit_of_work():
        return ask_mandate(person(who), helder(), "Adviser.", now)


def test_what_sam_asks_gives_no_voice_yet(now: datetime) -> None:
    ask(now)
    assert organisations_spoken_for(person("sam")) == []
    assert mails() == [("coen", "mandate-asked")]


def test_the_contact_grants_it_and_it_counts_as_confirmed(now: datetime) -> None:
    asked = ask(now)
    with unit_of_work():
        decide_request(person("coen"), asked, granted=True, reason="", now=now)
    assert organisations_spoken_for(person("sam")) == [(helder().id, "Stichting Helder Bestuur")]
    assert mandate_of("sam").confirmed_at == now
    assert verbs() == ["mandate.asked", "mandate.granted", "mandate.recorded"]
    assert mails()[1:] == [("sam", "mandate-decided")]


def test_an_organiser_grants_it_but_does_not_confirm_for_the_organisation(now: datetime) -> None:
    asked = ask(now)
    with unit_of_work():
        decide_request(person("ana"), asked, granted=True, reason="", now=now)
    assert mandate_of("sam").confirmed_at is None


def test_a_refusal_needs_a_reason_and_gives_no_voice(now: datetime) -> None:
    asked = ask(now)
    with pytest.raises(InvalidInput, match="reden"), unit_of_work():
        decide_request(person("coen"), asked, granted=False, reason=" ", now=now)
    with unit_of_work():
        decide_request(person("coen"), asked, granted=False, reason="We do not know you.", now=now)
    assert organisations_spoken_for(person("sam")) == []
    with pytest.raises(InvalidInput, match="al "), unit_of_work():
        decide_request(person("ana"), asked, granted=True, reason="", now=now)


@pytest.mark.parametrize("who", ["sam", "pia", "lotte", "mo", "bo"])
def test_nobody_else_decides(now: datetime, who: str) -> None:
    asked = ask(now)
    with pytest.raises(NotAllowed), unit_of_work():
        decide_request(person(who), asked, granted=True, reason="", now=now)


def test_who_may_not_act_asks_nothing(now: datetime) -> None:
    with unit_of_work():
        person("sam").active = False
    with pytest.raises((NotAllowed, SignInNeeded)):
        ask(now)
    assert db.session.scalars(select(MandateRequest)).all() == []


def test_nobody_asks_twice_or_for_what_they_have(now: datetime) -> None:
    ask(now)
    for who in ("sam", "pia"):
        with pytest.raises(InvalidInput), unit_of_work():
            ask_mandate(person(who), helder(), "Adviser.", now)


def test_the_contact_confirms_what_an_organiser_recorded(now: datetime) -> None:
    with unit_of_work():
        record_mandate(person("ana"), helder(), "sam@consult.example", TODAY, "letter", now)
    assert mails() == [("coen", "mandate-recorded")]
    for who in ("ana", "sam", "pia"):
        with pytest.raises(NotAllowed), unit_of_work():
            confirm_mandate(person(who), mandate_of("sam"), now)
    with unit_of_work():
        confirm_mandate(person("coen"), mandate_of("sam"), now)
    assert mandate_of("sam").confirmed_at == now


def test_the_contact_revokes_at_once_and_the_person_is_told(now: datetime) -> None:
    with unit_of_work():
        end_mandate(person("coen"), mandate_of("pia"), TODAY, now, "She works elsewhere.")
    assert not load_grants(person("pia").id, now).ids("organisation")
    assert mails() == [("pia", "mandate-ended")]
    assert "She works elsewhere." in db.session.scalars(select(Message.body)).one()


def test_pia_gives_her_mandate_back_herself_and_cannot_end_another(now: datetime) -> None:
    with pytest.raises(NotAllowed), unit_of_work():
        end_mandate(person("pia"), mandate_of("coen"), TODAY, now)
    with unit_of_work():
        end_mandate(person("pia"), mandate_of("pia"), TODAY, now)
    assert not load_grants(person("pia").id, now).ids("organisation")
    assert mails() == []


def test_a_contact_whose_mandate_ended_decides_no_more(now: datetime) -> None:
    asked = ask(now)
    with unit_of_work():
        end_mandate(person("ana"), mandate_of("coen"), TODAY, now)
    with pytest.raises(NotAllowed), unit_of_work():
        decide_request(person("coen"), asked, granted=True, reason="", now=now)


def test_the_whole_of_it_in_the_browser(browse: Any) -> None:
    sam, coen = browse("sam"), browse("coen")
    form = {"organisation_id": str(helder().id), "note": "Adviser."}
    assert sam.post("/en/mandates", data=form).status_code == 303
    assert "waits for an answer" in sam.get("/en/mandates").text
    page = coen.get(HELDER).text
    assert "Sam Peeters" in page
    assert "Record who speaks for it" not in page, "that is an organiser's"
    asked = db.session.scalars(select(MandateRequest)).one()
    assert coen.post(f"{HELDER}/requests/{asked.id}/grant").status_code == 303
    assert "confirmed by the organisation" in sam.get("/en/mandates").text
    mandate = mandate_of("sam")
    answer = sam.post(f"{HELDER}/mandates/{mandate.id}/end", data={"ends_on": "2026-11-23"})
    assert answer.headers["Location"].endswith("/en/mandates")
    assert "Ended" in sam.get("/en/mandates").text


def test_the_contact_confirms_on_the_page(browse: Any) -> None:
    coen, mandate = browse("coen"), mandate_of("pia")
    confirm = f"{HELDER}/mandates/{mandate.id}/confirm"
    assert confirm in coen.get(HELDER).text
    answer = coen.post(confirm)
    assert answer.headers["Location"] == HELDER
    page = coen.get(HELDER).text
    assert "You confirmed it." in page
    assert confirm not in page
    assert mandate_of("pia").confirmed_at is not None


def test_what_one_asked_nobody_else_reads_and_what_was_granted_is_a_mandate(
    browse: Any, now: datetime
) -> None:
    asked, other = ask(now), ask(now, "lotte")
    assert "What you asked" not in browse("bo").get("/en/mandates").text
    assert browse("sam").get("/en/mandates").text.count("waits for an answer") == 1
    with unit_of_work():
        decide_request(person("coen"), asked, granted=True, reason="", now=now)
        decide_request(person("coen"), other, granted=False, reason="Ask Pia.", now=now)
    assert "What you asked" not in browse("sam").get("/en/mandates").text
    assert "Ask Pia." in browse("lotte").get("/en/mandates").text


@pytest.mark.parametrize("who", [None, "sam", "pia", "lotte", "mo"])
def test_who_is_no_contact_sees_nobody_s_mandates(browse: Any, who: str | None) -> None:
    answer = browse(who).get(HELDER)
    assert answer.status_code in {302, 403}
    assert "Coen Mulder" not in answer.text


def test_a_contact_of_one_organisation_keeps_out_of_another(browse: Any, now: datetime) -> None:
    with unit_of_work():
        db.session.add(
            Organisation(slug="ander", name="Ander", sector="civil_society", created_at=now)
        )
    assert browse("coen").get("/en/organisations/ander").status_code == 403
    assert browse("coen").get(HELDER).status_code == 200


def test_readers_see_the_mandate_behind_a_proposal(browse: Any, now: datetime) -> None:
    make_proposal("open", organisation_id=helder().id)
    page = "/en/rounds/open/proposals/1"
    assert "recorded by an organiser" in browse().get(page).text
    with unit_of_work():
        confirm_mandate(person("coen"), mandate_of("pia"), now)
        end_mandate(person("coen"), mandate_of("pia"), TODAY, now)
    assert "confirmed by the organisation on" in browse().get(page).text
