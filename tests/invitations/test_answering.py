"""The page that a link opens: what it says, accepting and declining, with and without account."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from consult.consultation.rounds.models import Readers
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can
from consult.foundation.record.models import EventDetail
from consult.people.accounts.models import Person
from consult.people.accounts.passwords import hashed
from consult.people.invitations.models import InvitationState
from consult.people.invitations.services import Period, revoke
from consult.people.organisations.memberships import add_person
from consult.people.organisations.models import Mandate, Membership
from tests.accounts.visitor import is_signed_in
from tests.accounts.visitor import sign_in as type_password
from tests.cast import person
from tests.conftest import Clock
from tests.factories import acts, find_round
from tests.house.test_matrix import counts
from tests.invitations.letterbox import (
    NIENKE,
    TODAY,
    accept_new,
    again,
    forum,
    helder,
    invited,
    is_member,
    links,
    states,
)

pytestmark = pytest.mark.usefixtures("app")
MINE = "/en/invitations/mine"


def test_the_invitation_names_the_rounds_that_are_open_for_everybody_to_read(
    now: datetime, browse: Any
) -> None:
    invited(now)
    page = browse().get(links()[0]).text
    assert "/en/rounds/open" in page
    for hidden in ("draft", "closed", "cancelled"):
        assert f"/en/rounds/{hidden}" not in page
    with unit_of_work():
        find_round("open").readers = Readers.PARTICIPANTS
    assert "/en/rounds/open" not in browse().get(links()[0]).text


def test_opening_the_link_changes_nothing_and_is_not_kept(now: datetime, browse: Any) -> None:
    invited(now, note="Doe je mee?")
    before = counts()
    answer = browse().get(links()[0])
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    for said in ("Stakeholder forum", "Ana de Boer", "Be kind.", "Doe je mee?", "23 December 2026"):
        assert said in answer.text
    assert NIENKE not in answer.text
    assert counts() == before
    assert states() == {"sent": 1}


def test_a_newcomer_gets_account_membership_and_mandate_together(
    now: datetime, browse: Any
) -> None:
    one = invited(now, organisation_id=helder().id)
    client = browse()
    answer = accept_new(client, links()[0])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/en/home")
    assert "You accepted the invitation" in client.get(answer.headers["Location"]).text
    assert is_signed_in(client)
    made = db.session.scalars(select(Person).where(Person.email == NIENKE)).one()
    assert made.display_name == "Nienke Nieuw"
    assert made.confirmed_at == now
    assert made.language == "en"
    assert is_member(NIENKE)
    mandate = db.session.scalars(select(Mandate).where(Mandate.person_id == made.id)).one()
    assert mandate.recorded_by_id == person("ana").id
    assert mandate.organisation_id == helder().id
    assert again(one.id).state is InvitationState.ACCEPTED
    assert again(one.id).accepted_by_id == made.id
    assert can(made, Action.PROPOSAL_DRAFT, find_round("open"), now)
    told = db.session.scalars(select(Message.address).where(Message.kind == "mandate-recorded"))
    assert list(told) == ["coen@consult.example"]


def test_the_record_knows_no_name_and_no_address(now: datetime, browse: Any) -> None:
    invited(now, note="Geheime boodschap")
    accept_new(browse(), links()[0])
    verbs = set(acts())
    assert {"invitation.sent", "invitation.accepted", "membership.started"} <= verbs
    for detail in db.session.scalars(select(EventDetail)):
        said = f"{detail.content} {detail.reason}"
        assert not [part for part in (NIENKE, "Nienke", "Geheime") if part in said]


def test_what_is_wrong_comes_back_filled(now: datetime, browse: Any) -> None:
    invited(now)
    answer = accept_new(browse(), links()[0], language="xx", taking_part="", display_name="Zoë")
    assert answer.status_code == 422
    assert "tick the box" in answer.text
    assert 'id="language-error"' in answer.text
    assert 'value="Zoë"' in answer.text
    assert states() == {"sent": 1}
    assert db.session.scalar(select(Person.id).where(Person.email == NIENKE)) is None


def test_a_name_that_was_cleared_comes_back_empty(now: datetime, browse: Any) -> None:
    invited(now)
    client, path = browse(), links()[0]
    offered = 'value="Nienke"'
    assert offered in client.get(path).text
    answer = accept_new(client, path, display_name="")
    assert answer.status_code == 422
    assert offered not in answer.text


def test_who_has_an_account_signs_in_and_accepts_with_one_click(now: datetime, browse: Any) -> None:
    invited(now, "sam@consult.example")
    client = browse()
    (path,) = links("sam@consult.example")
    page = client.get(path)
    assert f"/en/login?next={MINE}" in page.text
    assert 'name="password"' not in page.text
    assert accept_new(browse(), path).status_code == 422, "an account is not made over"
    answer = type_password(client, "sam", next=MINE)
    assert answer.headers["Location"] == MINE
    page = client.get(MINE)
    assert "Stakeholder forum" in page.text
    button = page.text.split('action="')[2:]
    accept = next(part.split('"')[0] for part in button if "/accept" in part.split('"')[0])
    assert client.post(accept, data={"once": "one"}).status_code == 303
    assert is_member("sam")
    assert client.post(accept, data={"once": "one"}).status_code == 303, "a second click"
    assert client.post(accept).status_code == 403
    assert "You are a member" in client.get(path).text
    assert len(people_at_forum("sam")) == 1


def people_at_forum(name: str) -> list[Membership]:
    db.session.rollback()
    found = select(Membership).where(Membership.person_id == person(name).id)
    return list(db.session.scalars(found))


def test_signed_in_with_the_right_address_the_link_itself_offers_it(
    now: datetime, browse: Any
) -> None:
    invited(now, "sam@consult.example")
    page = browse("sam").get(links("sam@consult.example")[0])
    assert "Do you accept?" in page.text
    assert "/accept" in page.text


def test_an_invitation_is_personal(now: datetime, browse: Any) -> None:
    one = invited(now, "sam@consult.example")
    lotte = browse("lotte")
    (path,) = links("sam@consult.example")
    page = lotte.get(path)
    assert "signed in as Lotte Smit" in page.text
    assert "/en/logout" in page.text
    assert "sam@consult.example" not in page.text
    assert accept_new(lotte, path).headers["Location"] == MINE
    for reply in ("accept", "decline"):
        assert lotte.post(f"{MINE}/{one.id}/{reply}").status_code == 404
        assert lotte.post(f"{MINE}/99999/{reply}").status_code == 404
    assert "Stakeholder forum" not in lotte.get(MINE).text
    assert states() == {"sent": 1}


def test_declining_needs_no_account_and_the_organiser_sees_it(now: datetime, browse: Any) -> None:
    invited(now)
    client = browse()
    mails = db.session.scalar(select(func.count()).select_from(Message))
    answer = client.post(f"{links()[0]}/decline", data={"reason": "Geen tijd."})
    assert answer.headers["Location"] == "/en/invitations/declined"
    assert "Thank you" in client.get("/en/invitations/declined").text
    assert states() == {"declined": 1}
    assert "was declined" in client.get(links()[0]).text
    desk = browse("ana").get("/en/bodies/stakeholderforum/invitations")
    assert "Geen tijd." in desk.text
    assert "0 accepted, 1 declined" in desk.text
    assert db.session.scalar(select(func.count()).select_from(Message)) == mails
    assert client.post(f"{links()[0]}/decline").status_code == 410


def test_declining_signed_in(now: datetime, browse: Any) -> None:
    one = invited(now, "sam@consult.example")
    sam = browse("sam")
    too_long = sam.post(f"{MINE}/{one.id}/decline", data={"reason": "x" * 1001})
    assert too_long.status_code == 422
    assert "x" * 1001 in too_long.text
    assert sam.post(f"{MINE}/{one.id}/decline", data={"reason": "Nee."}).status_code == 303
    assert again(one.id).decline_reason == "Nee."
    assert not is_member("sam")


def test_a_reason_that_is_too_long_comes_back(now: datetime, browse: Any) -> None:
    invited(now)
    answer = browse().post(f"{links()[0]}/decline", data={"reason": "y" * 1001})
    assert answer.status_code == 422
    assert "y" * 1001 in answer.text
    assert states() == {"sent": 1}


DEAD = {
    "accepted": (410, "accepted already"),
    "declined": (410, "was declined"),
    "expired": (410, "too old"),
    "revoked": (410, "taken back"),
}


@pytest.mark.parametrize("end", DEAD)
def test_a_dead_link_says_what_to_do_and_nothing_else(
    now: datetime, browse: Any, clock: Clock, end: str
) -> None:
    one = invited(now)
    (path,) = links()
    if end == "accepted":
        accept_new(browse(), path)
    elif end == "declined":
        browse().post(f"{path}/decline")
    elif end == "revoked":
        with unit_of_work():
            revoke(person("ana"), again(one.id), now)
    else:
        clock.forward(days=30)
    status, sentence = DEAD[end]
    before = counts()
    for answer in (
        browse().get(path),
        accept_new(browse(), path),
        browse().post(f"{path}/decline"),
    ):
        assert answer.status_code == status
        assert sentence in answer.text
        for kept in (NIENKE, "Nienke", "Stakeholder", "Ana de Boer"):
            assert kept not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    assert counts() == before


@pytest.mark.parametrize("path", ["/en/invitations/x", "/en/invitations/" + "A" * 43])
def test_a_link_that_never_was(browse: Any, path: str) -> None:
    refused = browse().post(f"{path}/decline")
    for answer in (browse().get(path), accept_new(browse(), path), refused):
        assert answer.status_code == 404
        assert "ask who invited you for a new invitation" in answer.text


def test_it_ends_at_the_very_moment(now: datetime, browse: Any, clock: Clock) -> None:
    invited(now)
    clock.time = now + timedelta(days=30) - timedelta(seconds=1)
    assert browse().get(links()[0]).status_code == 200
    clock.time = now + timedelta(days=30)
    assert browse().get(links()[0]).status_code == 410


def test_a_seat_that_begins_later_begins_later(now: datetime, browse: Any) -> None:
    invited(now, period=Period(date(2027, 1, 1), date(2027, 6, 1)))
    accept_new(browse(), links()[0])
    who = db.session.scalars(select(Person).where(Person.email == NIENKE)).one()
    seat = db.session.scalars(select(Membership).where(Membership.person_id == who.id)).one()
    assert (seat.starts_on, seat.ends_on) == (date(2027, 1, 1), date(2027, 6, 1))
    assert not can(who, Action.PROPOSAL_DRAFT, find_round("open"), now)


def test_a_seat_begins_on_the_day_of_the_answer(now: datetime, browse: Any, clock: Clock) -> None:
    invited(now)
    clock.forward(days=9)
    accept_new(browse(), links()[0])
    who = db.session.scalars(select(Person).where(Person.email == NIENKE)).one()
    seat = db.session.scalars(select(Membership).where(Membership.person_id == who.id)).one()
    assert seat.starts_on == TODAY + timedelta(days=9)


def test_who_became_a_member_meanwhile_gets_no_second_seat(now: datetime, browse: Any) -> None:
    one = invited(now, "sam@consult.example")
    with unit_of_work():
        add_person(person("ana"), forum(), "sam@consult.example", TODAY, None, now)
    assert browse("sam").post(f"{MINE}/{one.id}/accept").status_code == 303
    assert len(people_at_forum("sam")) == 1
    assert again(one.id).state is InvitationState.ACCEPTED


def test_an_account_that_was_never_confirmed_is_taken_over_by_the_owner(
    now: datetime, browse: Any
) -> None:
    """Somebody else made it with this address, and waits for its owner to confirm it."""
    with unit_of_work():
        db.session.add(Person(email=NIENKE, display_name="Niet Nienke", password=hashed("x" * 12)))
    before = db.session.scalars(select(Person).where(Person.email == NIENKE)).one().fs_uniquifier
    invited(now)
    accept_new(browse(), links()[0])
    db.session.rollback()
    who = db.session.scalars(select(Person).where(Person.email == NIENKE)).one()
    assert who.display_name == "Nienke Nieuw"
    assert who.fs_uniquifier != before
    assert who.password is None
    assert type_password(browse(), "nienke", password="x" * 12).status_code == 422


def test_a_suspended_account_stays_suspended(now: datetime, browse: Any) -> None:
    with unit_of_work():
        seat = people_at_forum("sacha")[0]
        db.session.get_one(Membership, seat.id).ends_on = TODAY
    invited(now, "sacha@consult.example")
    (path,) = links("sacha@consult.example")
    assert 'name="password"' not in browse().get(path).text
    assert accept_new(browse(), path).status_code == 422
    assert type_password(browse(), "sacha").status_code == 422
    assert not is_member("sacha")


def test_what_waits_stands_on_ones_own_page(browse: Any) -> None:
    page = browse("inge").get("/en/home")
    assert "Invitation: Stakeholder forum" in page.text
    assert "Invitation: Stakeholder forum" not in browse("sam").get("/en/home").text
    assert "Invitation: Stakeholder forum" not in browse("evert").get("/en/home").text
