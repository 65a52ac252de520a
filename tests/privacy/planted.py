"""Planted strings: a unique one in every column that is not public, and a scanner that finds them.

The columns are found by their labels (core/db), so a new column is in the test by itself.
"""

import hashlib
import io
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from flask import Flask
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from sqlalchemy import Enum, String, Table, Text, select, update
from werkzeug.test import TestResponse

from consult.core.db import Base, Privacy, db
from consult.core.unit_of_work import unit_of_work

SIGN = re.compile(r"zq\d{6}qz")
# The columns that say whose row it is: the person may read it.
OWNERS = ("person_id", "author_id", "uploaded_by_id")
# Rows that triggers guard, or that a job reads: their columns are not rewritten.
GUARDED = {"event", "event_detail", "job", "alembic_version"}

# The code of a receipt is the key to its page: it stays, so that the page is read too.
KEYS = {"receipt.code"}


@dataclass(frozen=True)
class Plant:
    """Where a string stands, and whose it is."""

    column: str
    label: Privacy
    owner: int | None
    row: int | None = None


def columns() -> list[tuple[Table, Any]]:
    """Give every column of text that is labelled other than public, with its table."""
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if table.name not in GUARDED
        and f"{table.name}.{column.name}" not in KEYS
        and column.info.get("privacy") not in (None, Privacy.PUBLIC)
        and isinstance(column.type, String | Text)
        and not isinstance(column.type, Enum)
        and not column.foreign_keys
        and (column.type.length or 100) >= 12
    ]


def _value(column: str, sign: str) -> str:
    """Give what is written for a sign: where an address is read as one, an address."""
    if column == "person.email":
        return f"{sign}@consult.example"
    if column == "invitation_key.digest":
        # The key whose digest this is; with it the page of the invitation can be opened.
        return hashlib.sha256(sign.encode()).hexdigest()
    return sign


def plant(app: Flask) -> dict[str, Plant]:
    """Write a string into every such column of every row; gives each with its place."""
    planted: dict[str, Plant] = {}
    with unit_of_work():
        for table, column in columns():
            own = next((table.c[name] for name in OWNERS if name in table.c), None)
            own = table.c.id if table.name == "person" else own
            for row in db.session.execute(select(table)).mappings().all():
                sign = f"zq{len(planted) + 1:06d}qz"
                label = Privacy(column.info["privacy"])
                owner = None if own is None else row[own]
                planted[sign] = Plant(f"{table.name}.{column.name}", label, owner, row.get("id"))
                value = _value(f"{table.name}.{column.name}", sign)
                if column.name == "storage_key":
                    files = Path(app.config["STORAGE_URL"].removeprefix("file:"))
                    (files / row[column]).rename(files / sign)
                this = [key == row[key] for key in table.primary_key.columns]
                db.session.execute(update(table).where(*this).values({column: value}))
    db.session.expire_all()
    return planted


def unpacked(content: bytes) -> str:
    """Give all text of a file: of a zip (docx, xlsx, odt, ods) its parts, of a PDF its pages."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [unpacked(archive.read(name)) for name in archive.namelist()]
            return "\n".join([*archive.namelist(), *parts])
    if content.startswith(b"%PDF"):
        # The attachments of the other tests only begin as a PDF: those are read as they are.
        with suppress(PyPdfError, ValueError):
            reader = PdfReader(io.BytesIO(content))
            pages = [page.extract_text() for page in reader.pages]
            return "\n".join([str(reader.metadata), *pages])
    return content.decode("utf-8", "replace")


def found(answer: TestResponse) -> set[str]:
    """Give the planted strings in an answer: its headers, and its body unpacked."""
    return set(SIGN.findall(unquote(f"{answer.headers}\n{unpacked(answer.data)}")))
