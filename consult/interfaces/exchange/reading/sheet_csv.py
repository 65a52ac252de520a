"""A CSV file as a spreadsheet of one sheet."""

import io
from collections.abc import Generator, Sequence
from pathlib import Path

from flask_babel import lazy_gettext as _l

from consult.foundation.core import csv_files
from consult.foundation.core.errors import InvalidInput
from consult.interfaces.exchange.reading.sheet_cells import SheetCell, SheetName, SheetRow


class CsvSheet:
    """A CSV file: its encoding and the sign between its cells are found, not asked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text()  # refused at once where it is no text

    @property
    def sheets(self) -> Sequence[SheetName]:
        """Its one sheet, which has no name."""
        return [SheetName("")]

    def rows(self, sheet: int, language: str) -> Generator[SheetRow]:
        """Read the filled rows, each with the number that a spreadsheet would show."""
        del sheet, language
        try:
            for number, cells in csv_files.numbered(io.StringIO(self._text(), newline="")):
                yield SheetRow(number, [SheetCell(csv_files.unguarded(one)) for one in cells])
        except csv_files.BrokenCsv as broken:
            raise InvalidInput(
                _l("From line %(line)s on this is no CSV.", line=broken.line),
                _l("Look for a quotation mark that is not closed."),
            ) from None

    def _text(self) -> str:
        found = csv_files.decoded(self._path.read_bytes())
        if found is None or found[0].lstrip().lower().startswith(("<html", "<!doctype", "<table")):
            raise InvalidInput(
                _l("This file is no spreadsheet: not XLSX, not ODS, and no CSV either."),
                _l("Save the sheet as XLSX, ODS or CSV UTF-8, and choose that file."),
            )
        return found[0]
