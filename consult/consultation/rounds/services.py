"""Keeping the counts of a round, in the transaction that changes them."""

from functools import cache

from flask_babel import lazy_gettext as _l
from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite

from consult.consultation.rounds.models import Round, TallySlot
from consult.foundation.core.db import db, table_of
from consult.foundation.core.errors import NotAllowed
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.slots import slot_of_connection

SLOTS = 16
"""Among so many rows those are spread who count in one round."""


def count(round_id: int, **changes: int) -> None:
    """Change counts of a round: `count(3, pending=-1, published=1)`; one statement.

    They are changed in the slot of the connection, so that nobody waits for who counts there too.
    """
    added = {name: by for name, by in changes.items() if by}
    if not added:
        return
    statement = _adding(db.session.get_bind().dialect.name, SLOTS, *added)
    db.session.execute(statement, {"round_id": round_id, **added})


@cache
def _adding(dialect: str, slots: int, *names: str) -> Insert:
    """Return the statement that adds to counts, in the row that is there or a new one."""
    table = table_of(TallySlot)
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    statement: Insert = insert.values(
        slot=slot_of_connection(dialect, slots)
    ).on_conflict_do_update(
        index_elements=[table.c.round_id, table.c.slot],
        set_={name: table.c[name] + insert.excluded[name] for name in names},
    )
    return statement


def lock_for_input(round_: Round) -> None:
    """Hold the round still while something is handed in, and read its dates anew.

    Whoever moves the dates waits for us, and what was decided just before we got here counts. Who
    hands in too does not wait.
    Raises NotAllowed when the round was cancelled meanwhile.
    """
    lock_rows(round_, shared=True)
    if round_.cancelled_at is not None:
        raise NotAllowed(_l("This round was cancelled."), _l("The round page says why."))
