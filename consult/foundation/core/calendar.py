"""Days and times as people here write them: those of Europe/Amsterdam.

A day of the calendar has 23, 24 or 25 hours. Around the change of the clock a local time may not
exist (the hour that is skipped) or exist twice (the hour that is repeated).
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence

ZONE = ZoneInfo("Europe/Amsterdam")


SKIPPED = _l(
    "The clock skips this time on that day: summer time starts. Choose a time before 02:00, or "
    "from 03:00 on."
)


class NoSuchTime(ValueError):  # noqa: N818
    """The clock skips this local time."""


def local_day(at: datetime) -> date:
    """Return the day of the calendar on which a moment lies."""
    return at.astimezone(ZONE).date()


def local_time(at: datetime) -> datetime:
    """Return a moment as the clock on the wall shows it, without an offset."""
    return at.astimezone(ZONE).replace(tzinfo=None)


def moment_of(day: date, at: time, *, later: bool = False) -> datetime:
    """Return the moment (UTC) of a local day and time.

    Raises NoSuchTime for a time that the clock skips. Of a time that it shows twice, the first
    is taken, or the second with `later`.
    """
    local = datetime.combine(day, at.replace(tzinfo=None), ZONE).replace(fold=int(later))
    moment = local.astimezone(UTC)
    if local_time(moment) != local.replace(tzinfo=None, fold=0):
        raise NoSuchTime(f"{day} {at}")
    return moment


def clock_fault(day: date, at: time) -> Sentence | None:
    """Return the sentence about a local time that is no moment, or two of them; else nothing."""
    try:
        twice = moment_of(day, at) != moment_of(day, at, later=True)
    except NoSuchTime:
        return SKIPPED
    if not twice:
        return None
    return _l(
        "The clock shows this time twice on that day: summer time ends. Choose a time before "
        "02:00, or from 03:00 on."
    )


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (or earlier); the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
