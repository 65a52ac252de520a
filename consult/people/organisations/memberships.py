"""Who sits at a body. Nothing is deleted: what ends stays on record with its last day."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select

from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.organisations.models import (
    Body,
    Function,
    Mandate,
    Membership,
    Organisation,
    Sector,
    holds_on,
)
from consult.people.organisations.queries import find_person
from consult.people.organisations.seats import end_of_term, seat_error

# The same sentence for an unknown, a closed and an imported account: it tells no more than that.
NOBODY = _l(
    "Nobody can be found under this address. Check it, or ask the person to make an account first."
)


def person_at(address: str) -> Person:
    """Return the person with an account at an e-mail address; InvalidInput if there is none."""
    person = find_person(address)
    if person is None:
        raise InvalidInput(_l("Nobody was added."), errors={"address": NOBODY})
    return person


@dataclass(frozen=True)
class MemberPlace:
    """The place of a member in a body: the seat of a sector, if any, and a function."""

    seat: Sector | None = None
    function: Function = Function.MEMBER


def add_person(
    actor: Actor,
    body: Body,
    address: str,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
    place: MemberPlace = MemberPlace(),
) -> Membership:
    """Make a person a member of a body, by the e-mail address of their account.

    Raises InvalidInput when nobody has that address, who has it is a member already, or the
    seats of the sector are taken. A seat without an end is taken for its term.
    """
    ensure(actor, Action.BODY_MANAGE, body, now)
    person = person_at(address)
    made = Membership(body=body, person=person, starts_on=starts_on, ends_on=ends_on, **vars(place))
    _check(made, Membership.person_id == person.id, "address")
    _start(actor, made, now)
    person.forget_grants()
    return made


def add_organisation(
    actor: Actor,
    body: Body,
    organisation: Organisation,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
    place: MemberPlace = MemberPlace(),
) -> Membership:
    """Make an organisation a member of a body; who speaks for it sits there on its behalf.

    Raises InvalidInput when it is a member already, or its seat is of another sector or taken.
    """
    ensure(actor, Action.BODY_MANAGE, body, now)
    made = Membership(
        body=body, organisation=organisation, starts_on=starts_on, ends_on=ends_on, **vars(place)
    )
    _check(made, Membership.organisation_id == organisation.id, "organisation_id")
    _start(actor, made, now)
    return made


def _check(made: Membership, is_member: ColumnElement[bool], field: str) -> None:
    """Refuse (InvalidInput) a second membership in the same period, and a seat that is not free."""
    with db.session.no_autoflush:
        if made.seat is not None and made.ends_on is None:
            made.ends_on = end_of_term(made.body.id, made.seat, made.starts_on)
        errors = _period_errors(made.starts_on, made.ends_on)
        present = select(Membership.id).where(
            Membership.body_id == made.body.id,
            is_member,
            Membership.starts_on < (made.ends_on or date.max),
            or_(Membership.ends_on.is_(None), Membership.ends_on > made.starts_on),
        )
        if db.session.scalar(present) is not None:
            errors[field] = _l("This is a member already.")
        if wrong := _place_error(made, made.starts_on):
            errors["seat"] = wrong
    if errors:
        raise InvalidInput(_l("Nobody was added."), errors=errors)


def _place_error(made: Membership, starts_on: date) -> Sentence | None:
    if made.seat is None:
        return None
    if made.organisation is not None and made.organisation.sector is not made.seat:
        return _l("An organisation fills a seat of its own sector.")
    return seat_error(made, made.seat, starts_on)


def change_place(actor: Actor, membership: Membership, place: MemberPlace, now: datetime) -> None:
    """Change the seat or function of a member, from today on.

    Raises InvalidInput when the membership ended, or the seat is not free.
    """
    ensure(actor, Action.BODY_MANAGE, membership.body, now)
    lock_rows(membership)
    today = local_day(now)
    _refuse_ended(membership, today)
    moves = place.seat is not membership.seat
    membership.seat, membership.function = place.seat, place.function
    with db.session.no_autoflush:
        starts_on = max(membership.starts_on, today)
        if moves and membership.seat is not None and membership.ends_on is None:
            membership.ends_on = end_of_term(membership.body_id, membership.seat, starts_on)
        wrong = _place_error(membership, starts_on) if moves else None
    if wrong:
        raise InvalidInput(_l("Nothing was changed."), errors={"seat": wrong})
    db.session.flush()
    content = {
        "seat": place.seat.value if place.seat else None,
        "function": place.function.value,
        "until": membership.ends_on.isoformat() if membership.ends_on else None,
    }
    record(actor, "membership.place_changed", membership, now, content=content)


def _refuse_ended(membership: Membership, today: date) -> None:
    if membership.ends_on is not None and membership.ends_on <= today:
        raise InvalidInput(
            _l("This ended already."), _l("Add the member again, from a day that you choose.")
        )


def renewed_until(membership: Membership) -> date | None:
    """Return the day until which a next term would last; None if there is no term to follow."""
    if membership.seat is None or membership.ends_on is None:
        return None
    return end_of_term(membership.body_id, membership.seat, membership.ends_on)


def renew_term(actor: Actor, membership: Membership, ends_on: date | None, now: datetime) -> None:
    """Let a next term follow the present one, until a day (or for as long as the seat says).

    Raises InvalidInput when there is no term, it ended already, the day is not later than its
    end, or the seats of the sector are given away after it.
    """
    ensure(actor, Action.BODY_MANAGE, membership.body, now)
    lock_rows(membership)
    _refuse_ended(membership, local_day(now))
    before = membership.ends_on
    until = ends_on or renewed_until(membership)
    if before is None or until is None:
        raise InvalidInput(_l("This has no term that ends."), _l("There is nothing to renew."))
    errors: dict[str, Sentence] = {}
    if until <= before:
        errors["ends_on"] = _l("A next term ends later than the present one.")
    else:
        membership.ends_on = until
        with db.session.no_autoflush:
            wrong = _place_error(membership, before)
        if wrong:
            errors["ends_on"] = wrong
    if errors:
        raise InvalidInput(_l("Nothing was changed."), errors=errors)
    membership.term += 1
    db.session.flush()
    content = {"until": until.isoformat(), "term": membership.term}
    record(actor, "membership.renewed", membership, now, content=content)
    if membership.person is not None:
        membership.person.forget_grants()


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
        "seat": made.seat.value if made.seat else None,
        "function": made.function.value,
    }
    record(actor, "membership.started", made, now, content=content)


def join_body(
    person: Person, body: Body, starts_on: date, ends_on: date | None, now: datetime
) -> Membership | None:
    """Make somebody a member who accepted what an organiser offered; the caller checked that.

    Who is a member already stays one, and None is given.
    """
    lock_rows(body)
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
    person.forget_grants()
    return made


def end_membership(actor: Actor, membership: Membership, ends_on: date, now: datetime) -> None:
    """End a membership: on that day it no longer holds. It stays on record.

    Raises InvalidInput when it ended already or the day lies before its start.
    """
    ensure(actor, Action.BODY_MANAGE, membership.body, now)
    lock_rows(membership)
    end_on(membership, ends_on, now)
    db.session.flush()
    record(actor, "membership.ended", membership, now, content={"until": ends_on.isoformat()})
    if membership.person is not None:
        membership.person.forget_grants()


def end_on(held: Membership | Mandate, ends_on: date, now: datetime) -> None:
    """Set the last day of a membership or mandate; InvalidInput if that cannot be."""
    if held.ends_on is not None and held.ends_on <= local_day(now):
        raise InvalidInput(_l("This ended already."))
    if ends_on < held.starts_on:
        raise InvalidInput(
            _l("Nothing was changed."), errors={"ends_on": _l("The end lies before the start.")}
        )
    held.ends_on = ends_on
