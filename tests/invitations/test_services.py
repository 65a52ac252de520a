"""What an organiser does with invitations: send, remind, send again, revoke."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed, SignInNeeded
from consult.foundation.core.people import Anonymous
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.foundation.record.models import Event
from consult.people.invitations.answering import accept_as_newcomer, decline_by_token
from consult.people.invitations.models import Invitation, InvitationKey, InvitationState
from consult.people.invitations.queries import digest_of
from consult.people.invitations.services import Period, invite, remind, resend, revoke
from tests.cast import person
from tests.conftest import Clock
from tests.invitations.letterbox import (
    FROM_TODAY,
    NIENKE,
    TODAY,
    again,
    forum,
    helder,
    invited,
    links,
    offer,
    token_of,
)

pytestmark = pytest.mark.usefixtures("app")


def test_it_works(now: datetime) -> None:
    one = invited(now, note="Welcome!", organisation_id=helder().id)
    assert one.state is InvitationState.SENT
    assert (one.sent_at, one.expires_at) == (now, now + timedelta(days=30))
    mail = db.session.scalars(select(Message).where(Message.address == NIENKE)).one()
    assert mail.language == "en"
    assert "Ana de Boer" in mail.body
    assert "Stakeholder forum" in mail.subject
    assert "Welcome!" in mail.body
    assert "Stichting Helder Bestuur" in mail.body
    assert "23 December 2026" in mail.body
    verbs = db.session.scalars(select(Event.verb).where(Event.subject_type == "invitation")).all()
    assert verbs == ["invitation.sent"]


def test_only_a_digest_of_a_long_random_key_is_stored(now: datetime) -> None:
    one = invited(now)
    (path,) = links()
    key = db.session.scalars(select(InvitationKey)).one()
    assert key.invitation_id == one.id
    assert key.digest == digest_of(token_of(path))
    assert token_of(path) not in key.digest, "the key itself stands in the mail only"
    assert len(token_of(path)) >= 43, "32 random bytes"


@pytest.mark.parametrize("who", ["pia", "mo", "bo", "sam", "coen", "inge", "sacha", "evert"])
def test_others_invite_nobody(now: datetime, who: str) -> None:
    one = invited(now)
    for act in (
        lambda: invite(person(who), forum(), offer("a@consult.example"), FROM_TODAY, now),
        lambda: remind(person(who), again(one.id), now),
        lambda: resend(person(who), again(one.id), now),
        lambda: revoke(person(who), again(one.id), now),
    ):
        with pytest.raises(NotAllowed), unit_of_work():
            act()
    with pytest.raises(SignInNeeded), unit_of_work():
        invite(Anonymous(), forum(), offer(), FROM_TODAY, now)


def test_everything_that_is_wrong_is_said_together(now: datetime) -> None:
    backwards = Period(TODAY, TODAY - timedelta(days=1))
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        invite(person("ana"), forum(), offer("no address"), backwards, now)
    assert set(refused.value.errors) == {"address", "ends_on"}


@pytest.mark.parametrize("address", ["pia@consult.example", "INGE@consult.example"])
def test_who_is_a_member_or_invited_is_not_invited_again(now: datetime, address: str) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        invite(person("ana"), forum(), offer(address), FROM_TODAY, now)
    assert set(refused.value.errors) == {"address"}


@pytest.mark.parametrize("name", ["faas", "evert", "kees"])
def test_who_left_or_let_it_expire_or_has_no_seat_is_invited(now: datetime, name: str) -> None:
    assert invited(now, f"{name}@consult.example").state is InvitationState.SENT


def test_it_does_not_last_longer_than_the_seat(now: datetime) -> None:
    one = invited(now, period=Period(TODAY, date(2026, 12, 1)))
    assert one.expires_at.isoformat() == "2026-11-30T23:00:00+00:00"


def test_sending_it_again_kills_the_first_link(now: datetime, clock: Clock, browse: Any) -> None:
    one = invited(now)
    later = clock.forward(days=20)
    with unit_of_work():
        resend(person("ana"), again(one.id), later)
    run_all(later)
    first, second = links()
    assert browse().get(first).status_code == 404
    assert browse().get(second).status_code == 200
    assert again(one.id).expires_at == later + timedelta(days=30)


def test_what_expired_can_be_sent_again_unless_a_new_one_is_open(
    now: datetime, clock: Clock, browse: Any
) -> None:
    one = invited(now)
    later = clock.forward(days=31)
    with unit_of_work():
        resend(person("ana"), again(one.id), later)
    run_all(later)
    first, second = links()
    assert browse().get(first).status_code == 404
    assert browse().get(second).status_code == 200
    last = clock.forward(days=31)
    invited(last)
    with pytest.raises(InvalidInput), unit_of_work():
        resend(person("ana"), again(one.id), last)


def test_revoking_kills_the_link_and_keeps_back_what_waits(now: datetime, browse: Any) -> None:
    with unit_of_work():
        waiting = invite(person("ana"), forum(), offer("w@consult.example"), FROM_TODAY, now)
        revoke(person("ana"), waiting, now)
    one = invited(now)
    with unit_of_work():
        revoke(person("ana"), again(one.id), now)
    run_all(now)
    assert links("w@consult.example") == []
    (path,) = links()
    answer = browse().get(path)
    assert answer.status_code == 410
    for act in (revoke, remind, resend):
        with pytest.raises(InvalidInput), unit_of_work():
            act(person("ana"), again(one.id), now)


def test_what_is_over_is_answered_by_no_link_whatever_page_was_open(now: datetime) -> None:
    """The page looks as well, but it may have been opened before."""
    one = invited(now)
    (path,) = links()
    with unit_of_work():
        revoke(person("ana"), again(one.id), now)
    with pytest.raises(NotAllowed), unit_of_work():
        decline_by_token(token_of(path), "Geen tijd.", now)
    with pytest.raises(NotAllowed), unit_of_work():
        accept_as_newcomer(token_of(path), "Nienke", "nl", now)
    assert again(one.id).state is InvitationState.REVOKED


def test_a_reminder_by_hand_keeps_the_first_link_and_waits_a_day(
    now: datetime, clock: Clock, browse: Any
) -> None:
    one = invited(now)
    with pytest.raises(InvalidInput, match="day"), unit_of_work():
        remind(person("ana"), again(one.id), now)
    later = clock.forward(days=2)
    with unit_of_work():
        remind(person("ana"), again(one.id), later)
    run_all(later)
    first, second = links()
    assert first != second
    assert {browse().get(path).status_code for path in (first, second)} == {200}
    assert again(one.id).expires_at == now + timedelta(days=30)


def test_a_mail_that_has_not_left_is_not_reminded_of(now: datetime) -> None:
    with unit_of_work():
        waiting = invite(person("ana"), forum(), offer(), FROM_TODAY, now)
    with pytest.raises(InvalidInput, match="not left"), unit_of_work():
        remind(person("ana"), waiting, now)


def test_one_open_invitation_for_an_address(now: datetime) -> None:
    invited(now)
    with pytest.raises(InvalidInput), unit_of_work():
        invite(person("adi"), forum(), offer(NIENKE.upper()), FROM_TODAY, now)
    found = select(Invitation).where(Invitation.address == NIENKE)
    assert len(db.session.scalars(found).all()) == 1
