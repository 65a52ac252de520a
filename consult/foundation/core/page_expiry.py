"""The moments at which pages change by themselves: a round opens, a meeting begins, a day ends.

A page that was made is true until the next of them (core/page_cache.py). Each package that has
dates says which; a test moves the clock past all of them and compares.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta

from consult.foundation.core.calendar import local_day, moment_of
from consult.foundation.core.registries import add_new

NEAR = timedelta(days=3)
"""So close to a moment its offset is told, for who is elsewhere."""
_INSTANT = timedelta(microseconds=1)
"""Of two that compare a moment with the clock, one may say `<` and the other `<=`."""
Dates = Callable[[datetime], Iterable[datetime]]
"""Takes a moment, and gives the dates after it by which a package tells something otherwise."""
_known: list[Dates] = []


def add_dates(*found: Dates) -> None:
    """Add what knows the dates of a package."""
    add_new(_known, found)


def next_change(at: datetime) -> datetime:
    """Return the next moment after `at` at which a page changes by itself; at the latest midnight.

    Pages tell days as our calendar has them (core/calendar.py).
    """
    dates = {date for known in _known for date in known(at - NEAR - _INSTANT)}
    turns = {date + near for date in dates for near in (-NEAR, timedelta(), NEAR)}
    midnight = moment_of(local_day(at) + timedelta(days=1), time.min)
    found = {midnight, *turns, *(turn + _INSTANT for turn in turns)}
    return min(one for one in found if one > at)
