"""Opening entries of the public log: what of an event is public now (docs/record-format.md, 5)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import contains_eager

from consult.consultation.comments.models import Comment
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import Base, db
from consult.foundation.record.digests import OpenedField, canonical, field_digest
from consult.foundation.record.models import Event, EventDetail, Leaf, Log
from consult.foundation.record.proofs import prover_of
from consult.foundation.record.rows import ROW, RecordedTable, recorded_tables, table_recorded
from consult.foundation.record.services import event_body
from consult.foundation.record.tiles import WIDTH
from consult.interfaces.verification.openness import PARENTS, Openness, openness_of

VERBS = frozenset(
    f"{subject}.{verb}"
    for subject, verbs in {
        "publisher": ("changed",),
        "plan": ("made", "created", "changed"),
        "theme": ("added", "changed", "moved", "put_forward", "changed_after_round",
                  "added_after_round", "removed_after_round"),
        "round": ("announced", "changed", "date_moved", "cancelled", "answered", "imported"),
        "proposal": ("submitted", "revised", "published", "hidden", "restored", "admitted",
                     "withdrawn", "imported", "attributed", "redacted", "redaction_taken_back"),
        "comment": ("added", "revised", "published", "hidden", "restored", "admitted",
                    "withdrawn", "imported", "redacted", "redaction_taken_back"),
        "response": ("published", "corrected", "imported"),
        "theme_change": ("imported",),
        "commitment": ("published", "changed"),
        "summary": ("published", "saved"),
        "version": ("frozen", "left_out", "put_back"),
    }.items()
    for verb in verbs
)  # fmt: skip
"""What was done in public, or to something that is public since."""

_ONCE_PUBLISHED = frozenset({"commitment.changed", "summary.saved"})
"""Done in public only after the thing itself was published: before, it is the work of the desk."""

_SAID: Mapping[str, tuple[str, ...]] = {"version.frozen": ("said.digest", "said.number")}
"""What was said and is public for good, by verb; all else that is opened is what rows say."""


class OpenedEvent(TypedDict):
    """What opens the digest of an event, and of those of its fields that are public."""

    event: dict[str, object]
    fields: dict[str, OpenedField]
    salt: str


class PublicRows:
    """What the public gets now of the rows that some events speak of."""

    def __init__(self, events: Iterable[Event], now: datetime) -> None:
        self._now = now
        self._rows = _read(
            {name for event in events for name in (_subject(event), *_rows_of(event))}
        )
        rows = [row for _, row in self._rows.values()]
        self._parents = list(_parents_of(rows))
        self._discussed = _discussed_in(rows)
        self._judged: dict[str, Openness] = {}

    def openness(self, name: str) -> Openness:
        """Return how much of a row the public gets; nothing of one that is gone."""
        if name not in self._judged:
            found = self._rows.get(name)
            self._judged[name] = self._judge(found[1]) if found else Openness.CLOSED
        return self._judged[name]

    def _judge(self, row: Base) -> Openness:
        judged = openness_of(row, self._now)
        if not isinstance(row, Comment):
            return judged
        about = self._discussed.get(row.thread_id)
        return min(judged, openness_of(about, self._now)) if about else Openness.CLOSED

    def was_public(self, name: str, at: datetime) -> bool:
        """Whether a row had been published by a moment; for rows that say when they were."""
        published = getattr(self._rows[name][1], "published_at", None)
        return published is not None and published <= at

    def says(self, name: str) -> dict[str, object]:
        """Return what a row says now in its public fields, by the names of the fields."""
        table, row = self._rows[name]
        said = table.says(row)
        return {field: said[field] for field in said if field.rsplit(".", 1)[1] in table.public}


def _read(names: Iterable[str]) -> dict[str, tuple[RecordedTable, Base]]:
    """Read rows by the names that fields give them, each table once."""
    keys: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for name in names:
        _, named, key = name.split(".")
        keys[named].append(tuple(int(part) for part in key.split("-")))
    found: dict[str, tuple[RecordedTable, Base]] = {}
    for table in recorded_tables():
        if table.name in keys:
            wanted = tuple_(*table.keys).in_(keys[table.name])
            for row in db.session.scalars(select(table.mapper.class_).where(wanted)):
                found[table.row_name(row)] = (table, row)
    return found


def _parents_of(rows: Sequence[Base]) -> Iterator[Base]:
    """Read what rows are judged by, each table once; whoever holds it spares a statement a row."""
    for column, model in PARENTS.items():
        ids = {getattr(row, column) for row in rows if hasattr(row, column)} - {None}
        if ids:
            key = table_recorded(model).keys[0]
            yield from db.session.scalars(select(model).where(key.in_(ids)))


def _discussed_in(rows: Sequence[Base]) -> dict[int | None, Proposal]:
    """Return the proposals on which these comments are, by their threads."""
    threads = {row.thread_id for row in rows if isinstance(row, Comment)}
    found = select(Proposal).where(Proposal.thread_id.in_(threads))
    return {one.thread_id: one for one in db.session.scalars(found)} if threads else {}


def _subject(event: Event) -> str:
    return f"{ROW}{event.subject_type}.{event.subject_id}"


def _rows_of(event: Event) -> set[str]:
    return {".".join(name.split(".")[:3]) for name in event.fields if name.startswith(ROW)}


def opened_event(event: Event, rows: PublicRows) -> OpenedEvent | None:
    """Return an event with what is public of it now; None where it stays closed as a whole."""
    detail, subject, named = event.detail, _subject(event), _rows_of(event)
    if event.verb not in VERBS or detail.erased_at is not None:
        return None
    if any(rows.openness(name) is Openness.CLOSED for name in {subject, *named}):
        return None
    if event.verb in _ONCE_PUBLISHED and not rows.was_public(subject, event.at):
        return None
    shown = {
        name: value
        for row in named
        if rows.openness(row) is Openness.SHOWN
        for name, value in rows.says(row).items()
    }
    said = {name: detail.content.get(name[5:]) for name in _SAID.get(event.verb, ())}
    return {
        "event": event_body(event),
        "fields": _opened_fields(detail, {**shown, **said}),
        "salt": detail.salt,
    }


def _opened_fields(detail: EventDetail, values: Mapping[str, object]) -> dict[str, OpenedField]:
    """Open the fields in which the event binds these very values."""
    digests = detail.event.fields
    return {
        name: {"salt": salt, "value": value}
        for name, value in values.items()
        if name in digests
        and (salt := detail.salts.get(name))
        and field_digest(salt, value) == digests[name]
    }


def opened_bundle(log: Log, number: int, now: datetime) -> bytes | None:
    """Return what of the entries of a bundle is public now, as JSON Lines; maybe nothing.

    None where no checkpoint covers the first entry of the bundle.
    """
    first, prover = log.first + number * WIDTH, prover_of(log)
    if prover is None or prover.index(first) is None:
        return None
    found = openable_events(Leaf.position >= first, Leaf.position < first + WIDTH)
    rows = PublicRows([event for _, event in found], now)
    lines = []
    for position, event in found:
        index = prover.index(position)
        opened = opened_event(event, rows)
        if opened is not None and index is not None:
            lines.append(canonical({"index": index, **opened}) + b"\n")
    return b"".join(lines)


def openable_events(*which: ColumnElement[bool]) -> Sequence[tuple[int, Event]]:
    """Return those of some events that may be opened, in the order of their places in the log."""
    statement = (
        select(Leaf.position, Event)
        .join(Event, Event.id == Leaf.event_id)
        .join(Event.detail)
        .options(contains_eager(Event.detail))
        .where(*which, Event.verb.in_(VERBS), EventDetail.erased_at.is_(None))
        .order_by(Leaf.position)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]
