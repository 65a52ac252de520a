"""The sheets of a workbook: what it is, what its columns hold, and the tables of the round.

XLSX and ODS are written from the same sheets, so both say the same. Rows are read as they are
written; only the first two sheets, which are short, are made beforehand.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from flask_babel import force_locale
from flask_babel import gettext as _

from consult.interfaces.exchange.exporting.cells import LONGEST, fitted
from consult.interfaces.exchange.exporting.columns import (
    PUBLIC_TABLES,
    TableName,
    columns_of,
)
from consult.interfaces.exchange.exporting.lines import Export
from consult.interfaces.exchange.exporting.reading_guide import reading_guide
from consult.interfaces.exchange.exporting.tables import ROWS, NumberedCells

Value = str | int | None
"""What a cell holds: text as it is, a number, or nothing."""
SheetRows = Iterator[Sequence[Value]]
CutMark = Callable[[int | None], str]
"""Makes the mark for a cell that is cut, for the number of its proposal."""

README = "Read me"
DICTIONARY = "Data dictionary"
MOST_ROWS = 1_048_576
"""Rows of a sheet in Excel and LibreOffice, the header among them."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its header, and its rows, which can be read once."""

    name: str
    header: tuple[str, ...]
    rows: SheetRows


def sheets(export: Export) -> Iterator[Sheet]:
    """Yield the sheets of an export; each is read to its end before the next one begins."""
    tables = tuple(TableName) if export.complete else PUBLIC_TABLES
    with force_locale(export.language):
        guide = reading_guide(export)
        dictionary = [
            (str(table), column.name, str(column.holds))
            for table in tables
            for column in columns_of(table)
        ]
        mark = _cut_mark(export)
    yield Sheet(README, ("about", "says"), ((name, fitted(said, "…")) for name, said in guide))
    yield Sheet(DICTIONARY, ("sheet", "column", "holds"), iter(dictionary))
    for table in tables:
        yield from _parts(table, ROWS[table](export), mark)


def _parts(table: TableName, rows: Iterator[NumberedCells], mark: CutMark) -> Iterator[Sheet]:
    """Yield a table as one sheet, or as several where it has more rows than a sheet can hold."""
    header = tuple(column.name for column in columns_of(table))
    number, first = 1, next(rows, None)
    while number == 1 or first is not None:
        some = islice(chain([] if first is None else [first], rows), MOST_ROWS - 1)
        values = ([_value(cells.get(n), mark, at) for n in header] for cells, at in some)
        yield Sheet(table if number == 1 else f"{table} {number}", header, values)
        number, first = number + 1, next(rows, None)


def _value(found: object, mark: CutMark, at: int | None) -> Value:
    if found is None or isinstance(found, int):
        return found
    text = str(found)
    # The mark is made for the few that need one.
    return fitted(text, mark(at) if len(text) > LONGEST // 2 else "")


def _cut_mark(export: Export) -> CutMark:
    """Return what makes the mark for a cell that is cut: where the whole text is."""
    if export.complete or not export.address:
        only = _("Cut off: a cell has no room for more. The export as JSON Lines has it all.")
        return lambda _number: f" […] [{only}]"
    said = _(
        "Cut off: a cell has no room for more. The whole text: %(address)s, and in the export as "
        "JSON Lines.",
        address="\0",
    )

    def mark(number: int | None) -> str:
        page = export.address if number is None else f"{export.address}/proposals/{number}"
        return f" […] [{said.replace(chr(0), page)}]"

    return mark
