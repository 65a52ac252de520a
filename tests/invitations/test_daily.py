"""What happens by itself, on a calendar that is moved day by day."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.schedule import ask_due
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.foundation.personal_data.retention import rules
from consult.people.invitations.models import (
    Invitation,
    InvitationBatch,
    InvitationKey,
    InvitationState,
)
from consult.people.invitations.services import Period, resend, revoke
from consult.people.privacy.retention import run_rule
from tests.cast import person
from tests.conftest import Clock
from tests.house.test_matrix import counts
from tests.invitations.letterbox import (
    NIENKE,
    TODAY,
    accept_new,
    again,
    batch_of,
    invited,
    links,
    send,
    states,
)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def nothing_else(only_work: Callable[..., None]) -> None:
    """Let no other work of a day run: the days are many."""
    only_work("invitations-daily")


def pass_days(clock: Clock, days: int, twice: bool = False) -> None:
    """Let days pass, with a worker that looks each day."""
    asked: set[str] = set()
    for _ in range(days):
        clock.forward(days=1)
        for _again in range(2 if twice else 1):
            ask_due(clock.time, set() if twice else asked)
            run_all(clock.time)


def forget(now: datetime) -> int:
    """Apply the periods of the retention table, and return how many invitations it emptied."""
    done = {rule.kind: run_rule(rule, now) for rule in rules()}
    return done["invitations"]


def reminders(address: str = NIENKE) -> list[int]:
    """Return on which day after the start each reminder to an address was written."""
    db.session.rollback()
    found = db.session.scalars(
        select(Message.created_at)
        .where(Message.address == address, Message.kind == "invitation-reminder")
        .order_by(Message.id)
    ).all()
    return [(at.date() - TODAY).days for at in found]


@pytest.mark.parametrize("twice", [False, True])
def test_each_reminder_comes_once(now: datetime, clock: Clock, twice: bool) -> None:
    one = invited(now)
    pass_days(clock, 40, twice)
    assert reminders() == [7, 27]
    assert again(one.id).state is InvitationState.EXPIRED
    assert again(one.id).closed_at == now + timedelta(days=30)


@pytest.mark.long_on_postgresql
def test_many_are_reminded_each_once(now: datetime, clock: Clock) -> None:
    send(now, batch_of(now, "e-mail\n" + "".join(f"p{n}@consult.example\n" for n in range(50))))
    run_all(now)
    pass_days(clock, 35)
    found = Counter(
        db.session.scalars(
            select(Message.address).where(
                Message.kind == "invitation-reminder", Message.address.startswith("p")
            )
        )
    )
    assert len(found) == 50
    assert set(found.values()) == {2}
    assert states() == {"expired": 50}


@pytest.mark.long_on_postgresql
@pytest.mark.parametrize("end", ["accept", "decline", "revoke"])
def test_none_after_the_end(now: datetime, clock: Clock, browse: Any, end: str) -> None:
    one = invited(now)
    pass_days(clock, 5)
    (path,) = links()
    if end == "accept":
        accept_new(browse(), path)
    elif end == "decline":
        browse().post(f"{path}/decline")
    else:
        with unit_of_work():
            revoke(person("ana"), again(one.id), clock.time)
    pass_days(clock, 35)
    assert reminders() == []


@pytest.mark.long_on_postgresql
def test_none_between_the_two_and_after_the_second(
    now: datetime, clock: Clock, browse: Any
) -> None:
    invited(now)
    pass_days(clock, 10)
    browse().post(f"{links()[-1]}/decline")
    pass_days(clock, 30)
    assert reminders() == [7]


def test_the_first_link_and_those_of_the_reminders_all_work(
    now: datetime, clock: Clock, browse: Any
) -> None:
    invited(now)
    pass_days(clock, 28)
    paths = links()
    assert len(set(paths)) == 3
    assert {browse().get(path).status_code for path in paths} == {200}
    accept_new(browse(), paths[1])
    assert {browse().get(path).status_code for path in paths} == {410}


@pytest.mark.long_on_postgresql
def test_sent_again_it_is_reminded_of_again(now: datetime, clock: Clock) -> None:
    one = invited(now)
    pass_days(clock, 20)
    with unit_of_work():
        resend(person("ana"), again(one.id), clock.time)
    run_all(clock.time)
    pass_days(clock, 40)
    assert reminders() == [7, 27, 47]


def test_a_worker_that_was_away_sends_one_and_not_both(now: datetime, clock: Clock) -> None:
    invited(now)
    clock.forward(days=27)
    pass_days(clock, 2)
    assert reminders() == [28]


def test_a_short_one_gets_its_warning(now: datetime, clock: Clock) -> None:
    invited(now, period=Period(TODAY, TODAY + timedelta(days=10)))
    pass_days(clock, 15)
    assert reminders() == [7]
    assert states() == {"expired": 1}


def test_a_mail_that_waits_is_not_sent_after_the_end(now: datetime, clock: Clock) -> None:
    send(now, batch_of(now, f"e-mail\n{NIENKE}\n"))
    clock.forward(days=31)
    ask_due(clock.time, set())
    run_all(clock.time)
    assert links() == []
    assert states() == {"expired": 1}


@pytest.mark.long_on_postgresql
@pytest.mark.parametrize("end", ["decline", "expire", "accept", "revoke"])
def test_who_did_not_come_is_forgotten_after_ninety_days(
    now: datetime, clock: Clock, browse: Any, end: str
) -> None:
    one = invited(now, note="Geheim")
    (path,) = links()
    if end == "accept":
        accept_new(browse(), path)
    elif end == "decline":
        browse().post(f"{path}/decline", data={"reason": "Ziek."})
    elif end == "revoke":
        with unit_of_work():
            revoke(person("ana"), again(one.id), now)
    pass_days(clock, 30)
    closed_at = again(one.id).closed_at
    assert closed_at is not None
    clock.time = closed_at + timedelta(days=90) - timedelta(seconds=1)
    assert forget(clock.time) >= 1, "Evert's, which expired ten days before"
    assert again(one.id).address == NIENKE
    clock.forward(seconds=1)
    assert forget(clock.time) == 1
    assert forget(clock.time) == 0
    kept = again(one.id)
    assert (kept.address, kept.name, kept.note, kept.decline_reason) == ("", "", "", "")
    mails = db.session.scalars(select(Message).execution_options(populate_existing=True)).all()
    said = [(mail.address, mail.body) for mail in mails if mail.kind == "invitation-sent"]
    assert said == [("", "")]
    keys = select(InvitationKey).where(InvitationKey.invitation_id == one.id)
    assert db.session.scalars(keys).all() == []
    assert browse().get(path).status_code == 404
    assert browse("ana").get("/en/bodies/stakeholderforum/invitations").status_code == 200


def test_an_open_one_is_not_forgotten(now: datetime) -> None:
    before = counts()
    assert forget(now) == 0
    assert counts() == before
    assert db.session.scalars(select(Invitation.address)).all().count("") == 0


def test_bad_rows_and_files_that_were_never_sent_are_forgotten(now: datetime, clock: Clock) -> None:
    sent = batch_of(now, f"e-mail\n{NIENKE}\nfout\n")
    send(now, sent)
    batch_of(now, "e-mail\nb@consult.example\n")
    forget(clock.forward(days=6))
    assert len(db.session.scalars(select(InvitationBatch)).all()) == 2
    forget(clock.forward(days=1))
    (kept,) = db.session.scalars(select(InvitationBatch)).all()
    assert kept.refused == 1
    forget(clock.forward(days=90))
    db.session.refresh(kept)
    assert kept.bad_rows == []
