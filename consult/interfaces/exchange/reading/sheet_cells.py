"""A spreadsheet as it was brought: its sheets, their rows, and each cell as a person sees it."""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence
from consult.foundation.core.visible import says_nothing

MOST_ROWS = 10_000
"""Filled rows of one sheet, its headings included."""
MOST_COLUMNS = 100
LAST_ROW = 1_048_576
"""What Excel and LibreOffice hold; below it nothing is looked for."""
MOST_LOOKED_AT = 5_000_000
"""Cells of one sheet, the empty ones that a program wrote along included."""

CellValue = date | datetime | float | None
WITHOUT_RESULT = _l(
    "holds a formula, and the file does not hold its result. Open it in Excel or LibreOffice, save "
    "it there, and choose that file."
)


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell: its text as it is seen, and the day, moment or number that the file holds for it.

    `fault` says what is wrong with it already: a formula without a result, an error of a formula.
    """

    text: str = ""
    value: CellValue = None
    fault: Sentence = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not self.fault and self.value is None and says_nothing(self.text)


EMPTY = SheetCell()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row in which something stands, by the number that a spreadsheet shows for it."""

    number: int
    cells: Sequence[SheetCell]

    def cell(self, column: int) -> SheetCell:
        """Return the cell of a column, counted from nought."""
        return self.cells[column] if column < len(self.cells) else EMPTY


@dataclass(frozen=True, slots=True)
class SheetName:
    """A sheet of a file by its name; `is_hidden` where its program does not show it."""

    name: str
    is_hidden: bool = False


class Spreadsheet(Protocol):
    """A file with sheets. Reading raises InvalidInput where the file is not what it should be."""

    @property
    def sheets(self) -> Sequence[SheetName]:
        """The sheets in their order."""

    def rows(self, sheet: int, language: str) -> Generator[SheetRow]:
        """Read the filled rows of a sheet; `language` is the one that dates are written in."""


def letter_of(column: int) -> str:
    """Return the letters over a column, counted from nought: A, Z, AA."""
    letters = ""
    rest = column + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


_NUMBER_IN_DUTCH = str.maketrans(".", ",")
_TRUTHS = {"nl": ("ONWAAR", "WAAR"), "en": ("FALSE", "TRUE")}


def number_seen(value: float, language: str, *, percent: bool = False) -> str:
    """Return a number as a spreadsheet shows it by itself: at most 15 digits, and no `.0`."""
    shown = f"{value * 100 if percent else value:.15g}"
    if re.search("e", shown):
        shown = f"{value:.15g}"
    seen = shown.translate(_NUMBER_IN_DUTCH) if language == "nl" else shown
    return f"{seen}%" if percent else seen


def truth_seen(*, value: bool, language: str) -> str:
    """Return what a spreadsheet shows for true and false."""
    return _TRUTHS.get(language, _TRUTHS["en"])[value]


def day_seen(value: date, language: str) -> str:
    """Return a day, or a moment, as people write it in a language."""
    at = f" {value:%H:%M}" if isinstance(value, datetime) else ""
    day = f"{value.day}-{value.month}-{value.year}" if language == "nl" else f"{value:%Y-%m-%d}"
    return day + at


def without_midnight(value: datetime) -> date | datetime:
    """Return the day of a moment at midnight: a spreadsheet keeps a day so."""
    return value.date() if value.time() == time() else value
