"""The next number in a series: one more than the last, taken while nobody else can take one."""

from collections.abc import Mapping

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import InstrumentedAttribute

from consult.foundation.core.db import Base, db
from consult.foundation.core.row_locks import lock_rows, number_of

Numbers = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


def next_number(number: Numbers, within: Base) -> int:
    """Return the next number of the series that belongs to a row; nobody else gets it.

    `number` is the column that is counted on, such as `Meeting.number`, and `within` the row, such
    as the body: who numbers there too waits until we commit.
    """
    (found,) = next_numbers(number, within).values()
    return found


def next_numbers(number: Numbers, *within: Base) -> Mapping[int, int]:
    """Return the next number of each of several series, by the number of the row they belong to.

    The last number is looked up in the index of each series, however long it is: a GROUP BY would
    read all of it, while everybody else waits.
    """
    lock_rows(*within)
    parent = inspect(within[0]).mapper.local_table
    keys = number.property.columns[0].table.foreign_keys
    (key,) = (key for key in keys if key.column.table is parent)
    last = select(func.max(number)).where(key.parent == key.column).correlate(parent)
    ids = [number_of(row) for row in within]
    rows = db.session.execute(select(key.column, last.scalar_subquery()).where(key.column.in_(ids)))
    return {row[0]: (row[1] or 0) + 1 for row in rows}


def next_of_all(number: InstrumentedAttribute[int]) -> int:
    """Return the next number of a series that is the whole table's, from 0; nobody else gets it."""
    table = number.property.columns[0].table
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(table.name))))
    last = db.session.scalar(select(func.max(number)))
    return 0 if last is None else last + 1
