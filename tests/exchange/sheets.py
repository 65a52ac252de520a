"""Spreadsheets as people make them, and as nobody should."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

HEADS = ("Titel", "Tekst", "Naam", "Organisatie", "Datum", "Likes")
GOOD = (
    ("Meer openheid", "Zet alles online.", "Jan Jansen", "Stichting Helder", "5 maart 2026", 12),
    ("Een register", "Van algoritmes.", "Els de Vries", "", "6-3-2026", 3),
)
_NAMESPACES = "urn:oasis:names:tc:opendocument:xmlns:"
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"


def csv_of(*rows: Sequence[object], sign: str = ";", encoding: str = "utf-8") -> bytes:
    return "".join(sign.join(map(str, row)) + "\r\n" for row in rows).encode(encoding)


def xlsx_of(*rows: Sequence[object], fill: Callable[[Any], None] | None = None) -> bytes:
    """Make a workbook of one sheet; `fill` may do with it what it wants."""
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    if fill is not None:
        fill(book)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def ods_of(*rows: str, head: str = "", manifest: str = "", name: str = "Blad1") -> bytes:
    """Make an OpenDocument spreadsheet of rows that are written out (`ods_row`)."""
    made = io.BytesIO()
    spaces = " ".join(
        f'xmlns:{one}="{_NAMESPACES}{one}:1.0"' for one in ("office", "table", "text")
    )
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr(zipfile.ZipInfo("mimetype"), kind)
        archive.writestr("META-INF/manifest.xml", f"<m>{manifest}</m>")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?>{head}<office:document-content {spaces} '
            f'xmlns:calcext="{_CALC}"><office:body><office:spreadsheet>'
            f'<table:table table:name="{name}">{"".join(rows)}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return made.getvalue()


def ods_row(*cells: str, repeated: int = 1) -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}'
        "</table:table-row>"
    )


def ods_cell(text: str = "", **said: object) -> str:
    """Write a cell; `repeated`, `value_type` and so on are its attributes."""
    names = {
        "repeated": "table:number-columns-repeated", "formula": "table:formula",
        "error": "calcext:value-type",
    }  # fmt: skip
    inside = "".join(
        f' {names.get(name) or "office:" + name.replace("_", "-")}="{value}"'
        for name, value in said.items()
    )
    shown = "".join(f"<text:p>{one}</text:p>" for one in text.split("\n")) if text else ""
    return f"<table:table-cell{inside}>{shown}</table:table-cell>"


def changed(content: bytes, parts: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """Return a zip with some of its parts changed, and others added."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in [*old.namelist(), *(one for one in parts if one not in old.namelist())]:
            there = old.read(name) if name in old.namelist() else b""
            new.writestr(name, parts.get(name, bytes)(there))
    return made.getvalue()
