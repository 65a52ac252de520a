"""Recording many acts of one kind at once, as an import does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert

from consult.foundation.core.db import db, random_id, table_of
from consult.foundation.core.people import Actor
from consult.foundation.record.digests import commitment, new_salt
from consult.foundation.record.models import Event, EventDetail


@dataclass(frozen=True)
class BulkEvent:
    """One act: its verb, what it was done to, and what was said."""

    verb: str
    subject_type: str
    subject_id: int
    content: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""


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

    The same as `record` for each, in two statements.
    """
    events: list[dict[str, object]] = []
    details: list[dict[str, object]] = []
    for id_, entry in zip(ids, entries, strict=True):
        salt = new_salt()
        said = dict(entry.content)
        events.append(
            {
                "id": id_,
                "public_id": random_id(),
                "verb": entry.verb,
                "subject_type": entry.subject_type,
                "subject_id": entry.subject_id,
                "plan_id": plan_id,
                "round_id": round_id,
                "actor_id": actor.actor_id,
                "at": now,
                "commitment": commitment(salt, said, entry.reason),
            }
        )
        details.append({"event_id": id_, "salt": salt, "content": said, "reason": entry.reason})
    if events:
        db.session.execute(insert(table_of(Event)), events)
        db.session.execute(insert(table_of(EventDetail)), details)
