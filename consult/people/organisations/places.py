"""Asking for a place at a body: whoever looks after it says yes or no, and the asker hears."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.text import clean_text
from consult.foundation.notifications.services import notify
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.organisations.memberships import join_body
from consult.people.organisations.models import Body, PlaceRequest
from consult.people.organisations.organisers import who_keeps

KINDS = ("place-asked", "place-decided")
"""The mails about places at a body."""


def ask_place(person: Person, body: Body, note: str, now: datetime) -> PlaceRequest:
    """Ask for a place at a body; who looks after it is told, and decides.

    Raises InvalidInput when the person sits there already, or asked already.
    """
    ensure(person, Action.PLACE_ASK, body, now)
    lock_rows(body)
    if body.id in person.grants.ids("body"):
        raise InvalidInput(_l("You sit at this body already."))
    if waiting_place(person.id, body.id) is not None:
        raise InvalidInput(_l("You asked this already. You get a mail about it."))
    made = PlaceRequest(person=person, body=body, note=clean_text(note), asked_at=now)
    db.session.add(made)
    db.session.flush()
    content = {"person": person.id, "body": body.id}
    record(person, "place.asked", made, now, content=content, reason=made.note)
    for keeper in who_keeps(body.id):
        if keeper.id != person.id:
            notify(keeper, "place-asked", now, asked=made, person=person)
    return made


def waiting_place(person_id: int | None, body_id: int) -> PlaceRequest | None:
    """Return what a person asked of a body and nobody decided about yet."""
    if person_id is None:
        return None
    found: PlaceRequest | None = db.session.scalar(
        select(PlaceRequest).where(
            PlaceRequest.person_id == person_id,
            PlaceRequest.body_id == body_id,
            PlaceRequest.decided_at.is_(None),
        )
    )
    return found


def decide_place(
    actor: Actor, request: PlaceRequest, *, granted: bool, reason: str, now: datetime
) -> None:
    """Give a place at the body from today on, or refuse it with a reason; the person is told.

    Raises InvalidInput when it was decided already, or a refusal has no reason.
    """
    ensure(actor, Action.BODY_MANAGE, request.body, now)
    lock_rows(request)
    reason = clean_text(reason)
    if request.decided_at is not None:
        raise InvalidInput(_l("Somebody decided about this already."))
    if not granted and not reason:
        raise InvalidInput(
            _l("This decision needs a reason."), _l("The person who asked reads it.")
        )
    request.decided_at, request.granted, request.reason = now, granted, reason
    db.session.flush()
    record(actor, "place.granted" if granted else "place.refused", request, now, reason=reason)
    if granted:
        join_body(request.person, request.body, local_day(now), None, now)
    notify(request.person, "place-decided", now, asked=request, granted=granted, reason=reason)
