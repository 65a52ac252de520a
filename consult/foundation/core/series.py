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
    """Return the next number of each of several series, by the number of the row they belong to."""
    lock_rows(*within)
    parent = inspect(within[0]).mapper.local_table
    keys = number.property.columns[0].table.foreign_keys
    (link,) = (key.parent for key in keys if key.column.table is parent)
    ids = [number_of(row) for row in within]
    rows = db.session.execute(select(link, func.max(number)).where(link.in_(ids)).group_by(link))
    last = {row[0]: row[1] or 0 for row in rows}
    return {id_: last.get(id_, 0) + 1 for id_ in ids}


def next_of_all(number: InstrumentedAttribute[int]) -> int:
    """Return the next number of a series that is the whole table's, from 0; nobody else gets it."""
    table = number.property.columns[0].table
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(table.name))))
    last = db.session.scalar(select(func.max(number)))
    return 0 if last is None else last + 1
