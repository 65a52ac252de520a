"""What the statements of a request read: the rows that each goes past, and the rows it hands over.

A number of statements says nothing of what a statement reads. SQLite counts the steps that its
machine takes, and PostgreSQL the rows of every part of a plan; both are the same on each run.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event, text

from consult.foundation.core.db import db

_LOOKS = re.compile(r"^\s*(SELECT|WITH)\b", re.IGNORECASE)
STEPS_A_ROW = 40
"""Steps of SQLite's machine for a row with many columns, and what it is joined with."""
_EVERY = 20
"""After so many steps SQLite tells us that it is at work."""


@dataclass
class Read:
    """A statement, and how much it read."""

    text: str
    parameters: Any
    rows: int = 0
    """Rows that it went past: on SQLite by the steps that it took."""

    def __str__(self) -> str:
        return f"{self.rows} rows: {' '.join(self.text.split())}"


@dataclass
class Reads:
    """The statements of a request, in order."""

    found: list[Read] = field(default_factory=list)

    def above(self, rows: int) -> list[Read]:
        """Return the statements that went past more rows than that."""
        return [one for one in self.found if one.rows > rows]


LIKE_LARGE = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
"""What PostgreSQL prefers for small tables: without it, a statement goes as it would in large ones.
"""


@contextmanager
def watched(app: Flask, *, like_large: bool = False) -> Iterator[Reads]:
    """Watch what the statements inside the block read; `like_large` where the tables are small."""
    with app.app_context():
        engine = db.engine
    reads = Reads()
    if engine.dialect.name == "sqlite":
        with _counting_steps(engine, reads):
            yield reads
    else:
        with _noting(engine, reads):
            yield reads
        with engine.connect() as connection:
            for setting in LIKE_LARGE if like_large else ():
                connection.execute(text(f"SET LOCAL {setting} = off"))
            for one in reads.found:
                one.rows = _rows_in(_plan(connection, one))
            connection.rollback()


@contextmanager
def _noting(engine: Engine, reads: Reads) -> Iterator[None]:
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if _LOOKS.match(statement):
            reads.found.append(Read(statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def _counting_steps(engine: Engine, reads: Reads) -> Iterator[None]:
    """Count for each statement the steps until the next begins: its rows are read by then."""
    steps: dict[int, int] = {}

    def step() -> int:
        if reads.found:
            last = len(reads.found) - 1
            steps[last] = steps.get(last, 0) + _EVERY
        return 0

    def look(connection: Connection, *_: Any) -> None:
        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(step, _EVERY)

    event.listen(engine, "before_cursor_execute", look)
    try:
        with _noting(engine, reads):
            yield
    finally:
        event.remove(engine, "before_cursor_execute", look)
        with engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.set_progress_handler(None, _EVERY)
    for place, one in enumerate(reads.found):
        one.rows = steps.get(place, 0) // STEPS_A_ROW


def _plan(connection: Connection, one: Read) -> Mapping[str, Any]:
    explained = connection.exec_driver_sql(
        f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {one.text}", one.parameters
    ).scalar_one()
    plans: Sequence[Mapping[str, Any]] = (
        json.loads(explained) if isinstance(explained, str) else explained
    )
    return plans[0]["Plan"]  # type: ignore[no-any-return]


def _rows_in(node: Mapping[str, Any]) -> int:
    """Return how many rows the leaves of a plan read, those that they threw away included."""
    below = node.get("Plans", ())
    if not below or node["Node Type"] == "Bitmap Heap Scan":
        seen = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        seen += node.get("Rows Removed by Index Recheck", 0)
        return int(seen * node["Actual Loops"])
    return sum(_rows_in(one) for one in below)
