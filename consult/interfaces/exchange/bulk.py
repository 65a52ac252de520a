"""Storing many rows at once: numbers for them, short transactions, and room for others."""

import time
from collections.abc import Mapping, Sequence

from sqlalchemy import func, insert, select, text

from consult.foundation.core.db import Base, db, table_of

BREATH = 0.11
"""Seconds between two transactions on SQLite.

A writer who finds the database locked looks again at least every 100 ms; without this pause the
import would take the lock back each time before he looks.
"""


def take_ids(model: type[Base], count: int) -> Sequence[int]:
    """Take free numbers for rows of a model, in rising order.

    To be called in a unit of work: on SQLite its lock keeps others from taking the same ones.
    """
    table = table_of(model)
    if db.session.get_bind().dialect.name == "sqlite":
        highest = db.session.scalar(select(func.max(table.c.id))) or 0
        return range(highest + 1, highest + 1 + count)
    statement = text(
        "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
    )
    taken = db.session.scalars(statement, {"name": f'"{table.name}"', "count": count})
    return sorted(taken)


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all have the same keys; defaults of columns are filled in."""
    if rows:
        db.session.execute(insert(table_of(model)), rows)


def let_others_write() -> None:
    """Wait a moment between two transactions where only one can write at a time."""
    if db.engine.dialect.name == "sqlite":
        time.sleep(BREATH)
