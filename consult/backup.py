"""Backup and restore: everything the platform knows, in one archive, on either database.

The archive holds each table as JSON Lines, the stored files, and a manifest with counts and
digests. It is read in one transaction, so it shows one moment, also while people are at work. It
is restored into an empty, migrated database, SQLite or PostgreSQL, and verified.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Date, Table, func, insert, select, text

from consult.core.db import Base, Moment, db
from consult.core.unit_of_work import unit_of_work
from consult.files.models import StoredFile
from consult.files.services import path_of

FORMAT = 1
BATCH = 1000
Progress = Callable[[str], None]


class BackupError(RuntimeError):
    """The archive cannot be made or restored; the sentence says why."""


def _outward(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _inward(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, Moment):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return value


def _rows(table: Table) -> Iterator[str]:
    statement = select(table).order_by(*table.primary_key.columns)
    result = db.session.execute(statement.execution_options(yield_per=BATCH))
    names = [column.name for column in table.columns]
    for row in result:
        yield json.dumps(dict(zip(names, map(_outward, row), strict=True)), ensure_ascii=False)


def backup(target: Path, progress: Progress) -> dict[str, int]:
    """Write the archive to `target`; gives the number of rows per table.

    A file that cannot be written whole is removed again (BackupError).
    """
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    counts: dict[str, int] = {}
    digests: dict[str, str] = {}
    part = target.with_suffix(target.suffix + ".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for table in Base.metadata.sorted_tables:
                counts[table.name], digests[table.name] = _write_table(archive, table)
                progress(f"{table.name}: {counts[table.name]} rows")
            _write_files(archive, progress)
            manifest = {
                "format": FORMAT,
                "revision": _revision(),
                "rows": counts,
                "sha256": digests,
            }
            archive.writestr("manifest.json", json.dumps(manifest, indent=1, sort_keys=True))
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BackupError(f"The backup could not be written to {target}: {error}.") from error
    finally:
        db.session.rollback()
    return counts


def _write_table(archive: zipfile.ZipFile, table: Table) -> tuple[int, str]:
    digest = hashlib.sha256()
    count = 0
    with archive.open(f"tables/{table.name}.jsonl", "w") as lines:
        for row in _rows(table):
            line = row.encode() + b"\n"
            digest.update(line)
            lines.write(line)
            count += 1
    return count, digest.hexdigest()


def _write_files(archive: zipfile.ZipFile, progress: Progress) -> None:
    for stored in db.session.scalars(select(StoredFile).order_by(StoredFile.id)):
        path = path_of(stored)
        if not path.exists():
            progress(f"WARNING: the file of {stored.public_id} is missing in the storage")
            continue
        archive.write(path, f"files/{stored.storage_key}")


def _revision() -> str:
    return str(db.session.scalar(text("SELECT version_num FROM alembic_version")))


def restore(source: Path, progress: Progress) -> dict[str, int]:
    """Put an archive back into an empty, migrated database; gives the rows per table.

    Refuses (BackupError) an archive that is damaged, of another schema, or a database in use;
    then nothing was changed.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            _check(manifest, archive)
            with unit_of_work():
                _refuse_unless_empty()
                for table in Base.metadata.sorted_tables:
                    _read_table(archive, table)
                    progress(f"{table.name}: {manifest['rows'][table.name]} rows")
                _set_sequences()
            _read_files(archive)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BackupError(f"{source} is not a whole backup: {error}.") from error
    rows: dict[str, int] = manifest["rows"]
    return rows


def _check(manifest: dict[str, Any], archive: zipfile.ZipFile) -> None:
    if manifest["format"] != FORMAT:
        raise BackupError(f"This backup has format {manifest['format']}; this version reads 1.")
    if manifest["revision"] != _revision():
        raise BackupError(
            f"The backup was made at schema {manifest['revision']}, the database is at "
            f"{_revision()}. Restore with the version of Consult that made it, then upgrade."
        )
    for name, wanted in manifest["sha256"].items():
        digest = hashlib.sha256()
        with archive.open(f"tables/{name}.jsonl") as lines:
            for line in lines:
                digest.update(line)
        if digest.hexdigest() != wanted:
            raise BackupError(f"The backup is damaged: table {name} does not match its digest.")


def _refuse_unless_empty() -> None:
    used = [
        table.name
        for table in Base.metadata.sorted_tables
        if db.session.scalar(select(func.count()).select_from(table))
    ]
    if used:
        raise BackupError(
            f"The database is not empty (table {used[0]} has rows). Restore into a new one: "
            "name it in CONSULT_DATABASE_URL and run `flask db upgrade` first."
        )


def _read_table(archive: zipfile.ZipFile, table: Table) -> None:
    batch: list[dict[str, Any]] = []
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        for line in lines:
            row = json.loads(line)
            batch.append({c.name: _inward(c, row[c.name]) for c in table.columns})
            if len(batch) == BATCH:
                db.session.execute(insert(table), batch)
                batch = []
    if batch:
        db.session.execute(insert(table), batch)


def _set_sequences() -> None:
    """Let PostgreSQL count on after the highest number that was put back."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        name = (
            db.session.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
            if ("id" in table.columns)
            else None
        )
        if name:
            highest = db.session.scalar(select(func.coalesce(func.max(table.c.id), 0) + 1))
            db.session.execute(select(func.setval(name, highest, False)))


def _read_files(archive: zipfile.ZipFile) -> None:
    for stored in db.session.scalars(select(StoredFile)):
        path = path_of(stored)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive.read(f"files/{stored.storage_key}"))
