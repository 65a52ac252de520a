"""Checks of single values: each takes what stood in the file and gives what we keep.

A check raises `BadValue` with a sentence. Control characters are refused because PostgreSQL takes
no NUL and a log or terminal may act on the others; marks that turn the direction of text around
because they can make a sentence read as another; half surrogates cannot be written as UTF-8.
"""

import enum
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from consult.foundation.core.days import FIRST_DAY, LAST_DAY, within_reason
from consult.foundation.core.languages import is_language_tag
from consult.foundation.core.money import money_for_file, read_money
from consult.foundation.core.names import name_fault
from consult.foundation.core.numbers import FILE, Unreadable
from consult.foundation.core.visible import says_nothing
from consult.interfaces.exchange.format.problems import BadValue, shown

T_co = TypeVar("T_co", covariant=True)
FieldCheck: TypeAlias = Callable[[object], T_co]

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
MANY = 10**9
"""Far above what anybody counts, and below what a column of a database holds."""
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LINE_BREAKS = re.compile("[\n\t\u2028\u2029]")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})"
)


def _is_web_address(said: str) -> bool:
    try:
        parts = urlsplit(said)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in said
    except ValueError:
        return False


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise BadValue(
            _l("holds %(value)s, not a text.", value=shown(value)),
            _l("Put the text between quotes."),
        )
    return value


def text(limit: int) -> FieldCheck[str]:
    """Return a check for a text of several lines: not blank, at most `limit` characters.

    Windows and old Mac line ends become plain ones; nothing else is changed.
    """

    def check(value: object) -> str:
        found = _string(value).replace("\r\n", "\n").replace("\r", "\n")
        if bad := _FORBIDDEN.search(found):
            raise BadValue(
                _l("holds the character %(sign)s, which is not text.", sign=f"U+{ord(bad[0]):04X}"),
                _l("Remove it."),
            )
        if len(found) > limit:
            raise BadValue(
                _l(
                    "is %(length)s characters long; at most %(most)s are taken.",
                    length=len(found),
                    most=limit,
                ),
                _l("Shorten it."),
            )
        if says_nothing(found):
            raise BadValue(_l("is empty."), _l("Fill it in, or leave the field out if it may be."))
        return found

    return check


def line(limit: int) -> FieldCheck[str]:
    """Return a check for a text of one line: not blank, at most `limit` characters."""
    whole = text(limit)

    def check(value: object) -> str:
        found = whole(value)
        if _LINE_BREAKS.search(found):
            raise BadValue(_l("holds a line break or a tab."), _l("Put it on one line."))
        return found

    return check


def heading(limit: int) -> FieldCheck[str]:
    """Return a check for a title: a break in it becomes a blank."""
    whole = text(limit)

    def check(value: object) -> str:
        return " ".join(_LINE_BREAKS.sub(" ", whole(value)).split())

    return check


def texts(one: FieldCheck[str]) -> FieldCheck[str | Mapping[str, str]]:
    """Return a check for a text, or an object with one for each language."""

    def check(value: object) -> str | Mapping[str, str]:
        if not isinstance(value, dict):
            return one(value)
        if not value:
            raise BadValue("holds no language.", "Write a text, or one for each language.")
        return {language(code): one(found) for code, found in value.items()}

    return check


def url(limit: int) -> FieldCheck[str]:
    """Return a check for an address on the web."""
    one_line = line(limit)

    def check(value: object) -> str:
        found = one_line(value)
        if not _is_web_address(found):
            raise BadValue(
                _l("holds %(value)s, not an address.", value=shown(found)),
                _l("Write it whole, with https:// in front."),
            )
        return found

    return check


def count(value: object) -> int:
    """Return a number of things: whole and not below nought."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MANY:
        raise BadValue(
            _l("holds %(value)s, not a number of things.", value=shown(value)),
            _l("Write 0 or more."),
        )
    return value


def day(value: object) -> date:
    """Return a day (ISO 8601)."""
    found = _string(value)
    try:
        on = date.fromisoformat(found) if _DAY.fullmatch(found) else None
    except ValueError:
        on = None
    if on is None or not within_reason(on):
        raise BadValue(
            _l("holds %(value)s, not a day.", value=shown(found)), _l("Write it like 2026-11-23.")
        )
    return on


def name(limit: int) -> FieldCheck[str]:
    """Return a check for the name of a person or an organisation (core/names.py)."""
    one_line = line(limit)

    def check(value: object) -> str:
        found = one_line(value)
        if fault := name_fault(found, limit):
            raise BadValue(_l("holds %(value)s, which is no name.", value=shown(found)), fault)
        return found

    return check


def identifier(limit: int) -> FieldCheck[str]:
    """Return a check for an id: one line without blanks at either end."""
    one_line = line(limit)

    def check(value: object) -> str:
        found = one_line(value)
        if found != found.strip():
            raise BadValue(
                _l("has a blank at an end: %(value)s.", value=shown(found)), _l("Remove the blank.")
            )
        return found

    return check


def choice(values: type[enum.StrEnum], *left_out: str) -> FieldCheck[enum.StrEnum]:
    """Return a check for one of the values of an enum, without those left out."""
    known = {member.value: member for member in values if member.value not in left_out}

    def check(value: object) -> enum.StrEnum:
        if not isinstance(value, str) or value not in known:
            raise BadValue(
                _l("holds %(value)s.", value=shown(value)),
                _l("Use one of: %(values)s.", values=", ".join(known)),
            )
        return known[value]

    return check


def moment(value: object) -> datetime:
    """Return the moment of an ISO 8601 time with offset, in UTC."""
    found = _string(value)
    wanted = "Write it like 2026-11-23T22:10:00+01:00."
    if not _MOMENT.fullmatch(found):
        raise BadValue(f"holds {shown(found)}, not a time with an offset.", wanted)
    try:
        at = datetime.fromisoformat(found).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadValue(f"holds {shown(found)}, a time that does not exist.", wanted) from None
    if not within_reason(at.date()):
        raise BadValue(f"holds the year {at.year}.", f"Use {FIRST_DAY.year} to {LAST_DAY.year}.")
    return at


def language(value: object) -> str:
    """Return a language tag (BCP 47, short form)."""
    found = _string(value)
    if not is_language_tag(found):
        raise BadValue(
            _l("holds %(value)s, not a language.", value=shown(found)),
            _l("Write nl, en or another tag."),
        )
    return found


def amount(value: object) -> str:
    """Return an amount in euros, as text: 200000 or 200000.50 (without cents that are nought)."""
    found = _string(value)
    try:
        cents = read_money(found, how=FILE)
    except Unreadable:
        cents = None
    if cents is None:
        raise BadValue(
            _l("holds %(value)s, not an amount.", value=shown(found)),
            _l("Write euros as text, like 200000 or 1250.50."),
        )
    return money_for_file(cents)
