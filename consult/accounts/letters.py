"""The mails that a stranger can ask for: a link to sign in, to choose a password, to confirm.

Whoever asks gets the same answer in the same time, whether the address has an account or not:
who is behind it is looked up afterwards, by the worker. Nobody gets more than five an hour.
"""

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from consult.accounts.codes import new_code
from consult.accounts.models import Person
from consult.core.addresses import address_of
from consult.core.db import db
from consult.core.unit_of_work import unit_of_work
from consult.jobs.services import enqueue, handles
from consult.notifications.kinds import Topic, declare
from consult.notifications.queries import moments_of_messages
from consult.notifications.services import notify

HOUR = timedelta(hours=1)
MOST_AN_HOUR = 5
# Two clicks on one button are one wish.
ONE_WISH = timedelta(seconds=20)


class Letter(enum.StrEnum):
    """What a stranger can ask for."""

    LINK = "link"
    RESET = "reset"
    CONFIRM = "confirm"
    KNOWN = "known"
    """Somebody makes an account for an address that has one."""


for _letter in Letter:
    declare(f"security-{_letter}", Topic.SECURITY)


def ask_letter(letter: Letter, email: str, now: datetime, leads_to: str = "") -> None:
    """Ask for a mail to an address; the worker finds out whether there is anybody to write to.

    `leads_to` is the page of ours that the reader wanted to go to.
    """
    enqueue("account-letter", {"letter": letter, "email": email, "leads_to": leads_to}, now)


@handles("account-letter")
def write_letter(payload: Mapping[str, Any], now: datetime) -> None:
    """Write the mail, if the address has an account and did not get too many already."""
    person = db.session.scalar(
        select(Person).where(Person.email == payload["email"], Person.active)
    )
    if person is None:
        return
    letter = Letter(payload["letter"])
    if letter is Letter.LINK and person.confirmed_at is None:
        letter = Letter.CONFIRM
    kind = f"security-{letter}"
    asked = {f"security-{one}" for one in Letter}
    written = moments_of_messages(payload["email"], "security-", now - HOUR)
    recent = [(same, at) for same, at in written if same in asked]
    if len(recent) >= MOST_AN_HOUR or any(
        same == kind and now - at < ONE_WISH for same, at in recent
    ):
        return
    with unit_of_work():
        notify(person, kind, now, **_facts(letter, person, payload["leads_to"]))


def _facts(letter: Letter, person: Person, leads_to: str) -> dict[str, Any]:
    following = {"next": leads_to} if leads_to else {}
    if letter is Letter.LINK:
        code = new_code(person)
        # Not the address: what stands in a link stands in the logs of servers too.
        who = {"who": person.public_id, "code": code, **following}
        return {"code": code, "link": address_of("security.us_signin", person.language, **who)}
    if letter is Letter.RESET:
        token = generate_reset_password_token(person)
        return {"link": address_of("security.reset_password", person.language, token=token)}
    if letter is Letter.CONFIRM:
        token = generate_confirmation_token(person)
        return {
            "link": address_of("security.confirm_email", person.language, token=token, **following),
            "forgot": address_of("security.forgot_password", person.language),
        }
    return {
        "login": address_of("security.login", person.language),
        "forgot": address_of("security.forgot_password", person.language),
    }
