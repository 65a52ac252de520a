"""XLSX: the sheets of a round, written row by row; what was written is not kept in memory."""

from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from consult.interfaces.exchange.exporting.lines import Export
from consult.interfaces.exchange.exporting.sheets import Sheet, Value, sheets

_WIDTHS = {
    "title": 50,
    "body": 80,
    "answer": 80,
    "reason": 60,
    "holds": 90,
    "about": 36,
    "says": 90,
}
_WIDTH = 16


def write_xlsx(export: Export, path: Path) -> None:
    """Write a round as a workbook for Excel; what is not ready yet lies in the same folder."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }
    with Workbook(str(path), options) as workbook:
        properties = {"title": export.title, "comments": export.granted, "author": export.publisher}
        workbook.set_properties({**properties, "created": export.made_at})
        if export.granted:
            workbook.set_custom_property("Licence", export.granted, "text")
        bold = workbook.add_format({"bold": True})
        for sheet in sheets(export):
            _write(workbook.add_worksheet(sheet.name), sheet, bold)


def _write(page: Worksheet, sheet: Sheet, bold: Format) -> None:
    for column, name in enumerate(sheet.header):
        page.set_column(column, column, _WIDTHS.get(name, _WIDTH))
    page.freeze_panes(1, 0)
    page.write_row(0, 0, sheet.header, bold)
    for at, row in enumerate(sheet.rows, 1):
        for column, value in enumerate(row):
            _put(page, at, column, value)


def _put(page: Worksheet, row: int, column: int, value: Value) -> None:
    if isinstance(value, int):
        page.write_number(row, column, value)
    elif value:
        # Never `write`: that looks at a text to guess what it is.
        page.write_string(row, column, value)
