"""Whole numbers from outside, in the notation of the reader where people type them.

A length comes first: a number of thousands of digits is not read at all. Only the ten digits of
ASCII count, with the sign that the reader's language puts between thousands, or a blank.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Unpack

from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.widgets import TextInput

from consult.foundation.core.errors import Sentence
from consult.foundation.core.field_arguments import FieldArguments
from consult.foundation.core.languages import reader_language
from consult.foundation.core.visible import says_nothing, without_unseen_edges

LONGEST = 40
"""Signs in a number or an amount, before it is looked at."""
LARGEST_KEY = 2**31 - 1
"""What fits in the key of a row on both databases."""

_BLANKS = " \u00a0\u2009\u202f"
"""What stands between thousands in many languages."""
_PLAIN = re.compile(r"[0-9]{1,10}")


class Unreadable(ValueError):  # noqa: N818
    """What was typed is not what the field asks for; its text is the sentence that says so."""


@dataclass(frozen=True)
class Notation:
    """How a language writes numbers: the sign between thousands, and that before the decimals."""

    group: str
    decimal: str


FILE = Notation("", ".")
"""How files write numbers, whoever reads them: 1250.50."""


def notation(language: str | None = None) -> Notation:
    """Return the notation of a language; of the reader's, if none is named."""
    return _notation(language or reader_language())


@cache
def _notation(language: str) -> Notation:
    return Notation(get_group_symbol(language), get_decimal_symbol(language))


@cache
def _pattern(how: Notation) -> re.Pattern[str]:
    between = f"[{re.escape(how.group)}{_BLANKS}]" if how.group else "(?!)"
    grouped = rf"[0-9]{{1,3}}(?:(?P<sign>{between})[0-9]{{3}}(?:(?P=sign)[0-9]{{3}})*)"
    whole = rf"(?P<whole>{grouped}|[0-9]+)"
    return re.compile(rf"{whole}(?:{re.escape(how.decimal)}(?P<rest>[0-9]+))?")


def digits_of(typed: str, how: Notation) -> tuple[str, str]:
    """Return the digits before and after the decimal sign; ValueError if this is no number.

    Whoever calls this has looked at the length first.
    """
    match = _pattern(how).fullmatch(typed)
    if match is None:
        raise ValueError
    return re.sub("[^0-9]", "", match["whole"]), match["rest"] or ""


def read_number(typed: str, least: int, most: int, how: Notation | None = None) -> int | None:
    """Read a whole number; None if nothing was typed, Unreadable if it is none or out of range."""
    if len(typed) > LONGEST:
        raise Unreadable(out_of_range(least, most))
    if says_nothing(typed):
        return None
    try:
        whole, rest = digits_of(without_unseen_edges(typed), how or notation())
    except ValueError:
        raise Unreadable(out_of_range(least, most)) from None
    found = int(whole)
    if rest or not least <= found <= most:
        raise Unreadable(out_of_range(least, most))
    return found


def write_number(number: int) -> str:
    """Write a whole number as the reader does: 25.000 in Dutch, 25,000 in English."""
    return _written(reader_language(), number)


@lru_cache(maxsize=10_000)
def _written(language: str, number: int) -> str:
    return format_decimal(number, locale=language)


def out_of_range(least: int, most: int) -> Sentence:
    """Say which numbers can be written."""
    return _l(
        "Write a whole number from %(least)s to %(most)s.",
        least=write_number(least),
        most=write_number(most),
    )


def plain_number(said: object, most: int = LARGEST_KEY) -> int | None:
    """Read a number that a machine wrote: a key, a version; None if it is none, or too large."""
    if isinstance(said, str) and _PLAIN.fullmatch(said) and int(said) <= most:
        return int(said)
    return None


def key_of_row(said: object) -> int:
    """Take one of the keys of a pick list (`coerce` of a SelectField); ValueError if it is none."""
    found = said if type(said) is int else plain_number(said)
    if found is None:
        raise ValueError(said)
    return found


class NumberField(IntegerField):
    """A whole number between two bounds, as the reader writes it; what was typed is kept."""

    widget = TextInput()

    def __init__(
        self,
        label: Sentence,
        validators: list[object] | None = None,
        *,
        least: int,
        most: int,
        default: int | None = None,
        **kwargs: Unpack[FieldArguments],
    ) -> None:
        super().__init__(label, validators, default=default, **kwargs)
        self.read: Callable[[str], int | None] = partial(read_number, least=least, most=most)
        self.render_kw = {"inputmode": "numeric", "autocomplete": "off", **(self.render_kw or {})}

    def process_data(self, value: int | None) -> None:
        """Take a number of ours."""
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = None
        self.data = self.read(valuelist[0]) if valuelist else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else write_number(self.data)
