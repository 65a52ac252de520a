"""How often a body meets: the day of its last meeting, and when the next one is due.

OGP standard 1.1 asks the space for dialogue to meet at least every six months. A body that never
met counts from the day on which it was made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from consult.consultation.meetings.models import TOOK_PLACE, Meeting, MeetingState
from consult.foundation.core.calendar import local_day, months_after
from consult.foundation.core.db import db
from consult.people.organisations.models import Body

WARN_MONTHS, LIMIT_MONTHS = 5, 6
MONITORING_A_YEAR = 2


@dataclass(frozen=True)
class MeetingFrequency:
    """Since when a body has not met, and whether that is too long."""

    body: Body
    since: date
    never_met: bool
    next_on: date | None
    today: date

    @property
    def limit(self) -> date:
        """The last day on which it should meet again."""
        return months_after(self.since, LIMIT_MONTHS)

    @property
    def warns(self) -> bool:
        """Whether it is time to say so: five months without a meeting."""
        return self.body.half_yearly and self.today >= months_after(self.since, WARN_MONTHS)

    @property
    def over(self) -> bool:
        """Whether the six months have passed."""
        return self.body.half_yearly and self.today > self.limit


def rhythms(bodies: Sequence[Body], now: datetime) -> list[MeetingFrequency]:
    """Return how each of these bodies meets, in their order. Two statements."""
    ids = [one.id for one in bodies]
    last: dict[int, datetime] = {
        row[0]: row[1]
        for row in db.session.execute(
            select(Meeting.body_id, func.max(Meeting.starts_at))
            .where(Meeting.body_id.in_(ids), Meeting.state.in_(TOOK_PLACE))
            .group_by(Meeting.body_id)
        )
    }
    coming: dict[int, datetime] = {
        row[0]: row[1]
        for row in db.session.execute(
            select(Meeting.body_id, func.min(Meeting.starts_at))
            .where(
                Meeting.body_id.in_(ids),
                Meeting.state == MeetingState.PLANNED,
                Meeting.starts_at > now,
            )
            .group_by(Meeting.body_id)
        )
    }
    return [
        MeetingFrequency(
            body=one,
            since=local_day(last.get(one.id, one.created_at)),
            never_met=one.id not in last,
            next_on=local_day(coming[one.id]) if one.id in coming else None,
            today=local_day(now),
        )
        for one in bodies
    ]


def half_yearly_bodies() -> Sequence[Body]:
    """Return the bodies that must meet at least every six months."""
    return db.session.scalars(
        select(Body).where(Body.half_yearly.is_(True)).order_by(Body.id)
    ).all()
