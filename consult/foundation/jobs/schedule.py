"""Work that comes back: each kind once in its period, whichever worker is first.

A period that nobody worked in is not made up for: the next one is enough. So what a handler does
must look at what is there to do, never at how long ago it did it last.
"""

import enum
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import select

from consult.foundation.core.calendar import local_day, moment_of
from consult.foundation.core.db import db
from consult.foundation.core.errors import Clash
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.services import Handler, enqueue, handle


class Interval(enum.StrEnum):
    """How often work comes back."""

    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True)
class Repeat:
    """A kind of work with its period; `at` is the local time at which a day's work is due."""

    kind: str
    every: Interval
    at: time = time(0, 0)

    def period(self, now: datetime) -> str | None:
        """Name the period that is due at a moment; None before the hour at which its work begins.

        An hour is named in UTC, in which each exists once; a day is one of Europe/Amsterdam.
        """
        if self.every is Interval.HOUR:
            return now.astimezone(UTC).strftime("%Y-%m-%dT%H")
        today = local_day(now)
        return today.isoformat() if now >= moment_of(today, self.at) else None


_repeats: dict[str, Repeat] = {}


def repeat(kind: str, handler: Handler, every: Interval, at: time = time(0, 0)) -> None:
    """Register work that comes back; its payload says the period.

    `at` must be a time that exists on every day: not between 02:00 and 03:00.
    """
    _repeats[kind] = Repeat(kind, every, at)
    handle(kind, handler)


def ask_due(now: datetime, asked: set[str]) -> None:
    """Ask for the work of every period that has begun; `asked` remembers what was asked already.

    Another worker may have been first, at the same instant too: then nothing is asked twice.
    """
    due = {f"{one.kind}:{period}": one for one in _repeats.values() if (period := one.period(now))}
    new = due.keys() - asked
    if not new:
        return
    known = set(db.session.scalars(select(Job.key).where(Job.key.in_(new))))
    db.session.rollback()
    for key in sorted(new - known):
        one = due[key]
        try:
            with unit_of_work():
                enqueue(one.kind, {"period": one.period(now)}, now, key=key)
        except Clash:
            continue
    asked.intersection_update(due)
    asked.update(new)
