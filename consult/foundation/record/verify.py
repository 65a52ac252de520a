"""Verifying the record: events with what opens them, the log, and the living tables with both.

Reads in batches, and keeps what it must remember of each event in a file that goes afterwards: its
memory does not grow with the record.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import select, tuple_

from consult.foundation.core.db import db
from consult.foundation.record.carrying import rows_wait
from consult.foundation.record.checkpoints import origin_of
from consult.foundation.record.digests import field_digest, timestamp
from consult.foundation.record.merkle import GrowingTree, leaf_hash
from consult.foundation.record.models import Event, EventDetail, Leaf, Log, Receipt
from consult.foundation.record.notes import TreeHead
from consult.foundation.record.rows import ROW, RecordedTable, recorded_tables
from consult.foundation.record.services import BEGUN_AGAIN, CARRIED, RECEIPT, entry, fields_of

BATCH = 1000
ERASED = "record.erased"


@dataclass
class Verdict:
    """What was checked, and every fault found, as sentences."""

    events: int = 0
    leaves: int = 0
    receipts: int = 0
    erased: int = 0
    rows: int = 0
    checkpoints: int = 0
    faults: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    """What is known to be lost: nothing is hidden by it, and the record is not what it was."""

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong."""
        return not self.faults


class _Memory:
    """What events said of rows and of fields that were emptied, kept in a file."""

    def __init__(self, path: str) -> None:
        self.kept = sqlite3.connect(path)
        self.kept.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE last (row TEXT PRIMARY KEY, event INTEGER) WITHOUT ROWID;"
            "CREATE TABLE said (event INTEGER, row TEXT, field TEXT, digest TEXT, salt TEXT,"
            " PRIMARY KEY (event, field)) WITHOUT ROWID;"
            "CREATE TABLE empty (event INTEGER, field TEXT, PRIMARY KEY (event, field));"
            "CREATE TABLE erased (event INTEGER, field TEXT, PRIMARY KEY (event, field));"
        )

    def says(self, event: Event, name: str, salt: str | None) -> None:
        """Note that an event says what a row says; it takes the place of what was said before."""
        row = ".".join(name.split(".")[:3])
        before = self.kept.execute("SELECT event FROM last WHERE row = ?", (row,)).fetchone()
        if before is None or before[0] != event.id:
            if before is not None:
                self.kept.execute("DELETE FROM said WHERE event = ? AND row = ?", (*before, row))
            self.kept.execute("INSERT OR REPLACE INTO last VALUES (?, ?)", (row, event.id))
        self.kept.execute(
            "INSERT INTO said VALUES (?, ?, ?, ?, ?)",
            (event.id, row, name, event.fields[name], salt),
        )

    def note(self, table: str, event: int, names: Iterable[str]) -> None:
        """Note fields of an event that are `empty`, or that an event says were `erased`."""
        rows = [(event, name) for name in names]
        self.kept.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", rows)  # noqa: S608

    def row(self, row: str) -> tuple[int, dict[str, tuple[str, str | None]]] | None:
        """Return the last event about a row, and digest and salt of each field; None if none."""
        found = self.kept.execute("SELECT event FROM last WHERE row = ?", (row,)).fetchone()
        if found is None:
            return None
        said = self.kept.execute(
            "SELECT field, digest, salt FROM said WHERE event = ? AND row = ?", (*found, row)
        )
        return found[0], {name: (digest, salt) for name, digest, salt in said}

    def rows_of(self, table: str) -> Iterator[str]:
        """Yield the rows of a table that must be there, as the events say."""
        start = f"{ROW}{table}."
        yield from (
            row
            for (row,) in self.kept.execute(
                "SELECT row FROM last WHERE row >= ? AND row < ? AND NOT EXISTS"
                " (SELECT 1 FROM said WHERE said.event = last.event AND said.field = last.row)",
                (start, start[:-1] + "/"),
            )
        )

    def emptied_without_a_word(self) -> Iterator[tuple[int, str]]:
        """Yield the fields that are empty although no event says that they were erased."""
        yield from self.kept.execute(
            "SELECT event, field FROM empty EXCEPT SELECT event, field FROM erased"
        )


def _events() -> Iterator[tuple[Event, EventDetail | None, Leaf | None, Receipt | None]]:
    last = 0
    while True:
        statement = (
            select(Event, EventDetail, Leaf, Receipt)
            .outerjoin(EventDetail, EventDetail.event_id == Event.id)
            .outerjoin(Leaf, Leaf.event_id == Event.id)
            .outerjoin(Receipt, Receipt.event_id == Event.id)
            .where(Event.id > last)
            .order_by(Event.id)
            .limit(BATCH)
            .execution_options(populate_existing=True)
        )
        rows = [(row[0], row[1], row[2], row[3]) for row in db.session.execute(statement)]
        if not rows:
            return
        yield from rows
        last = rows[-1][0].id


