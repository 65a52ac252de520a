"""What happens around invitations: sending one, and the links in the mails."""

import re
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.people.invitations.batches import check_file, keep_batch, send_batch
from consult.people.invitations.models import Invitation, InvitationBatch, InvitationState
from consult.people.invitations.services import Offer, Period, invite
from consult.people.organisations.models import Body, Membership, Organisation
from consult.people.organisations.queries import get_body
from tests.cast import person

NIENKE = "nienke@consult.example"
TODAY = date(2026, 11, 23)
FROM_TODAY = Period(TODAY)
DESK = "/en/bodies/stakeholderforum/invitations"


def forum() -> Body:
    return get_body("stakeholderforum")


def helder() -> Organisation:
    return db.session.scalars(select(Organisation)).one()


def offer(address: str = NIENKE, **more: Any) -> Offer:
    said: dict[str, Any] = {
        "name": "Nienke", "organisation_id": None, "language": "en", "note": "", **more,
    }  # fmt: skip
    return Offer(address=address, **said)


def invited(
    now: datetime, address: str = NIENKE, period: Period = FROM_TODAY, **more: Any
) -> Invitation:
    """Invite somebody to the forum, and let the mail leave."""
    with unit_of_work():
        made = invite(person("ana"), forum(), offer(address, **more), period, now)
    run_all(now)
    return again(made.id)


def again(invitation_id: int) -> Invitation:
    """Read an invitation as it is stored now."""
    db.session.rollback()
    return db.session.get_one(Invitation, invitation_id, populate_existing=True)


def links(address: str = NIENKE) -> list[str]:
    """Return the paths of the links that were mailed to an address, oldest first."""
    db.session.rollback()
    bodies = db.session.scalars(
        select(Message.body)
        .where(Message.address == address, Message.kind.startswith("invitation-"))
        .order_by(Message.id)
        .execution_options(populate_existing=True)
    )
    found = [re.search(r"https?://\S+/invitations/\S+", body) for body in bodies]
    return [urlsplit(one[0]).path for one in found if one]


def token_of(path: str) -> str:
    return path.rpartition("/")[2]


def accept_new(client: FlaskClient, path: str, **more: str) -> Any:
    """Accept as somebody without an account."""
    form = {
        "display_name": "Nienke Nieuw",
        "language": "en", "taking_part": "y", **more,
    }  # fmt: skip
    return client.post(path, data=form)


def is_member(name_or_address: str) -> bool:
    """Whether somebody has a membership of the forum that has not ended."""
    address = name_or_address if "@" in name_or_address else f"{name_or_address}@consult.example"
    db.session.rollback()
    return any(
        one.person is not None and one.person.email == address and one.ends_on is None
        for one in db.session.scalars(select(Membership))
    )


def batch_of(now: datetime, text: str | bytes, period: Period = FROM_TODAY) -> InvitationBatch:
    """Check a file for the forum, and keep it."""
    found = check_file(person("ana"), forum(), text, "nl", now)
    with unit_of_work():
        return keep_batch(person("ana"), forum(), found, period, "", now)


def send(now: datetime, batch: InvitationBatch) -> int:
    """Send a file that was kept."""
    with unit_of_work():
        return send_batch(person("ana"), batch, now)


def states() -> dict[str, int]:
    """Count what was invited in the test by state; Inge and Evert stand apart."""
    db.session.rollback()
    found = db.session.scalars(
        select(Invitation.state).where(
            Invitation.address.not_in(["inge@consult.example", "evert@consult.example"])
        )
    ).all()
    return {state.value: found.count(state) for state in InvitationState if state in found}
