"""The page of a body: who sits there, its seats, its rules and how often it meets."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from consult.consultation.meetings.meeting_frequency import MeetingFrequency, rhythms
from consult.consultation.meetings.models import TOOK_PLACE, Meeting, MeetingState
from consult.consultation.meetings.queries import meetings_between, monitoring_in
from consult.consultation.meetings.timeline import Timeline, span, timeline
from consult.consultation.plans.models import PlanBody
from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.people.organisations.models import Body, Membership, Sector
from consult.people.organisations.queries import Members, bodies_of, by_name, members_of
from consult.people.organisations.seating import Seating, seating
from consult.people.organisations.seats import Seats, ending_soon, seats_of


@dataclass(frozen=True)
class BodyPage:
    """What stands on the page of a body."""

    members: Members
    seats: Sequence[Seats]
    seating: Seating
    balance: Sequence[tuple[Sector, int]]
    """How many members come from each sector, as far as that is known."""
    rhythm: MeetingFrequency
    picture: Timeline
    held: Sequence[Meeting]
    coming: Sequence[Meeting]
    monitoring: int
    ending: Sequence[Membership]

    @property
    def open_seats(self) -> int:
        """How many seats nobody fills."""
        return sum(one.open for one in self.seats)


def body_page(body: Body, now: datetime) -> BodyPage:
    """Put together the page of a body; a fixed number of statements."""
    today = local_day(now)
    members = members_of(body.id, today)
    present = members.on(today)
    seats = seats_of(body.id, present)
    (rhythm,) = rhythms([body], now)
    meetings = meetings_between(body.id, *span(rhythm))
    return BodyPage(
        members=members,
        seats=seats,
        seating=seating(seats),
        balance=balance_of(present),
        rhythm=rhythm,
        picture=timeline(meetings, rhythm),
        held=[one for one in reversed(meetings) if one.state in TOOK_PLACE],
        coming=[one for one in meetings if one.state not in TOOK_PLACE and one.ends_at > now],
        monitoring=monitoring_in(body.id, today.year),
        ending=ending_soon([body.id], today),
    )


def balance_of(present: Sequence[Membership]) -> list[tuple[Sector, int]]:
    """Count the members of each sector: that of the organisation, else that of the seat."""
    counts = Counter(one.organisation.sector if one.organisation else one.seat for one in present)
    return [(sector, counts[sector]) for sector in Sector if counts[sector]]


@dataclass(frozen=True)
class OwnBody:
    """A body at which somebody sits, with the meeting that comes next, if one is planned."""

    body: Body
    next_meeting: Meeting | None


def own_bodies(actor: Actor, now: datetime) -> Sequence[OwnBody]:
    """Return the bodies at which an actor sits, each with its next meeting."""
    bodies = bodies_of(actor)
    if not bodies:
        return []
    planned = db.session.scalars(
        select(Meeting)
        .where(
            Meeting.body_id.in_([one.id for one in bodies]),
            Meeting.state == MeetingState.PLANNED,
            Meeting.ends_at > now,
        )
        .order_by(Meeting.starts_at.desc())
    )
    soonest = {meeting.body_id: meeting for meeting in planned}
    return [OwnBody(one, soonest.get(one.id)) for one in bodies]


def bodies_in_plans(plan_ids: frozenset[int]) -> Sequence[Body]:
    """Return the bodies that take part in any of these plans."""
    taking_part = select(PlanBody.body_id).where(PlanBody.plan_id.in_(plan_ids))
    return by_name(db.session.scalars(select(Body).where(Body.id.in_(taking_part))))
