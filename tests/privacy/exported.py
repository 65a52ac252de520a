"""An export of somebody of the cast, made and opened, for the tests."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app

from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person
from consult.people.privacy.exports import ask_export, make_export
from consult.people.privacy.models import DataExport
from tests.cast import person
from tests.stored_files import path_of_key


@dataclass
class Opened:
    """What is in the archive."""

    row: DataExport
    content: dict[str, Any]
    page: str
    names: list[str]
    archive: bytes

    @property
    def parts(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = self.content["parts"]
        return found


def export_of(name: str, now: datetime, language: str = "nl") -> Opened:
    """Ask for an export as somebody of the cast, let the job make it, and open it."""
    return export_for(person(name), now, language)


def export_for(who: Person, now: datetime, language: str = "nl") -> Opened:
    """Ask for an export as a person, let the job make it, and open it."""
    with current_app.test_request_context():
        with unit_of_work():
            asked = ask_export(who, language, now)
        make_export({"export": asked.id}, now)
    return opened(asked)


def opened(row: DataExport) -> Opened:
    """Open an export that was made."""
    archive = path_of_key(row.stored_as).read_bytes()
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        return Opened(
            row=row,
            content=json.loads(packed.read("my-data.json")),
            page=packed.read("my-data.html").decode(),
            names=packed.namelist(),
            archive=archive,
        )
