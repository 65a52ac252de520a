"""Moments of the demonstration: it is always as old as the day on which it was built."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from consult.foundation.core.calendar import ZONE


@dataclass(frozen=True, order=True)
class When:
    """A moment counted from the day on which the demonstration is built, by Dutch clocks."""

    day: int
    at: time

    @classmethod
    def read(cls, text: str) -> Self:
        """Read "-12 09:30": a number of days and a time. Raises ValueError."""
        day, clock = text.split(" ")
        return cls(int(day), time.fromisoformat(clock))

    def __str__(self) -> str:
        return f"{self.day} {self.at:%H:%M}"

    def on(self, build_day: date) -> datetime:
        """Return the moment itself, in UTC, for a demonstration built on that day."""
        there = datetime.combine(build_day + timedelta(days=self.day), self.at, tzinfo=ZONE)
        return there.astimezone(UTC)