def _places() -> Iterator[tuple[int, str]]:
    """Yield the places of the log with their digests, read some at a time."""
    last = -1
    while True:
        statement = (
            select(Leaf.position, Leaf.digest)
            .where(Leaf.position > last)
            .order_by(Leaf.position)
            .limit(BATCH)
        )
        rows = db.session.execute(statement).all()
        if not rows:
            return
        yield from ((row[0], row[1]) for row in rows)
        last = rows[-1][0]


class _Verification:
    """One run over the record and the tables."""

    def __init__(self, memory: _Memory) -> None:
        self.memory = memory
        self.verdict = Verdict()
        self.rows_wait = rows_wait()
        self.sizes: dict[int, int] = {}

    def fault(self, sentence: str) -> None:
        self.verdict.faults.append(sentence)

    def check_event(
        self,
        event: Event,
        detail: EventDetail | None,
        leaf: Leaf | None,
        receipt: Receipt | None,
    ) -> None:
        self.verdict.events += 1
        self._check_leaf(event, leaf)
        self._check_receipt(event, detail, receipt)
        if detail is None:
            self.fault(f"{_named(event)}: its detail row is missing.")
            return
        if detail.erased_at is not None:
            self.verdict.erased += 1
        self._check_fields(event, detail)
        if event.verb == ERASED and isinstance(names := detail.content.get("fields"), list):
            self.memory.note("erased", event.subject_id, [str(name) for name in names])

    def _check_leaf(self, event: Event, leaf: Leaf | None) -> None:
        if leaf is None:
            return
        self.verdict.leaves += 1
        if event.detail is not None and leaf.digest != leaf_hash(entry(event)).hex():
            self.fault(f"{_named(event)}: it is not what its place in the log ({leaf.position}) "
                       "says.")  # fmt: skip

    def _check_fields(self, event: Event, detail: EventDetail) -> None:
        said = fields_of(detail.actor_id, detail.content, detail.reason)
        if detail.carried is not None:
            said[CARRIED] = detail.carried
        for name, value in said.items():
            salt, digest = detail.salts.get(name), event.fields.get(name)
            if salt is None or digest is None or field_digest(salt, value) != digest:
                self.fault(f"{_named(event)}: “{name}” is not what the event binds.")
        for name in event.fields:
            salt = detail.salts.get(name)
            if salt is None:
                self.memory.note("empty", event.id, [name])
            elif name not in said and not name.startswith(ROW) and name != RECEIPT:
                self.fault(f"{_named(event)}: “{name}” is missing.")
            if name.startswith(ROW):
                self.memory.says(event, name, salt)

    def _check_receipt(
        self, event: Event, detail: EventDetail | None, receipt: Receipt | None
    ) -> None:
        digest = event.fields.get(RECEIPT)
        if receipt is None:
            if digest is not None:
                self.fault(f"{_named(event)}: its receipt is missing.")
            return
        self.verdict.receipts += 1
        salt = detail.salts.get(RECEIPT) if detail else None
        if digest is None or salt is None or field_digest(salt, receipt.code) != digest:
            self.fault(f"Receipt {receipt.code}: it is not the one that {_named(event)} bound.")
        elif receipt.issued_at != event.at or (
            detail and receipt.person_id not in {None, detail.actor_id}
        ):
            self.fault(f"Receipt {receipt.code}: its day or its holder is not that of the event.")

    def check_log(self, heads: Iterable[TreeHead]) -> None:
        """Check that the places of the logs follow one another, and lead to these checkpoints."""
        logs = list(db.session.scalars(select(Log).order_by(Log.id)))
        waiting = sorted(heads, key=lambda head: head.size)
        places = _places()
        for log, after in zip_longest(logs, logs[1:]):
            ours = [head for head in waiting if head.origin == origin_of(log, log.id)]
            last = after.first if after else None
            if not self._check_one_log(log, last, places, ours):
                return
            if ours:
                self._check_lost(log, after, ours[-1])

    def _check_one_log(
        self, log: Log, last: int | None, places: Iterator[tuple[int, str]], heads: list[TreeHead]
    ) -> bool:
        """Check one log up to the place where the next begins; false where a place is missing."""
        tree = GrowingTree()
        self._check_heads(tree, heads)
        while last is None or log.first + tree.size < last:
            expected = log.first + tree.size
            position, digest = next(places, (None, ""))
            if position is None and last is None:
                break
            if position != expected:
                self.fault(f"The log: place {expected} is missing.")
                return False
            tree.add(bytes.fromhex(digest))
            self._check_heads(tree, heads)
        self.sizes[log.id] = tree.size
        return True

    def _check_lost(self, log: Log, after: Log | None, head: TreeHead) -> None:
        """Say what a log lost: a fault, unless an event says that a new one began after it."""
        lost = head.size - self.sizes[log.id]
        said = f"{head.origin} has {self.sizes[log.id]} entries, and a checkpoint is of {head.size}"
        if after is None:
            self.fault(f"The log: {said}: {lost} are lost.")
            return
        begun = select(Event.id).where(
            Event.verb == BEGUN_AGAIN, Event.subject_type == "log", Event.subject_id == after.id
        )
        if db.session.scalar(begun) is None:
            self.fault(f"The log: {said}, and no event says that a new log began.")
        else:
            when = f"{after.began_at:%Y-%m-%d %H:%M} UTC"
            self.verdict.losses.append(f"{said}: {lost} were lost, and a new log began on {when}.")

    def _check_heads(self, tree: GrowingTree, waiting: list[TreeHead]) -> None:
        """Compare the tree with the checkpoints of its size, and let them go."""
        while waiting and waiting[0].size == tree.size:
            self.verdict.checkpoints += 1
            head = waiting.pop(0)
            if head.root != tree.root:
                self.fault(
                    f"The log: its first {head.size} entries are not those of the checkpoint."
                )

    def check_table(self, table: RecordedTable) -> None:
        """Check that the rows of a table say what the last event about each binds."""
        seen = 0
        for row in _rows(table):
            name = table.row_name(row)
            last = self.memory.row(name)
            if last is None:
                if table.holds(row) and not self.rows_wait:
                    self.fault(f"{_row_named(name)}: no event speaks of it.")
                continue
            seen += 1
            self.verdict.rows += 1
            self._check_row(table, row, name, *last)
        self._check_missing(table)

    def _check_row(
        self,
        table: RecordedTable,
        row: object,
        name: str,
        event: int,
        said: dict[str, tuple[str, str | None]],
    ) -> None:
        if name in said:
            self.fault(f"{_row_named(name)}: it was deleted (event {event}) and is there.")
            return
        says = table.says(row)
        for part, value in says.items():
            digest, salt = said.get(part, (None, None))
            if digest is None:
                continue  # a column that is newer than the event
            if salt is None or field_digest(salt, value) != digest:
                column = part.rsplit(".", 1)[1]
                self.fault(
                    f"{_row_named(name)}: “{column}” is not what the record holds since event "
                    f"{event} ({_when(event)})."
                )

    def _check_missing(self, table: RecordedTable) -> None:
        wanted = self.memory.rows_of(table.name)
        while batch := [row for _, row in zip(range(BATCH), wanted, strict=False)]:
            there = _keys_there(table, batch)
            for row in batch:
                if row not in there:
                    self.fault(f"{_row_named(row)}: it is gone, and no event deleted it.")


