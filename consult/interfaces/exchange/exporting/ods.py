"""ODS: the sheets of a round, written row by row straight into the zip that it is."""

from collections.abc import Callable
from pathlib import Path

from consult.foundation.core.open_document import (
    DocumentProperties,
    OpenDocumentKind,
    attribute,
    inline,
    written_into,
)
from consult.interfaces.exchange.exporting.lines import Export
from consult.interfaces.exchange.exporting.sheets import Sheet, Value, sheets

_STYLES = (
    "<office:automatic-styles>"
    '<style:style style:name="header" style:family="table-cell">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    "</office:automatic-styles>"
)


def write_ods(export: Export, path: Path) -> None:
    """Write a round as an OpenDocument spreadsheet (ODF 1.3), without holding it in memory."""
    properties = DocumentProperties(
        author=export.publisher,
        title=export.title,
        language=export.language,
        licence=export.granted,
        made_at=export.made_at,
    )
    with (
        path.open("wb") as file,
        written_into(file, OpenDocumentKind.SPREADSHEET, properties) as put,
    ):
        put(f"{_STYLES}<office:body><office:spreadsheet>")
        for sheet in sheets(export):
            _write(sheet, put)
        put("</office:spreadsheet></office:body>")


def _write(sheet: Sheet, put: Callable[[str], object]) -> None:
    put(f"<table:table table:name={attribute(sheet.name)}>")
    put(f'<table:table-column table:number-columns-repeated="{len(sheet.header)}"/>')
    cells = "".join(_cell(name, ' table:style-name="header"') for name in sheet.header)
    put("<table:table-header-rows><table:table-row>")
    put(f"{cells}</table:table-row></table:table-header-rows>")
    for row in sheet.rows:
        put(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>")
    put("</table:table>")


def _cell(value: Value, style: str = "") -> str:
    if isinstance(value, int):
        number = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {number}><text:p>{value}</text:p></table:table-cell>"
    if not value:
        return "<table:table-cell/>"
    lines = "".join(f"<text:p>{inline(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell{style} office:value-type="string">{lines}</table:table-cell>'
