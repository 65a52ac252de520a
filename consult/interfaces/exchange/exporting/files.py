"""Exporting a round as a file of data: JSON Lines, one JSON object, CSV, XLSX or ODS.

All are written as they go; none is held in memory.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.consultation.rounds.models import Round
from consult.foundation.core import csv_files
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.languages import LANGUAGES, pick
from consult.foundation.core.people import Actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.checkpoints import latest_checkpoint
from consult.interfaces.exchange.exporting.columns import CSV_HEADER
from consult.interfaces.exchange.exporting.lines import (
    Export,
    comments,
    participants,
    proposals,
    round_language,
    round_line,
    themes,
    totals,
)
from consult.interfaces.exchange.exporting.ods import write_ods
from consult.interfaces.exchange.exporting.outcomes import (
    decisions,
    positions,
    responses,
    theme_changes,
)
from consult.interfaces.exchange.exporting.record_lines import record_lines
from consult.interfaces.exchange.exporting.tables import csv_rows
from consult.interfaces.exchange.exporting.xlsx import write_xlsx
from consult.interfaces.exchange.format.lines import Line
from consult.interfaces.exchange.format.schema import NEWEST
from consult.interfaces.exchange.format.writing import as_json, as_object, written
from consult.interfaces.exchange.importing.imported import imported_round
from consult.people.publisher.current import read_publisher

PIECE = 64 * 1024
"""Bytes that a file is handed over by."""
ExportWriter = Callable[[Export], Iterator[bytes]]


def find_round(actor: Actor, name: str, now: datetime, *, complete: bool) -> Round:
    """Find a round by its slug, or by the id that its source gave it.

    NotFound if there is none, or if the actor may not read it; a complete export is not for a
    reader but for the platform and for organisers, and asks for that right.
    """
    round_ = db.session.scalar(select(Round).where(Round.slug == name)) or imported_round(name)
    if round_ is None:
        raise NotFound(
            _l('There is no round "%(name)s".', name=name), _l("See: flask consult list-rounds")
        )
    ensure(actor, Action.ROUND_EXPORT_COMPLETE if complete else Action.ROUND_READ, round_, now)
    return round_


def export_of(
    round_: Round, now: datetime, *, complete: bool = False, language: str | None = None
) -> Export:
    """Say what is exported of a round, and what the file tells of itself.

    Sentences are in a language of the interface: the one that is wanted, or that of the round.
    """
    address = f"{current_app.config['BASE_URL']}/nl/rounds/{round_.slug}"
    own = round_language(round_)
    wanted = language or (own if own in LANGUAGES else LANGUAGES[0])
    return Export(
        round_,
        complete=complete,
        origin=f"Consult {address}",
        address=address,
        licence=current_app.config["LICENCE"],
        language=wanted,
        made_at=now,
        publisher=pick(read_publisher().name, wanted)[0] or "Consult",
    )


def lines_of(export: Export) -> Iterator[Line]:
    """Yield all lines of an export, in the order in which an import wants them."""
    yield round_line(export)
    yield from participants(export)
    yield from themes(export)
    yield from (line for line, _ in proposals(export))
    yield from comments(export)
    yield from positions(export)
    yield from decisions(export)
    yield from responses(export)
    yield from theme_changes(export)


def jsonl(export: Export) -> Iterator[str]:
    """Write a round in the interchange format."""
    for line in lines_of(export):
        yield as_json(line) + "\n"
    if not export.complete:
        licence = {"licence": export.licence} if export.licence else {}
        yield written({"type": "totals", **totals(export), **licence}) + "\n"
    yield from record_lines(export)


def json_object(export: Export) -> Iterator[str]:
    """Write a round as one JSON object, with a list for each type of line."""
    lists: dict[str, Iterator[Line]] = {
        "participants": participants(export),
        "themes": themes(export),
        "proposals": (line for line, _ in proposals(export)),
        "comments": comments(export),
        "positions": positions(export),
        "decisions": decisions(export),
        "responses": responses(export),
        "theme_changes": theme_changes(export),
    }
    licence = (
        f',"licence":{json.dumps(export.granted, ensure_ascii=False)}' if export.granted else ""
    )
    yield f'{{"format":"consult-round","version":{NEWEST}{licence},'
    yield f'"round":{_item(round_line(export))}'
    for name, lines in lists.items():
        yield f',\n"{name}":['
        separator = "\n"
        for line in lines:
            yield separator + _item(line)
            separator = ",\n"
        yield "]"
    if not export.complete:
        yield f',\n"totals":{written(totals(export))}'
    yield f',\n"checkpoint":{json.dumps(latest_checkpoint(), ensure_ascii=False)}}}\n'


def _item(line: Line) -> str:
    content = as_object(line)
    del content["type"]
    return written(content)


def csv_table(export: Export) -> Iterator[str]:
    """Write the contributions of a round as CSV: a row for each proposal and comment."""
    rows = ([row.get(name) for name in CSV_HEADER] for row in csv_rows(export))
    return csv_files.written(chain([CSV_HEADER], rows))


def _as_bytes(write: Callable[[Export], Iterator[str]]) -> ExportWriter:
    return lambda export: (part.encode() for part in write(export))


def by_a_file(write: Callable[[Path], None]) -> Iterator[bytes]:
    """Yield the pieces of a file that is made whole before its first byte leaves.

    So nobody is handed half a file, and a zip can say at the front of each part how long it is.
    """
    with tempfile.TemporaryDirectory(prefix="consult-export-") as folder:
        path = Path(folder) / "round"
        write(path)
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


FORMATS: dict[str, ExportWriter] = {
    "jsonl": _as_bytes(jsonl),
    "json": _as_bytes(json_object),
    "csv": _as_bytes(csv_table),
    "xlsx": lambda export: by_a_file(partial(write_xlsx, export)),
    "ods": lambda export: by_a_file(partial(write_ods, export)),
}
"""The formats that the data of a round is exported in, by name."""
