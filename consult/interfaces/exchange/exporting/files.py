"""Exporting a round as a file: JSON Lines, one JSON object, or CSV. All are written as they go."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.consultation.rounds.models import Round
from consult.foundation.core import csv_files
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.people import Actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.checkpoints import latest_checkpoint
from consult.interfaces.exchange.exporting.lines import (
    Export,
    comments,
    participants,
    proposals,
    round_line,
    themes,
    totals,
)
from consult.interfaces.exchange.exporting.outcomes import decisions, positions, responses
from consult.interfaces.exchange.exporting.record_lines import record_lines
from consult.interfaces.exchange.format.lines import Line
from consult.interfaces.exchange.format.schema import NEWEST
from consult.interfaces.exchange.format.writing import as_json, as_object, written
from consult.interfaces.exchange.importing.imported import imported_round

COLUMNS = (
    "kind",
    "id",
    "number",
    "proposal",
    "parent",
    "author",
    "organisation",
    "theme",
    "language",
    "status",
    "created_at",
    "title",
    "body",
    "comments",
    "support",
    "neutral",
    "object",
    "pass",
    "outcome",
)

Writer = Callable[[Export], Iterator[str]]


def find_round(actor: Actor, name: str, now: datetime, *, complete: bool) -> Round:
    """Find a round by its slug, or by the id that its source gave it.

    NotFound if there is none, or if the actor may not read it; a complete export is not for a
    reader but for the platform, and asks for that right.
    """
    round_ = db.session.scalar(select(Round).where(Round.slug == name)) or imported_round(name)
    if round_ is None:
        raise NotFound(
            _l('There is no round "%(name)s".', name=name), _l("See: flask consult list-rounds")
        )
    ensure(actor, Action.PLATFORM_ADMINISTER if complete else Action.ROUND_READ, round_, now)
    return round_


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


def jsonl(export: Export) -> Iterator[str]:
    """Write a round in the interchange format."""
    for line in lines_of(export):
        yield as_json(line) + "\n"
    if not export.complete:
        yield written({"type": "totals", **totals(export)}) + "\n"
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
    }
    yield f'{{"format":"consult-round","version":{NEWEST},"round":{_item(round_line(export))}'
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
    rows = ([row.get(name) for name in COLUMNS] for row in _table_rows(export))
    return csv_files.written(chain([COLUMNS], rows))


def _table_rows(export: Export) -> Iterator[dict[str, object]]:
    for line, row in proposals(export):
        texts = [line.body or "", *(line.fields or {}).values()]
        yield {
            "kind": "proposal",
            "id": line.id,
            "number": row.number,
            "author": line.author,
            "organisation": line.organisation,
            "theme": line.theme,
            "language": line.language,
            "status": line.status,
            "created_at": line.created_at.isoformat(),
            "title": line.title,
            "body": "\n\n".join(filter(None, texts)),
            "comments": row.comment_count,
            "support": row.support_count,
            "neutral": row.neutral_count,
            "object": row.object_count,
            "pass": row.pass_count,
            "outcome": row.outcome,
        }
    for comment in comments(export):
        yield {
            "kind": comment.kind,
            "id": comment.id,
            "proposal": comment.proposal,
            "parent": comment.parent,
            "author": comment.author,
            "status": comment.status,
            "created_at": comment.created_at.isoformat(),
            "body": comment.body,
        }


FORMATS: dict[str, Writer] = {"jsonl": jsonl, "json": json_object, "csv": csv_table}
"""The formats that a round is exported in, by name."""
