"""Workbooks read back by libraries that did not write them."""

import io

from odf.opendocument import load
from odf.table import Table, TableCell, TableRow
from odf.teletype import extractText
from odf.text import P
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

Tables = dict[str, list[list[object]]]
"""The rows of each sheet, the header first; an empty cell is None."""


def by_openpyxl(content: bytes) -> Tables:
    book = load_workbook(io.BytesIO(content), read_only=True)
    found: Tables = {}
    for sheet in book:
        rows = [list(row) for row in sheet.iter_rows()]
        assert {cell.data_type for row in rows for cell in row if cell.value is not None} <= {
            "s", "n", "inlineStr",
        }  # fmt: skip
        # It leaves the reading of `_xHHHH_` (ST_Xstring) to its caller.
        found[sheet.title] = [
            [unescape(v) if isinstance(v := cell.value, str) else v for cell in row] for row in rows
        ]
    book.close()
    return _even(found)


def by_odfpy(content: bytes) -> Tables:
    document = load(io.BytesIO(content))
    found: Tables = {}
    for table in document.spreadsheet.getElementsByType(Table):
        rows = [
            [_value(cell) for cell in row.getElementsByType(TableCell)]
            for row in table.getElementsByType(TableRow)
        ]
        found[table.getAttribute("name")] = rows
    return _even(found)


def _value(cell: TableCell) -> object:
    kind = cell.getAttribute("valuetype")
    if kind == "float":
        return int(cell.getAttribute("value"))
    assert kind in {None, "string"}
    assert cell.getAttribute("formula") is None
    return "\n".join(extractText(line) for line in cell.getElementsByType(P)) if kind else None


def by_calamine(content: bytes) -> Tables:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return _even({
        name: [
            [None if value == "" else value for value in row]
            for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ]
        for name in book.sheet_names
    })  # fmt: skip


def _even(found: Tables) -> Tables:
    """Make all rows of a sheet as long as its header."""
    return {
        name: [[*row, *[None] * (len(rows[0]) - len(row))][: len(rows[0])] for row in rows]
        for name, rows in found.items()
    }


def records_of(rows: list[list[object]]) -> list[dict[str, object]]:
    header, *body = rows
    return [dict(zip(map(str, header), row, strict=True)) for row in body]
