"""The revision of the public pages: a number that every change raises that a reader could see.

It is raised in the transaction of the change itself: so a page that was made at a revision is true
for as long as the database says the same (core/page_cache.py). Nobody has to think of it. A flush
and a statement count by the tables they change, unless a model says that no such page shows it
(`shown_on`), this column of it (`unseen_columns`) or this row (`is_seen`).

On PostgreSQL each connection raises a row of its own, so that no writer waits for another; whoever
reads the revision sums them. See docs/decisions/0050.
"""

import secrets
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import ClassVar, NamedTuple

from sqlalchemy import (
    BigInteger,
    Connection,
    Delete,
    Executable,
    Insert,
    Table,
    TextClause,
    Update,
    bindparam,
    inspect,
    text,
    update,
)
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, SessionTransaction, UOWTransaction

from consult.foundation.core.db import Base, Shown, db, public, table_of
from consult.foundation.core.registries import listen_once
from consult.foundation.core.slots import slot_of_connection

SLOTS = 64
"""Rows among which writers are spread: more than connections write at once."""
SHOWN_ON = "shown_on"
"""The option by which a statement says where that shows which it changes, if not as its table."""


class Revision(NamedTuple):
    """What differs after every change: of public pages, and of the counts of what came in."""

    pages: int
    counts: int


class PublicRevision(Base):
    """A part of the revision, raised by some of the connections."""

    shown_on: ClassVar = Shown.NOWHERE

    slot: Mapped[int] = public(primary_key=True, autoincrement=False)
    pages: Mapped[int] = public(BigInteger, default=0)
    counts: Mapped[int] = public(BigInteger, default=0)


MOST_RAISED = 2**20
"""By how much a change raises at most, drawn at random: a database that was put back to what it
was, and changed again, has another number than before (but once in a million)."""
READ_REVISION = "SELECT coalesce(sum(pages), 0), coalesce(sum(counts), 0) FROM public_revision"
"""The statement by which the revision is read, for a driver."""


@cache
def _raising(dialect: str, changed: Shown) -> Update:
    """Return the statement that raises the revision by `more`."""
    table = table_of(PublicRevision)
    names = [one.name.lower() for one in changed if one.name]
    raised = {name: table.c[name] + bindparam("more") for name in names}
    slot = slot_of_connection(dialect, SLOTS)
    return update(table).where(table.c.slot == slot).values(raised)


def begin_anew(connection: Connection) -> None:
    """Give the revision a number that it never had, after a whole database was put back."""
    table = table_of(PublicRevision)
    connection.execute(table.delete())
    rows = [{"slot": slot, "pages": 0, "counts": 0} for slot in range(SLOTS)]
    rows[0] |= {"pages": secrets.randbits(48), "counts": secrets.randbits(48)}
    connection.execute(table.insert(), rows)


def read_revision() -> Revision:
    """Return the revision as the present transaction sees it; one statement."""
    pages, counts = db.session.execute(text(READ_REVISION)).one()
    return Revision(int(pages), int(counts))


def _note(session: Session, shown: Shown) -> None:
    session.info[SHOWN_ON] = session.info.get(SHOWN_ON, Shown.NOWHERE) | shown


def _changed_columns(row: Base) -> Iterator[str]:
    """Yield the columns of a row that a flush writes with another value."""
    state = inspect(row)
    for name in state.mapper.column_attrs.keys():  # noqa: SIM118  (no mapping)
        if state.attrs[name].history.has_changes():
            yield name


def _note_flush(session: Session, _context: UOWTransaction) -> None:
    """Note where that shows which a flush wrote."""
    for row in chain(session.new, session.deleted):
        if row.shown_on and row.is_seen():
            _note(session, row.shown_on)
    for row in session.dirty:
        if row.shown_on and row.is_seen() and set(_changed_columns(row)) - row.unseen_columns:
            _note(session, row.shown_on)


def _note_statement(called: ORMExecuteState) -> None:
    """Note where that shows which a statement changes: it says so itself, or its table does."""
    if not (called.is_insert or called.is_update or called.is_delete or _is_written(called)):
        return
    told = called.execution_options.get(SHOWN_ON)
    _note(called.session, told if isinstance(told, Shown) else _shown_by_table(called.statement))


def _is_written(called: ORMExecuteState) -> bool:
    """Whether a statement was written by hand and does more than read."""
    statement = called.statement
    return isinstance(statement, TextClause) and statement.text.lstrip()[:6].upper() != "SELECT"


@cache
def _known_tables() -> dict[str, Shown]:
    tables = ((mapper.local_table, mapper.class_) for mapper in Base.registry.mappers)
    return {table.name: model.shown_on for table, model in tables if isinstance(table, Table)}


def _shown_by_table(statement: Executable) -> Shown:
    if not isinstance(statement, Insert | Update | Delete):
        return Shown.PAGES
    return _known_tables().get(getattr(statement.table, "name", ""), Shown.PAGES)


def _raise(session: Session) -> None:
    """Raise the revision, as the last thing that a transaction does."""
    if session.in_nested_transaction():
        return
    session.flush()
    changed: Shown = session.info.pop(SHOWN_ON, Shown.NOWHERE)
    if changed:
        more = 1 + secrets.randbelow(MOST_RAISED)
        session.execute(_raising(session.get_bind().dialect.name, changed), {"more": more})


def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(SHOWN_ON, None)


def listen_to_changes() -> None:
    """Raise the revision with every change of every session."""
    listen_once(Session, "after_flush", _note_flush)
    listen_once(Session, "do_orm_execute", _note_statement)
    listen_once(Session, "before_commit", _raise)
    listen_once(Session, "after_transaction_end", _forget)
