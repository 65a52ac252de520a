"""How much a page makes the database read: a number of statements says nothing of that.

SQLite counts the steps of its virtual machine; PostgreSQL is asked to explain what it did, and
says how many rows each node of its plan looked at.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event, text

from consult.foundation.core.db import db

EVERY = 20
"""After so many steps SQLite tells that it is still at work."""


@dataclass
class Work:
    """What was read: steps on SQLite, rows on PostgreSQL; with the plans, for who looks why."""

    done: int = 0
    plans: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n\n".join(self.plans)


def _rows_looked_at(node: dict[str, Any]) -> int:
    removed = sum(int(n) for name, n in node.items() if name.startswith("Rows Removed by"))
    own = int(node["Actual Loops"] * (node["Actual Rows"] + removed))
    return own + sum(_rows_looked_at(one) for one in node.get("Plans", ()))


@contextmanager
def measured(app: Flask) -> Iterator[Work]:
    """Measure what the statements inside the block make the database read."""
    with app.app_context():
        engine = db.engine
    work = Work()
    sqlite = engine.dialect.name == "sqlite"

    def before(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.lstrip().upper().startswith("SELECT"):
            return
        if sqlite:
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            work.plans.append(statement + "\n" + "\n".join(row[3] for row in plan))
            return
        explained = cursor.connection.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters
        ).fetchone()[0]
        plan = explained if isinstance(explained, list) else json.loads(explained)
        work.done += _rows_looked_at(plan[0]["Plan"])
        work.plans.append(f"{statement}\n{json.dumps(plan, indent=1)}")

    def step() -> int:
        work.done += 1
        return 0

    def watch(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(step, EVERY)

    if sqlite:
        event.listen(engine, "checkout", watch)
    event.listen(engine, "before_cursor_execute", before)
    try:
        yield work
    finally:
        event.remove(engine, "before_cursor_execute", before)
        if sqlite:
            event.remove(engine, "checkout", watch)
            with engine.connect() as connection:
                connection.connection.set_progress_handler(None, 0)


def analyse() -> None:
    """Let the database look at how much there is, as it does by itself in the end."""
    with db.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
