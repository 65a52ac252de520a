"""The next number in a series: one more than the last, which nobody else gets.

Who numbers a few things, or many in a row, holds the row to which the series belongs
(`next_number`). Where many number at once, each reserves a number for its transaction, and nobody
waits (`reserve_number`). See docs/decisions/0052.
"""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Integer, Select, String, bindparam, func, inspect, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from consult.foundation.core.db import Base, db
from consult.foundation.core.errors import Clash
from consult.foundation.core.row_locks import lock_rows, number_of

AHEAD = 256
"""So many numbers are looked through for one that nobody took: more than write at once."""
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


def reserve_number(number: Numbers, key: InstrumentedAttribute[int], of: int) -> int:
    """Return a number of a series that nobody else gets, without waiting for who takes one too.

    `key` is the column that names the series, and `of` its value: `reserve_number(Proposal.number,
    Proposal.round_id, 3)`. It is one more than the last, past those that others took who are not
    done yet; what one of them rolls back stays a gap. Whoever calls this holds a row, shared, that
    is held alone by who numbers many at once.
    """
    if db.session.connection().dialect.name != "postgresql":
        return (db.session.scalar(_last(number, key), {"of": of}) or 0) + 1
    free, taken = _free(number, key), _taken(number, key)
    while True:
        found = db.session.scalar(free, {"of": of, "series": f"{number} {of}"})
        if found is None:
            raise Clash
        # Who had it may have been done just before we got it: then there is a row with it now.
        if db.session.scalar(taken, {"of": of, "number": found}) is None:
            return found


@cache
def _last(number: Numbers, key: InstrumentedAttribute[int]) -> Select[int | None]:
    return select(func.coalesce(func.max(number), 0)).where(key == bindparam("of"))


@cache
def _free(number: Numbers, key: InstrumentedAttribute[int]) -> Select[int]:
    """Return what looks for a number after the last one that no transaction has, and takes it."""
    last = _last(number, key).scalar_subquery()
    ahead = func.generate_series(last + 1, last + AHEAD, type_=Integer).column_valued("ahead")
    series = func.hashtext(bindparam("series", type_=String))
    return select(ahead).where(func.pg_try_advisory_xact_lock(series, ahead)).limit(1)


@cache
def _taken(number: Numbers, key: InstrumentedAttribute[int]) -> Select[int]:
    return select(literal(1)).where(key == bindparam("of"), number == bindparam("number"))


def next_of_all(number: InstrumentedAttribute[int]) -> int:
    """Return the next number of a series that is the whole table's, from 0; nobody else gets it."""
    table = number.property.columns[0].table
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(table.name))))
    last = db.session.scalar(select(func.max(number)))
    return 0 if last is None else last + 1
