"""Carrying over what is older than the log: events that speak of the rows that were there."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_

from consult.foundation.core.db import Base, db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.models import Log
from consult.foundation.record.queries import present_log
from consult.foundation.record.rows import RecordedTable, note_row, recorded_tables
from consult.foundation.record.services import record

BATCH = 200
CARRIED_OVER = "record.carried_over"


def rows_wait() -> bool:
    """Whether there are rows that are older than the log and that no event speaks of yet."""
    return db.session.scalar(select(Log.id).where(Log.rows_carried_at.is_(None))) is not None


def carry_rows(now: datetime) -> int:
    """Record what the rows say that are older than the log; return how many there were.

    Some at a time, each batch in a transaction of its own. Where it is broken off, it begins again:
    that an event speaks of a row twice does no harm.
    """
    carried = 0
    for table in recorded_tables():
        for keys in _batches(table):
            with unit_of_work():
                carried += _carry(table, keys, now)
    with unit_of_work():
        for log in db.session.scalars(select(Log).where(Log.rows_carried_at.is_(None))):
            log.rows_carried_at = now
    return carried


def _batches(table: RecordedTable) -> Iterator[list[tuple[Any, ...]]]:
    keys = table.keys
    last: tuple[Any, ...] | None = None
    while True:
        statement = select(*keys).order_by(*keys).limit(BATCH)
        if last is not None:
            statement = statement.where(tuple_(*keys) > last)
        found = [tuple(one) for one in db.session.execute(statement)]
        db.session.rollback()
        if not found:
            return
        yield found
        last = found[-1]


def _carry(table: RecordedTable, keys: list[tuple[Any, ...]], now: datetime) -> int:
    model: type[Base] = table.mapper.class_
    held = select(model).where(tuple_(*table.keys).in_(keys)).with_for_update()
    rows = db.session.scalars(held.execution_options(populate_existing=True)).unique().all()
    for row in rows:
        note_row(row)
    log = present_log()
    if log is not None and rows:
        record(SYSTEM, CARRIED_OVER, log, now)
    return len(rows)
