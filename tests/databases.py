"""The databases of a test run: a template, and copies of it that tests may change."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event, text

UNSAFE_AND_FAST = ("fsync", "synchronous_commit", "full_page_writes")
"""What guards data when the machine loses its power; nobody misses the database of a test."""

FAST = "PRAGMA synchronous=OFF"
NOTE_CHANGES = """
CREATE TABLE world.change (tag text);
CREATE FUNCTION world.note_change() RETURNS event_trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO world.change VALUES (tg_tag); END';
CREATE EVENT TRIGGER note_change ON ddl_command_end EXECUTE FUNCTION world.note_change();
CREATE EVENT TRIGGER note_drop ON sql_drop EXECUTE FUNCTION world.note_change();
"""
"""Note when a test makes other tables, columns, triggers or constraints."""

COLUMNS = """
SELECT table_name, string_agg(quote_ident(column_name), ', ')
  FROM information_schema.columns JOIN pg_tables ON tablename = table_name
  WHERE table_schema = 'public' AND schemaname = 'public' AND is_generated = 'NEVER'
  GROUP BY table_name
"""
SEQUENCES = """
SELECT quote_ident(sequencename), coalesce(last_value, 1), last_value IS NOT NULL
  FROM pg_sequences WHERE schemaname = 'public'
"""
Connection = psycopg.Connection[Any]


def wait_for_no_disk(engine: Engine) -> None:
    """Let SQLite flush nothing; the product's own setting is held by tests/core/test_db.py."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: connection.execute(FAST))


class Stage:
    """A PostgreSQL database that is put back to what it held at first, in milliseconds.

    Copying a database takes half a second. Its rows are few: so they are kept beside it, in a
    schema of their own, and put back. A test that leaves other tables behind gets a new copy.
    Nothing stays connected meanwhile: some tests ask whether the database is in use.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        with psycopg.connect(url, autocommit=True) as connection:
            self.place = ""
            connection.execute("CREATE SCHEMA world")
            self.statements = "; ".join(_keep_rows(connection))
            connection.execute(NOTE_CHANGES)

    def refill(self) -> bool:
        """Put the rows back and return whether that could be done."""
        with psycopg.connect(self.url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if _place(connection) == self.place:
                return True  # nobody wrote anything: every write has its place in the log
            if connection.execute("SELECT FROM world.change LIMIT 1").fetchone() is not None:
                return False
            connection.execute(self.statements)
            connection.commit()
            self.place = _place(connection)
        return True


def _place(connection: Connection) -> str:
    """Return how far the write-ahead log is."""
    row = connection.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
    assert row is not None
    return str(row[0])


def _keep_rows(connection: Connection) -> Iterator[str]:
    """Keep the rows of every table; give the statements that put them back."""
    columns = connection.execute(COLUMNS).fetchall()
    yield "SET LOCAL session_replication_role = replica"  # no triggers, any order
    for table, names in columns:
        here, kept = f'public."{table}"', f'world."{table}"'
        connection.execute(f"CREATE TABLE {kept} AS TABLE {here}")
        yield f"DELETE FROM {here}"
        if connection.execute(f"SELECT 1 FROM {kept} LIMIT 1").fetchone():
            yield f"INSERT INTO {here} ({names}) SELECT {names} FROM {kept}"
    for name, value, called in connection.execute(SEQUENCES).fetchall():
        yield f"SELECT setval('public.{name}', {value}, {called})"


class Databases:
    """One template database per test run, copied for whoever needs one to change.

    With `safe`, the server keeps what guards its data, for who measures or keeps them.
    """

    def __init__(self, folder: Path, server: Any = None, *, safe: bool = False) -> None:
        self.folder = folder
        self.server = server
        self.stages: dict[str, Stage] = {}
        if server is not None and not safe:
            self.admin(
                *(f"ALTER SYSTEM SET {name} = off" for name in UNSAFE_AND_FAST),
                "SELECT pg_reload_conf()",
                "CREATE DATABASE template",
            )

    def url(self, name: str) -> str:
        if self.server is None:
            return f"sqlite:///{self.folder / name}.sqlite"
        uri: str = self.server.get_uri()
        head, _, tail = uri.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{name}?{tail}".replace(
            "postgresql", "postgresql+psycopg", 1
        )

    def admin(self, *statements: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def copy(self, source: str, target: str) -> None:
        """Make a database like another, in the place of the one that has the name now."""
        if self.server is not None:
            self.admin(
                f"DROP DATABASE IF EXISTS {target} WITH (FORCE)",
                f"CREATE DATABASE {target} TEMPLATE {source}",
            )
            return
        # A new file, not the old one written over: a connection left open keeps its own.
        for suffix in ("", "-wal", "-shm"):
            (self.folder / f"{target}.sqlite{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self.folder / f"{source}.sqlite", self.folder / f"{target}.sqlite")

    def set_stage(self, source: str, target: str) -> None:
        """Let a database be like another again, the quickest way there is."""
        if self.server is None:
            self.copy(source, target)
            return
        stage = self.stages.get(target)
        if stage is not None and stage.refill():
            return
        self.copy(source, target)
        self.stages[target] = Stage(self.url(target).replace("+psycopg", ""))
