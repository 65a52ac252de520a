"""The database: base class, column labels, time and language types, and how SQLite is opened.

Every column says how private it is, by being made with `public`, `restricted`, `private` or
`secret`; a column without a label fails the tests (AVG art. 25, data protection by design).
"""

import enum
import re
import secrets
import threading
import uuid
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

import structlog
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as RequestSession
from sqlalchemy import (
    JSON,
    Connection,
    CursorResult,
    DateTime,
    Delete,
    Dialect,
    Engine,
    Enum,
    FromClause,
    Index,
    MetaData,
    String,
    Table,
    TypeDecorator,
    Update,
)
from sqlalchemy import column as column_named
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteDialect
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    SessionTransaction,
    declared_attr,
    mapped_column,
)
from sqlalchemy.pool import ConnectionPoolEntry

from consult.foundation.core.registries import listen_once

log = structlog.get_logger()

LOCKED_ROWS = "held"
"""Under this name a session knows the rows that it locked (see core/row_locks.py)."""

# Alembic can drop a constraint on SQLite only when it has a name.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Privacy(enum.StrEnum):
    """How far a column may travel."""

    PUBLIC = "public"
    """May stand on a public page once its row is public."""
    RESTRICTED = "restricted"
    """For the people who work on the plan."""
    PRIVATE = "private"
    """For the person it is about, and whoever must handle it."""
    SECRET = "secret"  # noqa: S105
    """For no reader at all: hashes, tokens, salts."""


class Shown(enum.Flag):
    """On which pages that anybody may read the rows of a table show, at once or added up."""

    NOWHERE = 0
    COUNTS = enum.auto()
    """Only on those that say how much came in: what waits for a moderator is counted too."""
    PAGES = enum.auto()


class Base(DeclarativeBase):
    """What every table shares."""

    metadata = MetaData(naming_convention=NAMING)

    shown_on: ClassVar[Shown] = Shown.PAGES
    """Where a change of the table can show; the safe answer, where a model does not know better."""
    unseen_columns: ClassVar[frozenset[str]] = frozenset()
    """Columns of which no such page tells anything, not even a number."""

    def is_seen(self) -> bool:
        """Whether this row shows on such a page, as it was when it was read or as it is now."""
        return True

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str:
        """Name the table after the class: `RoundTally` stands in `round_tally`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class ResilientSession(RequestSession):
    """The session of a request, whose end nothing hinders.

    A database that goes away after the answer was made would else take the answer along: at the
    end of a request the session rolls back what it read in, which then cannot be done.
    """

    def close(self) -> None:
        """End the session; a connection that was lost is not missed."""
        try:
            super().close()
        except DBAPIError as fault:
            if not fault.connection_invalidated:
                raise
            log.exception("database")


db = SQLAlchemy(
    model_class=Base,
    # A row that was read stays readable after the commit: views answer with it.
    session_options={"expire_on_commit": False, "class_": ResilientSession},
)


# What makes a column takes the arguments of `mapped_column`.
public = partial(mapped_column, info={"privacy": Privacy.PUBLIC})
"""Makes a column that may stand on a public page."""
restricted = partial(mapped_column, info={"privacy": Privacy.RESTRICTED})
"""Makes a column for the people who work on the plan."""
private = partial(mapped_column, info={"privacy": Privacy.PRIVATE})
"""Makes a column for its own person only."""
secret = partial(mapped_column, info={"privacy": Privacy.SECRET})
"""Makes a column that no reader sees."""


class Moment(TypeDecorator[datetime]):
    """A moment in time: aware in Python, UTC in the database (SQLite keeps no offset)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without offset; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs an offset: {value!r}")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Localized(TypeDecorator[dict[str, str]]):
    """A text in several languages: {"nl": "...", "en": "..."}."""

    impl = JSON
    cache_ok = True


def choice(values: type[enum.StrEnum], name: str = "") -> Enum:
    """Return the column type for an enum: stored as its plain value, checked by the database.

    `name` is that of the check, where it is not the enum's.
    """
    return Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda e: [member.value for member in e],
        name=name or values.__name__.lower(),
    )


def index_where_null(name: str, *columns: str, null: str, unique: bool = False) -> Index:
    """Make an index that holds only the rows where the column `null` is empty."""
    condition = column_named(null).is_(None)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def index_where_set(name: str, *columns: str, filled: str) -> Index:
    """Make an index that holds only the rows where the column `filled` is not empty."""
    condition = column_named(filled).is_not(None)
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


