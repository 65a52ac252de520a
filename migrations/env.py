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


with current_app.extensions["migrate"].db.engine.connect() as _connection:
    _run(_connection)
