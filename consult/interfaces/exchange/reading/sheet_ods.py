"""An OpenDocument spreadsheet (ODF 1.3), read cell by cell.

Repeated cells and rows (`table:number-columns-repeated`, part 3, 19.675) are counted, not made:
LibreOffice writes a million empty rows at the end of many a sheet.
"""

import re
import zipfile
from collections.abc import Generator, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from flask_babel import lazy_gettext as _l
from lxml import etree

from consult.foundation.core.errors import InvalidInput
from consult.interfaces.exchange.reading.sheet_cells import (
    EMPTY,
    LAST_ROW,
    MOST_COLUMNS,
    MOST_ROWS,
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

_NAMESPACES = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT = (f"{{{_NAMESPACES}{name}:1.0}}" for name in ("office", "table", "text"))
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_ROW, _SHEET = f"{_TABLE}table-row", f"{_TABLE}table"
_KNOWN = {_SHEET, _ROW, *_CELLS}
_AROUND = {f"{_OFFICE}spreadsheet", f"{_OFFICE}body", f"{_OFFICE}document-content"}
_BLANKS = re.compile(r"[ \t\r\n]+")
_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_DEEPEST = 200
_MOST_IN_A_CELL = 100_000
"""Beginnings and ends of elements within one cell."""


class OdsSpreadsheet:
    """An OpenDocument spreadsheet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with readable_parts(path) as archive:
            parts = check_parts(archive)
            manifest = archive.read(_MANIFEST) if _MANIFEST in parts else b""
        if b"encryption-data" in manifest:
            raise InvalidInput(
                _l("This file is protected with a password."),
                _l("Save it without a password, and choose that file."),
            )
        if _CONTENT not in parts:
            raise damaged()
        self._sheets = [SheetName(name) for name in _names(path)]
        if not self._sheets:
            raise InvalidInput(_l("There is no sheet with cells in this workbook."))

    @property
    def sheets(self) -> Sequence[SheetName]:
        """The sheets in their order."""
        return self._sheets

    def rows(self, sheet: int, language: str) -> Generator[SheetRow]:
        """Read the filled rows of a sheet, with the text that each cell showed."""
        at = 0
        filled = 0
        for repeats, cells in _rows(self._path, sheet, language):
            if cells:
                filled += repeats
                if filled > MOST_ROWS:
                    raise too_many_rows()
                yield from (SheetRow(at + one, cells) for one in range(1, repeats + 1))
            at = min(at + repeats, LAST_ROW)


def too_many_rows() -> InvalidInput:
    """Return the refusal of a sheet that is too long."""
    return InvalidInput(
        _l("This sheet has more than 10,000 filled rows."), _l("Divide it over more files.")
    )


def too_many_columns() -> InvalidInput:
    """Return the refusal of a sheet that is too wide."""
    return InvalidInput(
        _l("This sheet has more than 100 filled columns."),
        _l("Take out the columns that you do not need."),
    )


def _events(archive: zipfile.ZipFile) -> Iterator[tuple[str, etree._Element]]:
    """Yield the beginnings and ends of sheets, rows and cells; what else ends is forgotten."""
    in_cells, inside = 0, 0
    with archive.open(_CONTENT) as content:
        try:
            for event, element in etree.iterparse(
                content,
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
            ):
                if element.tag in _CELLS:
                    in_cells += 1 if event == "start" else -1
                    inside = 0
                elif in_cells:
                    inside += 1
                    if inside > _MOST_IN_A_CELL:
                        raise damaged()
                if element.tag in _KNOWN:
                    yield event, element
                elif event == "end" and not in_cells and element.tag not in _AROUND:
                    _drop(element)
        except etree.XMLSyntaxError as error:
            raise damaged() from error


def _is_sheet(element: etree._Element) -> bool:
    """Whether a table is a sheet: not one inside a cell, nor what a link brought along."""
    above = element.getparent()
    return above is not None and above.tag == f"{_OFFICE}spreadsheet"


def _drop(element: etree._Element) -> None:
    """Forget an element that was read: the tree never grows."""
    above = element.getparent()
    element.clear()
    if above is not None:
        above.remove(element)


def _names(path: Path) -> list[str]:
    found: list[str] = []
    with readable_parts(path) as archive:
        for event, element in _events(archive):
            if event == "start" and element.tag == _SHEET and _is_sheet(element):
                found.append(element.get(f"{_TABLE}name", ""))
            elif event == "end" and element.tag in (*_CELLS, _ROW):
                _drop(element)
    return found


def _rows(path: Path, sheet: int, language: str) -> Iterator[tuple[int, list[SheetCell]]]:
    """Yield how often each row of a sheet stands there, and its cells; none where it is empty."""
    place = -1
    cells: list[SheetCell] = []
    width = 0
    with readable_parts(path) as archive:
        for event, element in _events(archive):
            if event == "start":
                place += element.tag == _SHEET and _is_sheet(element)
                continue
            if element.tag == _SHEET and _is_sheet(element) and place == sheet:
                return
            if element.tag in _CELLS:
                if place == sheet and _is_in_a_sheet(element):
                    width = _add(cells, width, element, language)
                    _drop(element)
                elif _is_in_a_sheet(element):
                    _drop(element)
            elif element.tag == _ROW and _is_in_a_sheet(element):
                if place == sheet:
                    yield _repeats(element, "rows"), cells
                    cells, width = [], 0
                _drop(element)


def _is_in_a_sheet(element: etree._Element) -> bool:
    """Whether the nearest table above is a sheet, and not a table within a cell."""
    nearest = next(element.iterancestors(_SHEET), None)
    return nearest is not None and _is_sheet(nearest)


def _add(cells: list[SheetCell], width: int, element: etree._Element, language: str) -> int:
    """Add a cell as often as it stands there, and return how wide the row is then.

    Empty ones are made only where something stands behind them.
    """
    repeats = _repeats(element, "columns")
    cell = _cell(element, language)
    if not cell.is_empty:
        if width + repeats > MOST_COLUMNS:
            raise too_many_columns()
        cells += [EMPTY] * (width - len(cells)) + [cell] * repeats
    return min(width + repeats, LAST_ROW)


def _repeats(element: etree._Element, of: str) -> int:
    said = element.get(f"{_TABLE}number-{of}-repeated", "1")
    return min(int(said), LAST_ROW) if said.isascii() and said.isdigit() and said.strip("0") else 1


def _cell(element: etree._Element, language: str) -> SheetCell:
    kind = element.get(f"{_OFFICE}value-type", "")
    paragraphs = [_text(one) for one in element.iterchildren(f"{_TEXT}p", f"{_TEXT}h")]
    seen = "\n".join(paragraphs)
    if element.get(f"{_CALC}value-type") == "error":
        said = _l("holds the error %(error)s of a formula. Mend the formula.", error=seen)
        return SheetCell(seen, fault=said)
    if not kind and element.get(f"{_TABLE}formula") and not seen:
        return SheetCell(fault=WITHOUT_RESULT)
    if kind in {"float", "percentage", "currency"}:
        return _number(element, seen, language, percent=kind == "percentage")
    if kind == "date":
        return _date(element, seen, language)
    if kind == "boolean" and not seen:
        is_true = element.get(f"{_OFFICE}boolean-value") == "true"
        return SheetCell(truth_seen(value=is_true, language=language))
    said_so = element.get(f"{_OFFICE}string-value", "")
    return SheetCell(seen or said_so) if seen or said_so else EMPTY


def _number(element: etree._Element, seen: str, language: str, *, percent: bool) -> SheetCell:
    try:
        value = float(element.get(f"{_OFFICE}value", ""))
    except ValueError:
        return SheetCell(seen)
    return SheetCell(seen or number_seen(value, language, percent=percent), value)


def _date(element: etree._Element, seen: str, language: str) -> SheetCell:
    said = element.get(f"{_OFFICE}date-value", "")
    try:
        value: date = without_midnight(datetime.fromisoformat(said).replace(tzinfo=None))
    except ValueError:
        return SheetCell(seen or said)
    return SheetCell(seen or day_seen(value, language), value)


def _text(paragraph: etree._Element, depth: int = 0) -> str:
    """Return the text of a paragraph as it is seen (part 3, 6.1.2), without notes to it."""
    if depth > _DEEPEST:
        raise damaged()
    found = [_BLANKS.sub(" ", paragraph.text or "")]
    for child in paragraph:
        match child.tag:
            case str() as tag if tag == f"{_TEXT}s":
                said = child.get(f"{_TEXT}c", "1")
                found.append(" " * (min(int(said), 1000) if said.isdecimal() else 1))
            case str() as tag if tag == f"{_TEXT}tab":
                found.append("\t")
            case str() as tag if tag == f"{_TEXT}line-break":
                found.append("\n")
            case str() as tag if tag != f"{_OFFICE}annotation":
                found.append(_text(child, depth + 1))
        found.append(_BLANKS.sub(" ", child.tail or ""))
    return "".join(found)
