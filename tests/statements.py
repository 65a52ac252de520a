"""Counting the SQL statements of a request."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event

from consult.foundation.core.db import db

_NOT_COUNTED = re.compile(r"^\s*(BEGIN|COMMIT|ROLLBACK|PRAGMA|SAVEPOINT|RELEASE)", re.IGNORECASE)


@dataclass
class Counted:
    """The statements so far; their texts tell what went wrong."""

    texts: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many."""
        return len(self.texts)

    def __str__(self) -> str:
        return "\n\n".join(f"{n}. {text}" for n, text in enumerate(self.texts, start=1))


@contextmanager
def counted(app: Flask) -> Iterator[Counted]:
    """Count the statements that run inside the block, but those that only frame a transaction."""
    with app.app_context():
        engine = db.engine
    found = Counted()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not _NOT_COUNTED.match(statement):
            found.texts.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
