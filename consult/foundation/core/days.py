"""Days, times of day and moments from outside, read strictly and within reason.

A browser sends 2026-11-23; where it shows a plain box, people type that, or 23-11-2026.
"""

import re
from datetime import date, datetime, time
from typing import Unpack

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from wtforms import DateField, DateTimeLocalField, TimeField

from consult.foundation.core.calendar import SKIPPED, NoSuchTime, moment_of
from consult.foundation.core.errors import Sentence
from consult.foundation.core.field_arguments import FieldArguments
from consult.foundation.core.numbers import Unreadable
from consult.foundation.core.visible import says_nothing, without_unseen_edges

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)
"""Dates within reason: no letter or meeting that is kept here is older, and nobody plans beyond.

A day outside is a slip of the finger (the year 206, 20226, 9999). Inside, every offset of the zone
can be added, and both databases, Word and a calendar file can write it.
"""
LONGEST = 32
"""Signs in a day or a moment, before it is looked at."""

_DAY = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})-(?P<month>[0-9]{1,2})-(?P<year>[0-9]{4})")
_CLOCK = r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?::00(?:\.0+)?)?"
_ISO_DAY, _TIME = re.compile(_DAY), re.compile(_CLOCK)
_LOCAL = re.compile(rf"{_DAY}[T ]{_CLOCK}")


def within_reason(day: date) -> bool:
    """Whether a day is one that people here could mean."""
    return FIRST_DAY <= day <= LAST_DAY


def read_day(typed: str) -> date | None:
    """Read a day; None if nothing was typed, Unreadable if it is none or lies out of reason."""
    match = _match(typed, _wanted_day(), _ISO_DAY, _DAY_FIRST)
    return match and _day_of(match)


def read_time(typed: str) -> time | None:
    """Read a time of day, such as 14:30; None if nothing was typed, or Unreadable."""
    match = _match(typed, _wanted_time(), _TIME)
    return match and _time_of(match)


def read_local_moment(typed: str) -> datetime | None:
    """Read a day with a time of day; None if nothing was typed, or Unreadable."""
    match = _match(typed, _wanted_moment(), _LOCAL)
    return match and datetime.combine(_day_of(match), _time_of(match))


def _match(typed: str, wanted: Sentence, *patterns: re.Pattern[str]) -> re.Match[str] | None:
    if len(typed) <= LONGEST and says_nothing(typed):
        return None
    bare = without_unseen_edges(typed[: LONGEST + 1])
    for pattern in patterns:
        if len(typed) <= LONGEST and (match := pattern.fullmatch(bare)):
            return match
    raise Unreadable(wanted)


def _day_of(match: re.Match[str]) -> date:
    try:
        found = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        raise Unreadable(_l("The calendar has no such day.")) from None
    if not within_reason(found):
        raise Unreadable(out_of_reason())
    return found


def _time_of(match: re.Match[str]) -> time:
    try:
        return time(int(match["hour"]), int(match["minute"]))
    except ValueError:
        raise Unreadable(_wanted_time()) from None


def out_of_reason() -> Sentence:
    """Say between which days a day must lie."""
    return _l(
        "Write a day from %(first)s to %(last)s.",
        first=format_date(FIRST_DAY, "d MMMM y"),
        last=format_date(LAST_DAY, "d MMMM y"),
    )


def _wanted_day() -> Sentence:
    return _l("Write a day, such as 2026-11-23 or 23-11-2026.")


def _wanted_time() -> Sentence:
    return _l("Write a time, such as 09:30.")


def _wanted_moment() -> Sentence:
    return _l("Write a day and a time, such as 2026-11-23 09:30.")


class DayField(DateField):
    """A day; what was typed is kept."""

    @property
    def day(self) -> date:
        """The day that was typed, in a field that must be filled."""
        if self.data is None:
            raise Unreadable(_wanted_day())
        return self.data

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = None
        self.data = read_day(valuelist[0]) if valuelist else None


class ClockField(TimeField):
    """A time of day; what was typed is kept."""

    @property
    def time_of_day(self) -> time:
        """The time that was typed, in a field that must be filled."""
        if self.data is None:
            raise Unreadable(_wanted_time())
        return self.data

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = None
        self.data = read_time(valuelist[0]) if valuelist else None


class LocalMomentField(DateTimeLocalField):
    """A moment, typed as the clock on the wall shows it; gives it in UTC as `moment`."""

    def __init__(
        self,
        label: Sentence,
        validators: list[object] | None = None,
        **kwargs: Unpack[FieldArguments],
    ) -> None:
        super().__init__(label, validators, format="%Y-%m-%dT%H:%M", **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed, unless the clock skips it."""
        self.data = None
        found = read_local_moment(valuelist[0]) if valuelist else None
        try:
            _ = found and moment_of(found.date(), found.time())
        except NoSuchTime:
            raise Unreadable(SKIPPED) from None
        self.data = found

    @property
    def moment(self) -> datetime | None:
        """The moment that was typed."""
        return moment_of(self.data.date(), self.data.time()) if self.data else None
