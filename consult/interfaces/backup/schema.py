"""What of a database is in an archive, and how a value stands in it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    inspect,
    text,
)

LEFT_OUT = {
    "sign_in_session": "a session that was ended since must not come alive again",
    "sign_in_failure": "what slows guessing down counts minutes",
    "storage_place": "what is restored lies where the restored system says",
    "rate_count": "limits count minutes and hours",
}
"""Tables that stay empty in a restored system, with the reason."""

FILES = "stored_file"
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
"""The name of a file in the storage: it can lead nowhere else."""

KEPT_BY_DATABASE = ("alembic_version", "search_index", "facet_count", "public_revision")
"""Made by migrations, or counted by the database itself while the rows come in."""
_LARGEST = 2**63 - 1
_UTC_TEXT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00")
_DEEPEST = 60


def tables_of(connection: Connection) -> MetaData:
    """Read the tables, without those that the database keeps; their order bears foreign keys."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _meta: not name.startswith(KEPT_BY_DATABASE))
    for column in (column for table in found.tables.values() for column in table.columns):
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=True)  # as it is read: nothing is nothing
    return found


def kept_tables(tables: MetaData) -> list[Table]:
    """Return the tables that are in an archive, each after those it refers to."""
    return [table for table in tables.sorted_tables if table.name not in LEFT_OUT]


def revision_of(connection: Connection) -> str | None:
    """Return the schema that the database is at; None when it was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def outward(value: object) -> object:
    """Return a value of a row as JSON has it; moments are in UTC, which SQLite does not say."""
    if isinstance(value, datetime):
        at = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return at.isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _moment(value: object) -> datetime:
    if not isinstance(value, str) or not _UTC_TEXT.fullmatch(value):
        raise ValueError("is no moment in UTC")
    return datetime.fromisoformat(value)


def _day(value: object) -> date:
    if not isinstance(value, str) or len(value) != len("2026-11-23"):
        raise ValueError("is no date")
    return date.fromisoformat(value)


def _number(value: object) -> int:
    if type(value) is not int or abs(value) > _LARGEST:
        raise ValueError("is no whole number of at most 64 bits")
    return value


def _yes_or_no(value: object) -> bool:
    if type(value) is not bool:
        raise ValueError("is neither true nor false")
    return value


def _text(value: object) -> str:
    if type(value) is not str:
        raise ValueError("is no text")
    if "\0" in value:
        raise ValueError("holds the sign NUL, which no database keeps")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a sign (a lone surrogate)") from None
    return value


def _nested(value: object, depth: int = 0) -> object:
    if depth > _DEEPEST:
        raise ValueError("is nested too deep")
    if isinstance(value, str):
        _text(value)
    elif isinstance(value, dict):
        for name, part in value.items():
            _text(name)
            _nested(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            _nested(part, depth + 1)
    return value


_READERS: tuple[tuple[type[object], Callable[[object], object]], ...] = (
    (DateTime, _moment),
    (Date, _day),
    (Boolean, _yes_or_no),
    (Integer, _number),
    (String, _text),
    (JSON, _nested),
)


def inward(column: Column[object], value: object) -> object:
    """Return a value of an archive as its column takes it; ValueError says what is wrong."""
    if value is None:
        if not column.nullable:
            raise ValueError("may not be empty")
        return None
    for kind, read in _READERS:
        if isinstance(column.type, kind):
            return read(value)
    raise ValueError(f"has a type that no backup knows ({column.type})")
