"""Opening a spreadsheet that somebody brings: what it is, we see from its bytes."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import InvalidInput
from consult.foundation.files.kinds import check_size, found_in
from consult.foundation.files.names import split
from consult.interfaces.exchange.reading.sheet_cells import (
    MOST_COLUMNS,
    MOST_ROWS,
    SheetRow,
    Spreadsheet,
)
from consult.interfaces.exchange.reading.sheet_csv import CsvSheet
from consult.interfaces.exchange.reading.sheet_ods import (
    OdsSpreadsheet,
    too_many_columns,
    too_many_rows,
)
from consult.interfaces.exchange.reading.sheet_xlsx import XlsxSpreadsheet
from consult.interfaces.exchange.reading.zipped_parts import damaged

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How the files of older Office programs begin, and those with a password ([MS-CFB])."""
_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_OF_TEXT = frozenset({".csv", ".txt", ".tsv", ".tab", ""})
OPENS: dict[str, Callable[[Path], Spreadsheet]] = {
    ".xlsx": XlsxSpreadsheet,
    ".ods": OdsSpreadsheet,
    ".csv": CsvSheet,
}
"""What opens a file of each kind."""


def kind_of(name: str, content: bytes) -> str:
    """Return the kind of a spreadsheet (`.xlsx`, `.ods` or `.csv`) by its bytes.

    Raises TooLarge, and InvalidInput with what it is instead.
    """
    check_size(name, content)
    if content.startswith(_OLE):
        raise _of_older_office(content)
    if content.startswith(b"PK"):
        return _in_zip(content)
    if split(name)[1].lower() not in _OF_TEXT:
        raise damaged()
    return ".csv"


def _of_older_office(content: bytes) -> InvalidInput:
    if _PACKAGE in content:
        return InvalidInput(
            _l("This file is protected with a password."),
            _l("Save it without a password, and choose that file."),
        )
    return InvalidInput(
        _l("This is a file of an older Excel (XLS), which is not taken."),
        _l("Save it as XLSX, and choose that file."),
    )


def _in_zip(content: bytes) -> str:
    found = found_in(content)
    kind = next((one for one in found if one in OPENS), None)
    if kind is not None:
        return kind
    if found:
        raise InvalidInput(
            _l("This is a text document, and no spreadsheet."),
            _l("Choose a file that ends in .xlsx, .ods or .csv."),
        )
    raise damaged()


def open_spreadsheet(path: Path) -> Spreadsheet:
    """Open a file by its ending, which `kind_of` chose. Raises InvalidInput and TooLarge."""
    return OPENS[path.suffix](path)


def rows_of(book: Spreadsheet, sheet: int, language: str) -> Iterator[SheetRow]:
    """Read the filled rows of a sheet within its bounds. Raises InvalidInput."""
    with closing(book.rows(sheet, language)) as found:
        for count, row in enumerate(found, 1):
            if count > MOST_ROWS:
                raise too_many_rows()
            if not all(one.is_empty for one in row.cells[MOST_COLUMNS:]):
                raise too_many_columns()
            yield SheetRow(row.number, row.cells[:MOST_COLUMNS])
