"""Many at once, against the real database: one account, one seat, and everyone is answered."""

import threading
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.foundation.core.db import db
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.foundation.record.models import Event
from consult.people.accounts.models import Person
from consult.people.invitations.models import Invitation
from consult.people.organisations.models import Mandate, Membership
from tests.cast import person
from tests.invitations.letterbox import (
    DESK,
    NIENKE,
    TODAY,
    batch_of,
    helder,
    invited,
    links,
    send,
    states,
)
from tests.moderation.test_together import Form, at_once

pytestmark = pytest.mark.usefixtures("app")
FORM = {
    "display_name": "Nienke",
    "language": "nl", "taking_part": "y",
}  # fmt: skip


def number(statement: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def test_fifty_who_accept_one_invitation_are_one(app: Flask, now: datetime, browse: Any) -> None:
    invited(now, organisation_id=helder().id)
    (path,) = links()
    before = number(select(Membership.id)), number(select(Mandate.id)), number(select(Person.id))
    answers = at_once(app, *((browse(), path, FORM) for _ in range(50)))
    assert answers == Counter({410: 49, 303: 1})
    after = number(select(Membership.id)), number(select(Mandate.id)), number(select(Person.id))
    assert after == tuple(one + 1 for one in before)
    assert number(select(Event.id).where(Event.verb == "invitation.accepted")) == 1
    assert number(select(Person.id).where(Person.email == NIENKE)) == 1


def test_fifty_clicks_of_who_has_an_account_are_one_seat(
    app: Flask, now: datetime, browse: Any
) -> None:
    one = invited(now, "sam@consult.example")
    address = f"/en/invitations/mine/{one.id}/accept"
    answers = at_once(app, *((browse("sam"), address, {"once": "one"}) for _ in range(25)))
    assert answers == Counter({303: 25})
    answers = at_once(app, *((browse("sam"), address, {}) for _ in range(25)))
    assert answers == Counter({403: 25})
    sam = person("sam").id
    assert number(select(Membership.id).where(Membership.person_id == sam)) == 1


def test_accepting_and_declining_at_once_is_one_of_the_two(
    app: Flask, now: datetime, browse: Any
) -> None:
    invited(now)
    (path,) = links()
    forms: list[Form] = [(browse(), path, FORM) for _ in range(5)]
    forms += [(browse(), f"{path}/decline", {"reason": "Nee."}) for _ in range(5)]
    assert at_once(app, *forms) == Counter({410: 9, 303: 1})
    accepted = states() == {"accepted": 1}
    assert accepted or states() == {"declined": 1}
    assert number(select(Person.id).where(Person.email == NIENKE)) == int(accepted)


def test_two_organisers_who_invite_at_once_send_one(app: Flask, browse: Any) -> None:
    form = {
        "address": NIENKE, "name": "", "organisation_id": "0", "language": "nl",
        "starts_on": TODAY.isoformat(), "ends_on": "", "note": "",
    }  # fmt: skip
    answers = at_once(app, *((browse(who), DESK, form) for who in ("ana", "adi") * 5))
    assert answers == Counter({303: 1, 422: 9})
    assert number(select(Invitation.id).where(Invitation.address == NIENKE)) == 1


def test_a_file_that_is_sent_by_five_at_once_is_sent_once(
    app: Flask, now: datetime, browse: Any
) -> None:
    rows = "".join(f"p{n}@consult.example\n" for n in range(100))
    first, second = batch_of(now, f"e-mail\n{rows}"), batch_of(now, f"e-mail\n{rows}")
    forms: list[Form] = [
        (browse("ana"), f"{DESK}/files/{one.id}/send", {}) for one in (first, second) * 4
    ]
    assert at_once(app, *forms) == Counter({303: 1, 422: 7})
    assert states() == {"waiting": 100}


def test_two_workers_write_each_mail_once(app: Flask, now: datetime) -> None:
    rows = "".join(f"p{n}@consult.example\n" for n in range(150))
    send(now, batch_of(now, f"e-mail\n{rows}"))
    db.session.remove()
    start = threading.Barrier(3)

    def work() -> None:
        with app.app_context():
            start.wait()
            run_all(now)
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    with app.app_context():
        run_all(now)
    sent = db.session.scalars(
        select(Message.address).where(Message.kind == "invitation-sent")
    ).all()
    assert len(sent) == len(set(sent)) == 150
    assert states() == {"sent": 150}
