"""Planted strings: a unique one in every column that is not public, and a scanner that finds them.

The columns are found by their labels (core/db), so a new column is in the test by itself.
"""

import hashlib
import io
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from flask import Flask
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from sqlalchemy import JSON, Enum, String, Table, Text, select, update
from werkzeug.test import TestResponse

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Proposal, Stance
from consult.consultation.proposals.positions import take_position
from consult.foundation.core.db import Base, Privacy, db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.models import EventDetail
from consult.people.privacy.incidents import IncidentText, note_incident
from tests.cast import person

SIGN = re.compile(r"zq\d{6}qz")
# The columns that say whose row it is: the person may read it.
OWNERS = (
    "person_id", "author_id", "uploaded_by_id", "kept_by_id", "decided_by_id", "written_by_id"
)  # fmt: skip
# Rows that triggers guard: what is private in them is planted by acts (`by_acts`).
GUARDED = {"event", "incident_version", "position_history", "alembic_version"}

# The code of a receipt is the key to its page, and salts stand in its proof: they stay, so that
# the page is read too (tests/publishing/test_receipts.py tells who sees salts).
KEYS = {
    "receipt.code",
    "event_detail.salt",
    "event_detail.salts",
    "plan_version.salts",
    # Kinds and numbers that a machine wrote, which are read as such.
    "stored_file.suspected",
    "suspected_data.places",
}


@dataclass(frozen=True)
class Plant:
    """Where a string stands, and whose it is."""

    column: str
    label: Privacy
    owner: int | None
    row: int | None = None


def columns() -> list[tuple[Table, Any]]:
    """Return every column of text or JSON that is labelled other than public, with its table."""
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if table.name not in GUARDED
        and f"{table.name}.{column.name}" not in KEYS
        and can_hold_one(column)
    ]


def can_hold_one(column: Any) -> bool:
    """Whether a column is not public, and has room for a string of ours."""
    if column.info.get("privacy") in (None, Privacy.PUBLIC) or column.foreign_keys:
        return False
    if isinstance(column.type, JSON):
        return True
    text = isinstance(column.type, String | Text) and not isinstance(column.type, Enum)
    return text and (column.type.length or 100) >= 12


def by_acts(now: datetime) -> dict[str, Plant]:
    """Plant what triggers guard: an incident, and a position that was changed afterwards."""
    fields = ("what", "whose", "consequences", "measures", "not_reported")
    signs = {f"zq{900000 + n}qz": name for n, name in enumerate(fields)}
    told: dict[str, Any] = {name: sign for sign, name in signs.items()}
    note_incident(person("adi"), IncidentText(**told, discovered_at=now), now)
    planted = {
        sign: Plant(f"incident_version.{name}", Privacy.PRIVATE, None)
        for sign, name in signs.items()
    }
    lotte, before = person("lotte"), "zq910000qz"
    public = db.session.scalars(
        select(Proposal).where(Proposal.state == State.PUBLISHED, Proposal.author_id != lotte.id)
    ).first()
    assert public is not None
    take_position(lotte, public, Stance.OBJECT, before, now)
    take_position(lotte, public, Stance.SUPPORT, "", now)
    label = Privacy.RESTRICTED
    return planted | {before: Plant("position_history.reason", label, lotte.id)}


def _row_of_a_file(row: dict[str, Any], sign: str) -> dict[str, Any]:
    """Return a row of a file with the string in it for whatever somebody typed."""
    typed: dict[str, Any] = {name: sign for name in row if name in {"address", "name"}}
    if "said" in row:
        typed["said"] = dict.fromkeys(row["said"], sign)
    return {**row, **typed}


def _value(column: Any, sign: str, stands: Any) -> Any:
    """Return what is written in a column: the string, or what stood there with it added."""
    if isinstance(stands, list):
        return [_row_of_a_file(row, sign) for row in stands]
    if column.name == "as_typed":
        return {"amount": sign}
    if isinstance(column.type, JSON):
        return {**(stands or {}), "planted": sign, "list": [sign], "inner": {"deep": [sign]}}
    if column.name == "email":
        return f"{sign}@consult.example"
    if column.table.name == "invitation_key" and column.name == "digest":
        # The key whose digest this is; with it the page of the invitation can be opened.
        return hashlib.sha256(sign.encode()).hexdigest()
    return sign


def _owners(table: Table) -> dict[int, int | None]:
    """Return whose what was said in an event is: of whoever said it."""
    if table.name != "event_detail":
        return {}
    owners = select(EventDetail.event_id, EventDetail.actor_id)
    return {row[0]: row[1] for row in db.session.execute(owners)}


def plant(app: Flask) -> dict[str, Plant]:
    """Write a string into every such column of every row and return each with its place."""
    planted: dict[str, Plant] = {}
    with unit_of_work():
        planted |= by_acts(app.config["CLOCK"]())
        for table, column in columns():
            said_by = _owners(table)
            own = next((table.c[name] for name in OWNERS if name in table.c), None)
            own = table.c.id if table.name == "person" else own
            for row in db.session.execute(select(table)).mappings().all():
                sign = f"zq{len(planted) + 1:06d}qz"
                label = Privacy(column.info["privacy"])
                owner = said_by.get(row[table.c.event_id]) if said_by else None
                owner = owner if own is None else row[own]
                planted[sign] = Plant(f"{table.name}.{column.name}", label, owner, row.get("id"))
                value = _value(column, sign, row[column])
                if column.name == "storage_key":
                    files = Path(app.config["STORAGE_URL"].removeprefix("file:"))
                    (files / row[column]).rename(files / sign)
                this = [key == row[key] for key in table.primary_key.columns]
                db.session.execute(update(table).where(*this).values({column: value}))
    db.session.expire_all()
    return planted


def unpacked(content: bytes) -> str:
    """Return all text of a file: of a zip (docx, xlsx, odt, ods) its parts, of a PDF its pages."""
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
    """Return the planted strings in an answer: its headers, and its body unpacked."""
    return set(SIGN.findall(unquote(f"{answer.headers}\n{unpacked(answer.data)}")))
