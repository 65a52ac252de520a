"""Alembic's entry: the application's own engine and tables, in batch mode for SQLite."""

import sys
from pathlib import Path

from alembic import context
from flask import current_app
from sqlalchemy import Connection

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# Made by hand in the migrations: full text search has no model of its own.
_NOT_OURS = ("search_index",)


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _to: object) -> bool:
    return not (name or "").startswith(_NOT_OURS) and not (
        kind == "index" and (name or "").startswith("ix_search_vector")
    )


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=current_app.extensions["migrate"].db.metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=_is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()
        _check_references(connection)


def _check_references(connection: Connection) -> None:
    """Refuse to commit rows that refer to nothing (SQLite; PostgreSQL sees to it itself)."""
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        raise RuntimeError(f"the migration leaves rows that refer to nothing: {lost[:5]}")


def _set_references(connection: Connection, value: str) -> None:
    """Let SQLite look at foreign keys or not: a table that is made anew is dropped for a moment.

    Outside any transaction, where alone the setting has an effect.
    """
    driver = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.cursor().execute(f"PRAGMA foreign_keys={value}")


with current_app.extensions["migrate"].db.engine.connect() as _connection:
    _set_references(_connection, "OFF")
    try:
        _run(_connection)
    finally:
        _connection.rollback()
        _set_references(_connection, "ON")
