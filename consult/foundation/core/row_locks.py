"""Holding rows still: locked and read anew, so that what is decided from them stays true.

Of two people who act on the same thing at once, the second waits until the first is done, and then
reads what became of it. See docs/decisions/0022.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import set_committed_value

from consult.foundation.core.db import LOCKED_ROWS, Base, db
from consult.foundation.core.errors import Clash


@dataclass(frozen=True)
class _Held:
    """That a row is held."""

    shared: bool
    around: Sequence[object]
    """What was read with it before: a session remembers what somebody still uses, and no more."""


def number_of(row: Base) -> int:
    """Return the number by which a stored row is known."""
    (number,) = inspect(row).mapper.primary_key_from_instance(row)
    return int(number)


def lock_rows(*rows: Base, shared: bool = False) -> None:
    """Lock rows of one table until the end of the transaction, and read them anew; once is enough.

    Rows that refer to them can still be added (PostgreSQL: FOR NO KEY UPDATE; SQLite has one
    writer at a time). `shared` is for who only reads them (FOR SHARE): many can hold them so at
    once, and nobody changes them meanwhile; of what belongs to them nothing is read. Who will
    change a row must not hold it so before: two who do would wait for each other. Raises Clash
    where one of them is gone.
    """
    held: dict[object, _Held] = db.session.info.setdefault(LOCKED_ROWS, {})
    stored = [row for row in rows if inspect(row).persistent]
    wanted = {
        key: row
        for row in stored
        if (key := inspect(row).key) not in held or (held[key].shared and not shared)
    }
    if not wanted:
        return
    mapper = inspect(stored[0]).mapper  # not its type: who is signed in comes as a proxy
    numbered = {number_of(row): row for row in wanted.values()}
    held.update(
        (key, _Held(shared, list(inspect(row).dict.values()))) for key, row in wanted.items()
    )
    found = _read_columns(mapper, numbered) if shared else _read_whole(mapper, numbered)
    if found < len(wanted):
        raise Clash


# In the order of their numbers, so that two who want the same rows do not wait for each other.


def _read_whole(mapper: Mapper[Base], rows: Mapping[int, Base]) -> int:
    """Lock rows and read them anew, with all that belongs to them; return how many there are."""
    model, (number,) = mapper.class_, mapper.primary_key
    found = db.session.scalars(
        select(model)
        .where(number.in_(rows))
        .order_by(number)
        .with_for_update(key_share=True, of=model)
        .execution_options(populate_existing=True)
    )
    return len(found.unique().all())


def _read_columns(mapper: Mapper[Base], rows: Mapping[int, Base]) -> int:
    """Lock rows, shared, and read their columns anew; return how many there are."""
    found = db.session.execute(_columns_of(mapper), {"numbers": list(rows)}).all()
    for id_, *values in found:
        for one, value in zip(mapper.column_attrs, values, strict=True):
            set_committed_value(rows[id_], one.key, value)
    return len(found)


@cache
def _columns_of(mapper: Mapper[Base]) -> Select[*tuple[Any, ...]]:
    model, (number,) = mapper.class_, mapper.primary_key
    return (
        select(number, *(getattr(model, one.key) for one in mapper.column_attrs))
        .where(number.in_(bindparam("numbers", expanding=True)))
        .order_by(number)
        .with_for_update(read=True, of=model)
    )


def is_locked(row: Base) -> bool:
    """Whether the present transaction holds a row, and has read it anew."""
    return inspect(row).key in db.session.info.get(LOCKED_ROWS, {})
