"""The picture of a body's meetings: eighteen months, and the day on which it must meet again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from consult.consultation.meetings.meeting_frequency import LIMIT_MONTHS, MeetingFrequency
from consult.consultation.meetings.models import TOOK_PLACE, Meeting, MeetingKind
from consult.foundation.core.calendar import local_day, months_after

MONTHS_BACK = 18
LEFT, RIGHT = 16.0, 624.0


@dataclass(frozen=True)
class Mark:
    """A meeting in the picture: solid when it was held, an outline when it is planned."""

    x: float
    held: bool
    monitoring: bool


@dataclass(frozen=True)
class Tick:
    """The first day of a quarter."""

    x: float
    day: date
    named: bool


@dataclass(frozen=True)
class Timeline:
    """Where everything stands, from left to right."""

    marks: Sequence[Mark]
    ticks: Sequence[Tick]
    gaps: Sequence[tuple[float, float]]
    """The stretches of more than six months without a meeting."""
    today: float
    limit: float | None


def span(rhythm: MeetingFrequency) -> tuple[date, date]:
    """Return the first and the last day of the picture of a body's meetings."""
    latest = max(rhythm.today, rhythm.limit, rhythm.next_on or rhythm.today)
    furthest = min(latest, months_after(rhythm.today, 12))
    return months_after(rhythm.today, -MONTHS_BACK), months_after(furthest, 1)


def timeline(meetings: Sequence[Meeting], rhythm: MeetingFrequency) -> Timeline:
    """Place the meetings of the span; a body that need not meet twice a year has no limit."""
    first, last = span(rhythm)

    def x(day: date) -> float:
        share = (day - first).days / (last - first).days
        return round(LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0), 1)

    held = [local_day(one.starts_at) for one in meetings if one.state in TOOK_PLACE]
    gaps = _gaps([day for day in held if day <= rhythm.today], rhythm)
    return Timeline(
        marks=[
            Mark(
                x(local_day(one.starts_at)),
                one.state in TOOK_PLACE,
                one.kind is MeetingKind.MONITORING,
            )
            for one in meetings
        ],
        ticks=[Tick(x(day), day, day.month in {1, 7}) for day in _quarters(first, last)],
        gaps=[(x(start), x(end)) for start, end in gaps if end > first],
        today=x(rhythm.today),
        limit=x(rhythm.limit) if rhythm.body.half_yearly else None,
    )


def _gaps(held: Sequence[date], rhythm: MeetingFrequency) -> Iterator[tuple[date, date]]:
    if not rhythm.body.half_yearly:
        return
    days = [*(held or [rhythm.since]), rhythm.today]
    for start, end in pairwise(days):
        if end > months_after(start, LIMIT_MONTHS):
            yield start, end


def _quarters(first: date, last: date) -> Iterator[date]:
    day = date(first.year, 1, 1)
    while day <= last:
        if day >= first:
            yield day
        day = months_after(day, 3)