def random_id() -> str:
    """Make an identifier nobody can guess (122 random bits)."""
    return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))


Identifier = String(36)


class Row:
    """A table with a number as key; the number itself tells nothing about a person."""

    id: Mapped[int] = public(primary_key=True)


class _CompilerWithHints(SQLiteCompiler):
    """Writes `INDEXED BY` and `NOT INDEXED` (`with_hint`), which the dialect leaves out.

    SQLite has no figures about tables: for some statements it takes an index that reads a whole
    round, where another way goes past twenty rows.
    """

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        """Return what stands after the name of a table."""
        del table
        return text


def _open(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Prepare a connection.

    SQLite gets what it needs to lose nothing: WAL, full flushes, patience, real foreign keys.
    PostgreSQL takes a row here and a row there for four times as dear as rows in a row, as on
    disks that turn; so it read all decisions rather than two hundred by their index.
    """
    if not type(connection).__module__.startswith("sqlite3"):
        connection.autocommit = True  # what is set in a transaction goes with it
        cursor = connection.cursor()
        cursor.execute("SET random_page_cost = 1.1")
        cursor.close()
        connection.autocommit = False
        return
    # The driver must not open transactions by itself: SQLAlchemy says BEGIN (see below).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for a plain statement."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model} stands in no table")
    return table


def rows_changed(statement: Update | Delete) -> int:
    """Carry out an UPDATE or DELETE and return how many rows it met."""
    done = db.session.execute(statement)
    if not isinstance(done, CursorResult):
        raise TypeError(f"this changes no rows: {statement}")
    return done.rowcount


_TURN = "turn"
_turn = threading.Lock()
"""Held by the thread that writes to SQLite. Who finds that locked asks again in growing pauses, and
of many some are overtaken until their patience ends; so the threads of a process queue here."""
_PATIENCE_FOR_TURN = 20.0
"""Seconds after which a thread asks SQLite itself, as other processes do."""


def begin_writing(session: Session) -> None:
    """Take SQLite's write lock now, so that a read that turns into a write is never refused.

    A transaction that has read and then writes gets SQLITE_BUSY at once when somebody else wrote
    in between, whatever the timeout. The transaction therefore begins with the lock, or is
    exchanged for one that holds it where something was read before. PostgreSQL needs nothing.
    """
    if session.info.get("writes"):
        return
    if session.get_bind().dialect.name == "sqlite":
        session.info[_TURN] = _turn.acquire(timeout=_PATIENCE_FOR_TURN)
    begins = not session.in_transaction()
    connection = session.connection(execution_options={"writes": True} if begins else None)
    if connection.dialect.name != "sqlite":
        return
    if not begins:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    session.info["writes"] = True


def read_one_moment() -> None:
    """Begin to read anew, and see one moment until the transaction ends, however long that takes.

    SQLite does so by itself; PostgreSQL is asked for it, which only a fresh transaction can.
    """
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _lock_before_flush(session: Session, *_: object) -> None:
    begin_writing(session)


def _forget_lock(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("writes", None)
        session.info.pop(LOCKED_ROWS, None)
        if session.info.pop(_TURN, False):
            _turn.release()


_PATIENCE = {
    "connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}  # fmt: skip
"""After how many seconds (the last: milliseconds) a server counts as away that says nothing."""


def engine_options(url: str) -> dict[str, object]:
    """Return how connections to a database are kept; what its address says itself stays so.

    PostgreSQL may have ended one meanwhile, or its machine may be gone: a connection is tried
    before it is used, so that nobody is refused after the server is back.
    """
    parts = make_url(url)
    if parts.get_backend_name() != "postgresql":
        return {}
    patience = {name: value for name, value in _PATIENCE.items() if name not in parts.query}
    return {"pool_pre_ping": True, "connect_args": patience}


def listen_to_databases() -> None:
    """Open every SQLite database as it must be, and take its write lock before a change."""
    SQLiteDialect.statement_compiler = _CompilerWithHints
    listen_once(Engine, "connect", _open)
    listen_once(Engine, "begin", _begin)
    listen_once(Session, "before_flush", _lock_before_flush)
    listen_once(Session, "after_transaction_end", _forget_lock)
