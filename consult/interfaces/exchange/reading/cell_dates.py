"""Days and moments in cells, however people write them: as dates, as text, as numbers of days."""

import re
from datetime import date, datetime, time, timedelta
from functools import cache

from babel.dates import get_day_names, get_month_names
from flask_babel import lazy_gettext as _l

from consult.foundation.core.calendar import SKIPPED, NoSuchTime, local_day, moment_of
from consult.foundation.core.days import within_reason
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.core.visible import without_unseen_edges
from consult.interfaces.exchange.format.problems import BadValue, shown
from consult.interfaces.exchange.reading.sheet_cells import SheetCell

_LONGEST = 60
_TIME = (
    r"(?:[ ,T]+(?:om )?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:\.\d+)?)?(?: uur)?)?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})",
        r"(?P<day>\d{1,2})\.?[ -](?P<named>[a-zé]+)\.?,?[ -](?P<year>\d{4})",
        r"(?P<named>[a-zé]+)\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})",
    )
)
_WITH_OFFSET = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})"
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_FIRST = datetime(1899, 12, 30)  # noqa: DTZ001  (a day of a calendar, in no zone)
_SERIALS = (10_000, 73_050)
"""Numbers of days that Excel and LibreOffice count: of 1927 to 2099."""


def is_serial(cell: SheetCell) -> bool:
    """Whether a cell holds a number of days, as a spreadsheet counts them, and not a date."""
    return not isinstance(cell.value, date) and _serial_in(cell) is not None


def _serial_in(cell: SheetCell) -> float | None:
    number = cell.value if isinstance(cell.value, float) else None
    text = cell.text.strip()
    if number is None and _SERIAL.fullmatch(text):
        number = float(text.replace(",", "."))
    least, most = _SERIALS
    return number if number is not None and least <= number <= most else None


def moment_in(cell: SheetCell) -> datetime:
    """Return the moment in a cell, as the clock in the Netherlands shows it; a day is its 00:00.

    Raises BadValue.
    """
    if isinstance(cell.value, datetime):
        return _local(cell.value.date(), cell.value.time().replace(microsecond=0))
    if isinstance(cell.value, date):
        return _local(cell.value, time())
    if (days := _serial_in(cell)) is not None:
        at = _FIRST + timedelta(seconds=round(days * 86_400))
        return _local(at.date(), at.time())
    return _read(without_unseen_edges(cell.text[: _LONGEST + 1]))


def day_in(cell: SheetCell) -> date:
    """Return the day in a cell. Raises BadValue."""
    return local_day(moment_in(cell))


def _local(day: date, at: time) -> datetime:
    if not within_reason(day):
        raise BadValue(
            _l("holds the year %(year)s.", year=day.year), _l("Use a year from 1900 to 2099.")
        )
    try:
        return moment_of(day, at)
    except NoSuchTime:
        raise BadValue(_l("holds a time that does not exist on that day."), SKIPPED) from None


def _read(text: str) -> datetime:
    if _WITH_OFFSET.fullmatch(text):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise _no_day(text) from None
        if within_reason(found.date()):
            return found
    bare = _without_weekday(text.casefold())
    match = next((one for form in _FORMS if (one := form.fullmatch(bare))), None)
    if match is None or len(text) > _LONGEST:
        raise _no_day(text)
    said = match.groupdict()
    month = _months().get(said["named"], 0) if said.get("named") else int(said["month"])
    try:
        day = date(int(said["year"]), month, int(said["day"]))
        hour, minute, second = (int(said[name] or 0) for name in ("hour", "minute", "second"))
        at = time(hour, minute, second)
    except ValueError:
        raise _no_day(text) from None
    return _local(day, at)


def _no_day(text: str) -> BadValue:
    return BadValue(
        _l("holds %(value)s, which is no date that we can read.", value=shown(text)),
        _l("Write the day first and the year in four digits, like 23-11-2026 or 2026-11-23."),
    )


def _without_weekday(text: str) -> str:
    first, _, rest = text.partition(" ")
    return rest.strip() if first.strip(",.") in _weekdays() else text


@cache
def _months() -> dict[str, int]:
    """Return the numbers of the months by their names and shorter names, in every language."""
    return {
        name.casefold().strip("."): number
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=language).items()
    } | {"mar": 3, "mei": 5, "sept": 9}


@cache
def _weekdays() -> frozenset[str]:
    return frozenset(
        name.casefold().strip(".")
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for name in get_day_names(width, locale=language).values()
    )
