"""Who sits at a body. Nothing is deleted: what ends stays on record with its last day."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from consult.accounts.models import Person
from consult.core.calendar import local_day
from consult.core.db import db
from consult.core.errors import InvalidInput, Sentence
from consult.core.people import Actor
from consult.organisations.models import Body, Mandate, Membership, Organisation, holds_on
from consult.organisations.queries import find_person
from consult.policy.actions import Action
from consult.policy.services import ensure
from consult.record.services import record

# The same sentence for an unknown, a closed and an imported account: it tells no more than that.
NOBODY = _l(
    "Nobody can be found under this address. Check it, or ask the person to make an account first."
)


def person_at(address: str) -> Person:
    """Give the person with an account at an e-mail address; InvalidInput if there is none."""
    person = find_person(address)
    if person is None:
        raise InvalidInput(_l("Nobody was added."), errors={"address": NOBODY})
    return person


def add_person(
    actor: Actor,
    body: Body,
    address: str,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
) -> Membership:
    """Make a person a member of a body, by the e-mail address of their account.

    Raises InvalidInput when nobody has that address, or who has it is a member already.
    """
    ensure(actor, Action.BODY_MANAGE, body, now)
    person = person_at(address)
    made = Membership(body=body, person=person, starts_on=starts_on, ends_on=ends_on)
    _check(made, Membership.person_id == person.id, "address")
    _start(actor, made, now)
    person.forget_standing()
    return made


def add_organisation(
    actor: Actor,
    body: Body,
    organisation: Organisation,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
) -> Membership:
    """Make an organisation a member of a body; who speaks for it sits there on its behalf.

    Raises InvalidInput when it is a member already.
    """
    ensure(actor, Action.BODY_MANAGE, body, now)
    made = Membership(body=body, organisation=organisation, starts_on=starts_on, ends_on=ends_on)
    _check(made, Membership.organisation_id == organisation.id, "organisation_id")
    _start(actor, made, now)
    return made


def _check(made: Membership, is_member: ColumnElement[bool], field: str) -> None:
    errors = _period_errors(made.starts_on, made.ends_on)
    present = select(Membership.id).where(
        Membership.body_id == made.body.id, is_member, holds_on(Membership, made.starts_on)
    )
    if db.session.scalar(present) is not None:
        errors[field] = _l("This is a member already.")
    if errors:
        raise InvalidInput(_l("Nobody was added."), errors=errors)


def _period_errors(starts_on: date, ends_on: date | None) -> dict[str, Sentence]:
    if ends_on is not None and ends_on <= starts_on:
        return {"ends_on": _l("The end lies before the start.")}
    return {}


def _start(actor: Actor, made: Membership, now: datetime) -> None:
    db.session.add(made)
    db.session.flush()
    content = {
        "body": made.body_id,
        "person": made.person_id,
        "organisation": made.organisation_id,
        "from": made.starts_on.isoformat(),
        "until": made.ends_on.isoformat() if made.ends_on else None,
    }
    record(actor, "membership.started", made, now, content=content)


def join_body(
    person: Person, body: Body, starts_on: date, ends_on: date | None, now: datetime
) -> Membership | None:
    """Make somebody a member who accepted what an organiser offered; the caller checked that.

    Who is a member already stays one, and None is given.
    """
    starts_on = max(starts_on, local_day(now))
    present = select(Membership.id).where(
        Membership.body_id == body.id,
        Membership.person_id == person.id,
        holds_on(Membership, starts_on),
    )
    if db.session.scalar(present) is not None:
        return None
    made = Membership(body=body, person=person, starts_on=starts_on, ends_on=ends_on)
    _start(person, made, now)
    person.forget_standing()
    return made


def end_membership(actor: Actor, membership: Membership, ends_on: date, now: datetime) -> None:
    """End a membership: on that day it no longer holds. It stays on record.

    Raises InvalidInput when it ended already or the day lies before its start.
    """
    ensure(actor, Action.BODY_MANAGE, membership.body, now)
    end_on(membership, ends_on, now)
    db.session.flush()
    record(actor, "membership.ended", membership, now, content={"until": ends_on.isoformat()})
    if membership.person is not None:
        membership.person.forget_standing()


def end_on(held: Membership | Mandate, ends_on: date, now: datetime) -> None:
    """Give a membership or mandate its last day; InvalidInput if that cannot be."""
    if held.ends_on is not None and held.ends_on <= local_day(now):
        raise InvalidInput(_l("This ended already."))
    if ends_on < held.starts_on:
        raise InvalidInput(
            _l("Nothing was changed."), errors={"ends_on": _l("The end lies before the start.")}
        )
    held.ends_on = ends_on
