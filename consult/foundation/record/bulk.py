"""Recording many acts of one kind at once, as an import does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select

from consult.foundation.core.db import Base, db, random_id, table_of
from consult.foundation.core.people import Actor
from consult.foundation.record.digests import new_salt
from consult.foundation.record.models import Event, EventDetail
from consult.foundation.record.rows import table_recorded, take_changed
from consult.foundation.record.services import digests_of, fields_of

StoredRow = tuple[type[Base], int]
"""A row of a table: its model and its number."""


@dataclass(frozen=True)
class BulkEvent:
    """One act: its verb, what it was done to, what was said, and the rows that it stored."""

    verb: str
    subject_type: str
    subject_id: int
    content: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""
    rows: Sequence[StoredRow] = ()


def record_all(
    actor: Actor,
    entries: Sequence[BulkEvent],
    now: datetime,
    *,
    ids: Sequence[int],
    plan_id: int | None = None,
    round_id: int | None = None,
) -> None:
    """Record acts of one actor in one round; `ids` are free numbers for the events.

    The same as `record` for each, in two statements and one for each table of their rows. What
    else changed in this transaction goes with the first.
    """
    if not entries:
        return
    said = _what_they_say([row for entry in entries for row in entry.rows])
    changed = take_changed()
    events: list[dict[str, object]] = []
    details: list[dict[str, object]] = []
    where = {"plan_id": plan_id, "round_id": round_id, "at": now}
    for id_, entry in zip(ids, entries, strict=True):
        rows, changed = changed, {}
        for row in entry.rows:
            rows |= said[row]
        digests, salts = digests_of(fields_of(actor.actor_id, entry.content, entry.reason) | rows)
        events.append({"id": id_, **where, **_named(entry), "fields": digests})
        details.append(
            {
                "event_id": id_,
                "actor_id": actor.actor_id,
                "content": dict(entry.content),
                "reason": entry.reason,
                "salts": salts,
                "salt": new_salt(),
            }
        )
    db.session.execute(insert(table_of(Event)), events)
    db.session.execute(insert(table_of(EventDetail)), details)


def _named(entry: BulkEvent) -> dict[str, object]:
    return {
        "public_id": random_id(),
        "verb": entry.verb,
        "subject_type": entry.subject_type,
        "subject_id": entry.subject_id,
    }


def _what_they_say(rows: Sequence[StoredRow]) -> dict[StoredRow, dict[str, object]]:
    ids: dict[type[Base], list[int]] = {}
    for model, id_ in rows:
        ids.setdefault(model, []).append(id_)
    said: dict[StoredRow, dict[str, object]] = {}
    for model, wanted in ids.items():
        table = table_recorded(model)
        [key] = table.keys
        for row in db.session.execute(select(*table.columns).where(key.in_(wanted))):
            said[model, getattr(row, key.key)] = table.says(row)
    return said
