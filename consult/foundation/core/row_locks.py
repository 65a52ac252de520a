"""Holding rows still: locked and read anew, so that what is decided from them stays true.

Of two people who act on the same thing at once, the second waits until the first is done, and then
reads what became of it. See docs/decisions/0022.
"""

from sqlalchemy import inspect, select

from consult.foundation.core.db import LOCKED_ROWS, Base, db
from consult.foundation.core.errors import Clash


def number_of(row: Base) -> int:
    """Return the number by which a stored row is known."""
    (number,) = inspect(row).mapper.primary_key_from_instance(row)
    return int(number)


def lock_rows(*rows: Base, shared: bool = False) -> None:
    """Lock rows of one table until the end of the transaction, and read them anew; once is enough.

    Rows that refer to them can still be added (PostgreSQL: FOR NO KEY UPDATE; SQLite has one
    writer at a time). `shared` is for who only reads them (FOR SHARE): many can hold them so at
    once, and nobody changes them meanwhile. Who will change a row must not hold it so before: two
    who do would wait for each other. Raises Clash where one of them is gone.
    """
    held: dict[object, bool] = db.session.info.setdefault(LOCKED_ROWS, {})
    stored = [row for row in rows if inspect(row).persistent]
    wanted = {
        key: row
        for row in stored
        if (key := inspect(row).key) not in held or (held[key] and not shared)
    }
    if not wanted:
        return
    mapper = inspect(stored[0]).mapper  # not its type: who is signed in comes as a proxy
    model, (number,) = mapper.class_, mapper.primary_key
    # In the order of their numbers, so that two who want the same rows do not wait for each other.
    found = db.session.scalars(
        select(model)
        .where(number.in_([number_of(row) for row in wanted.values()]))
        .order_by(number)
        .with_for_update(read=shared, key_share=not shared, of=model)
        .execution_options(populate_existing=True)
    )
    if len(found.unique().all()) < len(wanted):
        raise Clash
    held.update(dict.fromkeys(wanted, shared))


def is_locked(row: Base) -> bool:
    """Whether the present transaction holds a row, and has read it anew."""
    return inspect(row).key in db.session.info.get(LOCKED_ROWS, {})
