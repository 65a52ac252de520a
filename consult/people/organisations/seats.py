"""The seats of a body: how many each sector has, and that no more members sit than there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import and_, or_, select

from consult.foundation.core.calendar import local_day, months_after
from consult.foundation.core.conflicts import Fields, refuse_stale
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.organisations.labels import SECTORS
from consult.people.organisations.models import Body, Membership, SeatGroup, Sector

MOST_SEATS = 60
LONGEST_TERM = 120
WARN_BEFORE = timedelta(days=60)


@dataclass(frozen=True)
class Agreed:
    """What was agreed for a sector: how many seats, each for how many months."""

    seats: int
    term_months: int


@dataclass(frozen=True)
class Seats:
    """The seats of a sector on a day."""

    sector: Sector
    seats: int
    term_months: int
    filled: int

    @property
    def open(self) -> int:
        """How many nobody fills."""
        return max(self.seats - self.filled, 0)


def groups_of(body_id: int) -> dict[Sector, SeatGroup]:
    """Return what was agreed about the seats of a body, in the order of the sectors."""
    found = {
        one.sector: one
        for one in db.session.scalars(select(SeatGroup).where(SeatGroup.body_id == body_id))
    }
    return {sector: found[sector] for sector in Sector if sector in found}


def seats_of(body_id: int, present: Sequence[Membership]) -> list[Seats]:
    """Return the seats of a body with how many of the present members fill them."""
    filled = [one.seat for one in present]
    return [
        Seats(sector, group.seats, group.term_months, filled.count(sector))
        for sector, group in groups_of(body_id).items()
    ]


def most_at_once(
    body_id: int, sector: Sector, starts_on: date, ends_on: date | None, *, besides: int = 0
) -> int:
    """Count how many seats of a sector are filled on the busiest day of a period.

    The seat of a suspended account counts as open. `besides` is a membership that is left out.
    """
    until = ends_on or date.max
    rows = db.session.execute(
        select(Membership.starts_on, Membership.ends_on)
        .outerjoin(Person, Person.id == Membership.person_id)
        .where(
            Membership.body_id == body_id,
            Membership.seat == sector,
            Membership.id != besides,
            Membership.starts_on < until,
            or_(Membership.ends_on.is_(None), Membership.ends_on > starts_on),
            or_(Membership.person_id.is_(None), Person.active.is_(True)),
        )
    ).all()
    days = {starts_on, *(row[0] for row in rows if row[0] > starts_on)}
    return max(sum(row[0] <= day < (row[1] or date.max) for row in rows) for day in days)


def seat_error(made: Membership, sector: Sector, starts_on: date) -> Sentence | None:
    """Say why a membership cannot fill a seat from a day on; None if it can.

    The body is held first: two organisers cannot give the last seat away at once.
    """
    lock_rows(made.body)
    body_id = made.body.id
    group = groups_of(body_id).get(sector)
    name = SECTORS[sector]
    if group is None:
        return _l("This body has no seats for this sector: %(sector)s.", sector=name)
    besides = made.id or 0
    taken = most_at_once(body_id, sector, starts_on, made.ends_on, besides=besides)
    if taken >= group.seats:
        return _l(
            "All %(number)s seats of this sector are taken in this period: %(sector)s. End a term "
            "first, or agree on more seats.",
            number=group.seats,
            sector=name,
        )
    return None


def end_of_term(body_id: int, sector: Sector, starts_on: date) -> date | None:
    """Return the day on which a term that starts on a day ends; None if the sector has no seats."""
    group = groups_of(body_id).get(sector)
    return months_after(starts_on, group.term_months) if group else None


def agree_on_seats(
    actor: Actor, body: Body, wanted: Mapping[Sector, Agreed], version: int, now: datetime
) -> None:
    """Say how many seats each sector has, and for how long; a sector without any has none.

    Raises Conflict when somebody changed the body since `version` was read, and InvalidInput when
    more members sit than there would be seats.
    """
    ensure(actor, Action.BODY_MANAGE, body, now)
    present = groups_of(body.id)
    agreed = {sector: Agreed(one.seats, one.term_months) for sector, one in present.items()}
    refuse_stale(version, body.version, _fields(wanted), _fields(agreed))
    errors: dict[str, Sentence] = {}
    today = local_day(now)
    for sector in Sector:
        seats = wanted[sector].seats if sector in wanted else 0
        taken = most_at_once(body.id, sector, today, None)
        if seats < taken:
            errors[f"{sector}_seats"] = ngettext(
                "%(num)s member fills such a seat. End the term first.",
                "%(num)s members fill such a seat. End the terms first.",
                taken,
            )
    if errors:
        raise InvalidInput(_l("Nothing was changed."), errors=errors)
    _store(body, present, wanted)
    body.seats_changed_at = now
    db.session.flush()
    content = {sector.value: vars(one) for sector, one in wanted.items()}
    record(actor, "body.seats_changed", body, now, content=content)


def _store(
    body: Body, present: Mapping[Sector, SeatGroup], wanted: Mapping[Sector, Agreed]
) -> None:
    for sector in Sector:
        group, agreed = present.get(sector), wanted.get(sector)
        if agreed is None and group is not None:
            db.session.delete(group)
        elif agreed is not None and group is not None:
            group.seats, group.term_months = agreed.seats, agreed.term_months
        elif agreed is not None:
            db.session.add(SeatGroup(body_id=body.id, sector=sector, **vars(agreed)))


def _fields(agreed: Mapping[Sector, Agreed]) -> Fields:
    return [
        (
            "",
            SECTORS[sector],
            str(_l("%(seats)s seats, %(months)s months", seats=one.seats, months=one.term_months)),
        )
        for sector, one in agreed.items()
    ]


def ending_soon(body_ids: Sequence[int], today: date) -> Sequence[Membership]:
    """Return the memberships with a seat whose term ends within 60 days, the first to end first."""
    return db.session.scalars(
        select(Membership)
        .outerjoin(Person, Person.id == Membership.person_id)
        .where(
            Membership.body_id.in_(body_ids),
            Membership.seat.is_not(None),
            and_(Membership.ends_on > today, Membership.ends_on <= today + WARN_BEFORE),
            Membership.starts_on <= today,
            or_(Membership.person_id.is_(None), Person.active.is_(True)),
        )
        .order_by(Membership.ends_on, Membership.id)
    ).all()
