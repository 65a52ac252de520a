"""Amounts in euros: read as the reader's language writes them, kept in cents.

25.000,50 on a Dutch page is 25,000.50 on an English one. A point or comma that stands where the
language would put none is refused, not guessed at: 25.50 on a Dutch page could be 25,50 or 2.550.
"""

import re
from typing import Unpack

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.widgets import TextInput

from consult.foundation.core.errors import Sentence
from consult.foundation.core.field_arguments import FieldArguments
from consult.foundation.core.numbers import FILE, LONGEST, Notation, Unreadable, digits_of, notation
from consult.foundation.core.visible import says_nothing, without_unseen_edges

CENTS = 100
MOST_CENTS = 10_000_000_000 * CENTS
"""Ten billion euros: more than any plan costs, and within what both databases hold."""

_CURRENCY = re.compile(r"^(?:€|EUR)|(?:€|EUR|euro)$", re.IGNORECASE)
_NO_CENTS = re.compile(r"[.,]\s*[-\u2013\u2014]{1,2}$")
"""How many write that there are no cents: 25.000,-"""
_EXAMPLE, _EXAMPLE_WITH_CENTS = 2_500_000, 2_500_050
TOO_MUCH = _l("Write an amount of at most 10 billion euros.")


def read_money(typed: str, *, whole: bool = False, how: Notation | None = None) -> int | None:
    """Read an amount in euros and return cents, or None if nothing was typed.

    `whole` takes no cents. Raises Unreadable, with the sentence for whoever typed it.
    """
    if len(typed) > LONGEST:
        raise Unreadable(_wanted(whole=whole))
    if says_nothing(typed):
        return None
    bare = typed
    if how is not FILE:
        bare = _NO_CENTS.sub("", _CURRENCY.sub("", without_unseen_edges(typed)).strip()).rstrip()
    try:
        euros, cents = digits_of(bare, how or notation())
    except ValueError:
        raise Unreadable(_wanted(whole=whole)) from None
    if len(cents) > 2 or (whole and cents.strip("0")):  # noqa: PLR2004  (a euro has 100 cents)
        raise Unreadable(_wanted(whole=whole))
    found = int(euros) * CENTS + int(cents.ljust(2, "0"))
    if found > MOST_CENTS:
        raise Unreadable(TOO_MUCH)
    return found


def write_money(cents: int) -> str:
    """Write an amount as the reader does, with cents only where there are: 25.000 or 25.000,50."""
    pattern = "#,##0" if cents % CENTS == 0 else "#,##0.00"
    return str(format_decimal(money_for_file(cents), format=pattern))


def money_for_file(cents: int) -> str:
    """Write an amount as files do: 200000, or 1250.50 where there are cents."""
    euros, rest = divmod(cents, CENTS)
    return f"{euros}.{rest:02}" if rest else str(euros)


def _wanted(*, whole: bool) -> Sentence:
    if whole:
        return _l("Write whole euros, such as %(example)s.", example=write_money(_EXAMPLE))
    return _l(
        "Write an amount in euros, such as %(example)s or %(other)s.",
        example=write_money(_EXAMPLE),
        other=write_money(_EXAMPLE_WITH_CENTS),
    )


class MoneyField(Field):
    """An amount in euros; its data are cents, and what was typed is kept as it was.

    `whole` takes no cents.
    """

    data: int | None
    widget = TextInput()

    def __init__(
        self,
        label: Sentence,
        validators: list[object] | None = None,
        *,
        whole: bool = False,
        **kwargs: Unpack[FieldArguments],
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.whole = whole
        self.render_kw = {"inputmode": "decimal", "autocomplete": "off", **(self.render_kw or {})}

    @property
    def typed(self) -> str:
        """What stands in the field: as it was typed, or else as the reader writes the amount."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else write_money(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = None
        self.data = read_money(valuelist[0], whole=self.whole) if valuelist else None

    def _value(self) -> str:
        return self.typed