def _named(event: Event) -> str:
    return f"Event {event.id} ({event.verb}, {timestamp(event.at)})"


def _row_named(name: str) -> str:
    _, table, key = name.split(".")
    return f"Row {key} of {table}"


def _when(event: int) -> str:
    at: datetime | None = db.session.scalar(select(Event.at).where(Event.id == event))
    return timestamp(at) if at else "missing"


def _key(row: str) -> tuple[int, ...]:
    return tuple(int(part) for part in row.rsplit(".", 1)[1].split("-"))


def _rows(table: RecordedTable) -> Iterator[object]:
    last: tuple[Any, ...] | None = None
    while True:
        statement = select(*table.columns).order_by(*table.keys).limit(BATCH)
        if last is not None:
            statement = statement.where(tuple_(*table.keys) > last)
        rows = db.session.execute(statement).all()
        if not rows:
            return
        last = tuple(getattr(rows[-1], one.key) for one in table.keys)
        yield from rows


def _keys_there(table: RecordedTable, rows: list[str]) -> set[str]:
    keys = table.keys
    found = db.session.execute(select(*keys).where(tuple_(*keys).in_([_key(r) for r in rows])))
    return {f"{ROW}{table.name}." + "-".join(str(part) for part in one) for one in found}


def verify_at_once(
    heads: Iterable[TreeHead] = (), progress: Callable[[int], None] = lambda _events: None
) -> Verdict:
    """Verify everything as it is at one moment (see `verify_record`), while people go on.

    What others store meanwhile is not seen, so that no half of it is taken for a difference.
    """
    db.session.rollback()
    if db.engine.dialect.name != "sqlite":  # which sees one moment by itself
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        return verify_record(heads, progress)
    finally:
        db.session.rollback()


def verify_record(
    heads: Iterable[TreeHead] = (), progress: Callable[[int], None] = lambda _events: None
) -> Verdict:
    """Compare the record with itself, with checkpoints and with the living tables.

    Returns what was found. `heads` are the checkpoints that the log must lead to; `progress` hears
    how many events were read.
    """
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
        memory = _Memory(file.name)
        with closing(memory.kept):
            run = _Verification(memory)
            for one in _events():
                run.check_event(*one)
                if run.verdict.events % BATCH == 0:
                    progress(run.verdict.events)
            for event, name in memory.emptied_without_a_word():
                run.fault(f"Event {event}: “{name}” was emptied, and no event says so.")
            run.check_log(heads)
            for table in recorded_tables():
                run.check_table(table)
    known = select(Event.id)
    orphans = db.session.scalars(select(Receipt.code).where(Receipt.event_id.not_in(known)))
    run.verdict.faults.extend(f"Receipt {code}: its event is missing." for code in orphans)
    return run.verdict
