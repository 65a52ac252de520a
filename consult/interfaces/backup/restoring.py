"""Putting an archive back: rows and files together, or nothing.

The order makes it so. Everything is looked at first. The files are written aside; the rows go in
with one transaction; the files are moved to their places, with a list of what was moved; then the
transaction commits. (In object storage nothing can be moved: the list comes first, and the files
are written to their places.) Killed before the commit, the database is empty, and the next restore
takes the listed files away first. Killed after it, everything is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, func, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from consult.foundation.core.clock import now
from consult.foundation.core.db import Base, db
from consult.foundation.core.public_revision import PublicRevision, begin_anew
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.services import storage
from consult.foundation.record.checkpoints import begin_again
from consult.foundation.record.verify import Verdict, verify_record
from consult.foundation.storage.storage import StorageError
from consult.interfaces.backup.archive import Archive, read_archive
from consult.interfaces.backup.checking import TableRow, contents_of, rows_of
from consult.interfaces.backup.errors import BackupError, together
from consult.interfaces.backup.schema import (
    KEPT_BY_DATABASE,
    kept_tables,
    revision_of,
    tables_of,
)
from consult.interfaces.backup.staging import FileRestore, alone_in
from consult.interfaces.backup.writing import BATCH, BackupProgress, mark_of_key

UNTOUCHED = "Nothing was changed."


@dataclass
class Restored:
    """What was put back, and what to know about it."""

    rows: dict[str, int]
    files: int
    lost: int
    verdict: Verdict | None
    """What the check of the record found; None at a schema older than this version's."""
    notes: list[str]


def restore(source: Path, progress: BackupProgress, *, unsound: bool = False) -> Restored:
    """Put an archive back into an empty, migrated database and an empty storage.

    BackupError, and then nothing was changed, where the archive is not whole, is of another
    schema, where database or storage are in use, and where the record does not verify, unless
    `unsound` says that it need not.
    """
    try:
        with read_archive(source) as archive, alone_in(storage()) as staging:
            return _restore(archive, staging, progress, unsound=unsound)
    except StorageError as error:
        raise BackupError(
            f"{error} The database is as it was. Files of this backup that lie in the storage "
            "already are taken away by the next restore."
        ) from error
    except OSError as error:
        raise BackupError(f"{source} could not be restored: {error}. {UNTOUCHED}") from error
    except SQLAlchemyError as error:
        raise BackupError(
            f"The database does not take the backup: {_said(error)}. {UNTOUCHED}"
        ) from error


def _restore(
    archive: Archive, staging: FileRestore, progress: BackupProgress, *, unsound: bool
) -> Restored:
    with db.engine.connect() as connection:
        _compare_schema(archive, revision_of(connection))
        tables = tables_of(connection)
        if used := _used(connection, tables):
            staging.forget()
            raise _not_empty(used)
    progress("looking at every row")
    contents = contents_of(archive, tables)
    staging.clean()
    staging.refuse_unless_empty()
    try:
        progress(f"files: {len(archive.named('files'))}")
        staging.fill(archive)
        with unit_of_work():
            _put_rows(archive, tables, progress)
            verdict = _verify(tables, unsound=unsound)
            _begin_anew(db.session.connection())
            staging.promote(archive)
    except BaseException:
        _tidy(staging, tables)
        raise
    staging.forget()
    files = len(archive.named("files"))
    notes = [*_notes(archive), *_begin_log_again(verdict)]
    return Restored(contents.rows, files, len(archive.lost), verdict, notes)


def _begin_anew(connection: Connection) -> None:
    """Let no process that serves keep a page from before; what is older is migrated later."""
    if inspect(connection).has_table(PublicRevision.__tablename__):
        begin_anew(connection)


def _begin_log_again(verdict: Verdict | None) -> list[str]:
    """Begin a new log where the published one has entries that the backup does not have."""
    if verdict is None:
        return ["After the upgrade, run `flask consult begin-log-again` if the log lost entries."]
    lost = begin_again(now())
    if lost is None:
        return []
    sentence = (
        f"The published log had {lost} entries more than this backup. They are lost. A new log has "
        "begun; its first entry says so, and so does `flask consult verify`."
    )
    return [sentence]


def _tidy(staging: FileRestore, tables: MetaData) -> None:
    """Take back what was moved, unless the commit came through before its answer was lost."""
    db.session.rollback()
    with db.engine.connect() as connection:
        came_through = _used(connection, tables)
    if came_through:
        staging.forget()
    else:
        staging.clean()


