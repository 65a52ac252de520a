"""An Excel workbook (ECMA-376), read row by row by openpyxl."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date, datetime, time
from functools import cache
from importlib import import_module
from itertools import repeat
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import InvalidInput
from consult.interfaces.exchange.reading.sheet_cells import (
    EMPTY,
    LAST_ROW,
    MOST_LOOKED_AT,
    WITHOUT_RESULT,
    SheetCell,
    SheetName,
    SheetRow,
    day_seen,
    number_seen,
    truth_seen,
    without_midnight,
)
from consult.interfaces.exchange.reading.zipped_parts import (
    check_parts,
    damaged,
    readable_parts,
)

_MACROS = "xl/vbaProject.bin"


class XlsxSpreadsheet:
    """An Excel workbook. Charts and other things that are no sheet of cells are passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with readable_parts(path) as archive:
            parts = check_parts(archive)
        if _MACROS in parts:
            raise InvalidInput(
                _l("This workbook has macros."), _l("Save it as an XLSX file without macros.")
            )
        if "xl/workbook.bin" in parts:
            raise InvalidInput(
                _l("This is a binary workbook (XLSB), which is not taken."),
                _l("Save it as XLSX, and choose that file."),
            )
        self._has_formulas = any(parts.values())
        with closing(self._open(with_results=True)) as book:
            self._sheets = [
                SheetName(one.title, one.sheet_state != "visible") for one in book.worksheets
            ]
        if not self._sheets:
            raise InvalidInput(_l("There is no sheet with cells in this workbook."))

    @property
    def sheets(self) -> Sequence[SheetName]:
        """The sheets of cells, those that are hidden too."""
        return self._sheets

    def rows(self, sheet: int, language: str) -> Generator[SheetRow]:
        """Read the filled rows of a sheet. A formula is what it gave when it was saved."""
        with ExitStack() as opened:
            results = opened.enter_context(self._raw_rows(sheet, with_results=True))
            formulas: Iterator[Sequence[Any]] = repeat(())
            if self._has_formulas:
                formulas = opened.enter_context(self._raw_rows(sheet, with_results=False))
            yield from _filled(results, formulas, language)

    @contextmanager
    def _raw_rows(self, sheet: int, *, with_results: bool) -> Iterator[Iterator[Sequence[Any]]]:
        """Lend the rows of a sheet; what was opened for them is closed, whatever goes wrong."""
        with (
            closing(self._open(with_results=with_results)) as book,
            closing(_rows_in(book, sheet)) as rows,
        ):
            yield rows

    def _open(self, *, with_results: bool) -> Any:  # noqa: ANN401  (openpyxl's own class has no types)
        try:
            return _library("openpyxl").load_workbook(
                self._path, read_only=True, data_only=with_results, keep_links=False
            )
        except _broken() as error:
            raise damaged() from error


@cache
def _library(name: str) -> Any:  # noqa: ANN401  (openpyxl has no types)
    # Not at the start: it brings numpy where there is one, and no other command waits for that.
    return import_module(name)


@cache
def _broken() -> tuple[type[Exception], ...]:
    """Return whatever openpyxl stumbles over in a file that somebody made or broke."""
    return (
        _library("openpyxl.utils.exceptions").InvalidFileException,
        BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError,
        OSError, EOFError, SyntaxError, AssertionError, OverflowError,
    )  # fmt: skip


def _rows_in(book: Any, sheet: int) -> Generator[Sequence[Any]]:  # noqa: ANN401
    """Yield the rows of a sheet as openpyxl gives them, and refuse where it cannot go on."""
    try:
        found = book.worksheets[sheet]
        found.reset_dimensions()  # what a file says of its size is often wrong
        with closing(found.iter_rows()) as rows:
            yield from rows
    except _broken() as error:
        raise damaged() from error


def _filled(
    rows: Iterator[Sequence[Any]], formulas: Iterator[Sequence[Any]], language: str
) -> Iterator[SheetRow]:
    looked_at = 0
    for number, (row, formula_row) in enumerate(zip(rows, formulas, strict=False), 1):
        looked_at += len(row)
        if looked_at > MOST_LOOKED_AT or number > LAST_ROW:
            raise InvalidInput(
                _l("This sheet is larger than can be read."),
                _l("Copy what you need to a new sheet, and save that."),
            )
        cells = [_cell(one, language) for one in row]
        for place, one in enumerate(formula_row):
            if place < len(cells) and one.data_type == "f" and cells[place] is EMPTY:
                cells[place] = SheetCell(fault=WITHOUT_RESULT)
        if not all(one.is_empty for one in cells):
            yield SheetRow(number, cells)


def _cell(cell: Any, language: str) -> SheetCell:  # noqa: ANN401
    value = cell.value
    if value is None:
        return EMPTY
    if cell.data_type == "e":
        text = str(value)
        return SheetCell(
            text, fault=_l("holds the error %(error)s of a formula. Mend the formula.", error=text)
        )
    if isinstance(value, str):
        return SheetCell(_library("openpyxl.utils.escape").unescape(value))
    return _typed(value, str(cell.number_format or ""), language)


def _typed(value: object, look: str, language: str) -> SheetCell:
    match value:
        case bool():
            return SheetCell(truth_seen(value=value, language=language))
        case int() | float():
            percent = look.rstrip().endswith("%")
            return SheetCell(number_seen(value, language, percent=percent), float(value))
        case datetime():
            at = without_midnight(value)
            return SheetCell(day_seen(at, language), at)
        case date():
            return SheetCell(day_seen(value, language), value)
        case time():
            return SheetCell(f"{value:%H:%M}")
    return SheetCell(str(value))  # a length of time, as openpyxl reads it