def _compare_schema(archive: Archive, revision: str | None) -> None:
    if revision is None:
        raise BackupError(
            "The database has no tables yet: run "
            f"`flask db upgrade {archive.revision}` first. {UNTOUCHED}"
        )
    if revision != archive.revision:
        raise BackupError(
            f"The backup was made at schema {archive.revision}, the database is at {revision}. "
            f"Make an empty database, run `flask db upgrade {archive.revision}`, restore, and "
            f"then run `flask consult upgrade`. {UNTOUCHED}"
        )


def _used(connection: Connection, tables: MetaData) -> str | None:
    """Name a table that has rows; None when the database is empty."""
    for table in tables.sorted_tables:
        if connection.scalar(select(select(table).exists())):
            return table.name
    return None


def _not_empty(table: str) -> BackupError:
    return BackupError(
        f"The database is not empty (table {table} has rows). Restore into a new one: "
        f"name it in CONSULT_DATABASE_URL and run `flask db upgrade` first. {UNTOUCHED}"
    )


def _put_rows(archive: Archive, tables: MetaData, progress: BackupProgress) -> None:
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    else:
        names = ", ".join(f'"{table.name}"' for table in tables.sorted_tables)
        connection.execute(text("LOCK TABLE " + names + " IN EXCLUSIVE MODE"))
    if used := _used(connection, tables):
        raise _not_empty(used)
    for table in kept_tables(tables):
        number = 0
        for batch in _batches(rows_of(archive, table)):
            _put(connection, table, batch, number)
            number += len(batch)
        if number:
            progress(f"{table.name}: {number} rows")
    if connection.dialect.name == "sqlite":
        _refuse_lost_references(connection)
    else:
        _set_sequences(connection, tables)


def _batches(rows: Iterator[TableRow]) -> Iterator[list[TableRow]]:
    batch: list[TableRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _put(connection: Connection, table: Table, batch: list[TableRow], before: int) -> None:
    try:
        with connection.begin_nested():
            connection.execute(insert(table), batch)
    except SQLAlchemyError as error:
        if len(batch) == 1:
            raise BackupError(
                f"The database does not take line {before + 1} of table {table.name}: "
                f"{_said(error)}. {UNTOUCHED}"
            ) from error
        for number, row in enumerate(batch):
            _put(connection, table, [row], before + number)
        raise


def _said(error: SQLAlchemyError) -> str:
    """Return the words of the database, without what stands in the row."""
    cause = getattr(error, "orig", None) or error
    words = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    return words.splitlines()[0]


def _refuse_lost_references(connection: Connection) -> None:
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        faults = [f"row {row} of table {table} refers to no {to}" for table, row, to, _key in lost]
        raise together("The backup is not whole: rows refer to nothing.", faults, UNTOUCHED)


def _set_sequences(connection: Connection, tables: MetaData) -> None:
    """Let PostgreSQL count on after the highest number that was put back."""
    for table in tables.sorted_tables:
        if "id" not in table.columns:
            continue
        name = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', "id")))
        if name:
            highest = connection.scalar(select(func.coalesce(func.max(table.c.id), 0) + 1))
            connection.execute(select(func.setval(name, highest, False)))


def _verify(tables: MetaData, *, unsound: bool) -> Verdict | None:
    """Recompute the record before the commit, where the tables are those of this version."""
    ours = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if table.name not in KEPT_BY_DATABASE
    }
    if ours != {(table.name, column.name) for table in tables.sorted_tables for column in table.c}:
        return None
    verdict = verify_record()
    if not verdict.sound and not unsound:
        raise together(
            "The record in this backup is not sound.",
            verdict.faults,
            f"{UNTOUCHED} To look at it nevertheless, restore it with --unsound.",
        )
    return verdict


def _notes(archive: Archive) -> list[str]:
    notes = []
    if archive.lost:
        notes.append(f"Files that were lost before the backup: {', '.join(sorted(archive.lost))}.")
    if None in {archive.key, mark_of_key()}:
        notes.append("Give the site the CONSULT_SECRET_KEY that it had.")
    elif archive.key != mark_of_key():
        notes.append(
            "The site had another CONSULT_SECRET_KEY. Under the present one authenticator apps, "
            "recovery codes and the links in old mails do not work; receipts and passwords do."
        )
    return notes
