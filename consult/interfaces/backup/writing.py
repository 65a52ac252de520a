"""Making a backup: one moment of the database, with every stored file, or nothing."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from flask import current_app
from sqlalchemy import (
    Connection,
    ForeignKey,
    MetaData,
    Row,
    SQLColumnExpression,
    String,
    Table,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from consult.foundation.core.db import db
from consult.foundation.files.services import storage
from consult.foundation.settings.environment import COMMAND_LINE_KEY
from consult.foundation.storage.storage import StorageError
from consult.interfaces.backup.archive import CHUNK, FORMAT, Archive, read_archive
from consult.interfaces.backup.checking import contents_of
from consult.interfaces.backup.errors import BackupError, together
from consult.interfaces.backup.packing import Packer, packing, put_whole
from consult.interfaces.backup.schema import (
    FILES,
    KEY,
    kept_tables,
    outward,
    revision_of,
    tables_of,
)

BATCH = 1000
TRIES = 3
PATIENCE = 2.0
"""Seconds before a file counts as missing: somebody may be deleting it, and its row next."""
BackupProgress = Callable[[str], None]


class _Moved(Exception):  # noqa: N818
    """A file was deleted, with its row, after the moment that is being written."""


def mark_of_key() -> str | None:
    """Return a digest that tells secret keys apart and reveals none; None where there is no key."""
    key = str(current_app.config["SECRET_KEY"])
    if key == COMMAND_LINE_KEY:
        return None
    return hmac.new(key.encode(), b"consult backup", hashlib.sha256).hexdigest()[:16]


def backup(target: Path, progress: BackupProgress, lost: Iterable[str] = ()) -> dict[str, int]:
    """Write everything to one archive at `target` and return the number of rows per table.

    BackupError where a stored file is missing or is not what was stored, except those whose
    public ids are among `lost`; where there is no room; and where the archive could not be
    restored. Then `target` is as it was.
    """
    for _try in range(TRIES):
        try:
            return _backup(target, progress, frozenset(lost))
        except (_Moved, FileNotFoundError) as moved:
            if not target.parent.is_dir():
                raise BackupError(f"The folder {target.parent} is not there.") from moved
            progress("A file was deleted meanwhile; beginning again.")
        except StorageError as error:
            raise BackupError(f"The backup was not made. {error}") from error
        except OSError as error:
            raise BackupError(f"The backup could not be written to {target}: {error}.") from error
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise BackupError(f"The database could not be read: {cause}.") from error
    raise BackupError(
        f"Files were deleted {TRIES} times while the backup was made. Try again in a while."
    )


def _backup(target: Path, progress: BackupProgress, lost: frozenset[str]) -> dict[str, int]:
    with put_whole(target) as part, db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        revision, tables = revision_of(connection), tables_of(connection)
        if revision is None:
            raise BackupError("The database holds nothing: run `flask db upgrade` first.")
        counts = {}
        with packing(part) as packer:
            left_out = _add_files(packer, connection, tables, lost, progress)
            for table in sorted(kept_tables(tables), key=lambda one: one.name):
                counts[table.name] = _add_table(packer, connection, table)
                if counts[table.name]:
                    progress(f"{table.name}: {counts[table.name]} rows")
            key = mark_of_key()
            packer.finish({"format": FORMAT, "revision": revision, "key": key, "lost": left_out})
        progress("reading it back")
        with read_archive(part) as archive:
            _read_back(archive, tables)
    return counts


def _read_back(archive: Archive, tables: MetaData) -> None:
    contents_of(archive, tables)
    for key in archive.named("files"):
        for _chunk in archive.chunks(f"files/{key}"):
            pass


def _add_table(packer: Packer, connection: Connection, table: Table) -> int:
    names = sorted(column.name for column in table.columns)
    statement = select(*(table.c[name] for name in names)).order_by(*_order(connection, table))

    def lines() -> Iterator[bytes]:
        for row in connection.execute(statement, execution_options={"yield_per": BATCH}):
            values = dict(zip(names, map(outward, row), strict=True))
            yield json.dumps(values, ensure_ascii=False).encode() + b"\n"

    return packer.add(f"tables/{table.name}.jsonl", lines(), counted=True).rows or 0


def _order(connection: Connection, table: Table) -> list[SQLColumnExpression[object]]:
    """Return the order of a table's rows: by key, and words by their bytes on both databases."""
    by_bytes = connection.dialect.name == "postgresql"
    return [
        column.collate("C") if by_bytes and isinstance(column.type, String) else column
        for column in table.primary_key.columns
    ]


def _add_files(
    packer: Packer,
    connection: Connection,
    tables: MetaData,
    lost: frozenset[str],
    say: BackupProgress,
) -> list[str]:
    """Add the stored files and return the names of those that are lost and known to be."""
    stored = tables.tables[FILES]
    faults: list[tuple[Row[*tuple[object, ...]], str]] = []
    keys, size = [], 0
    rows = sorted(connection.execute(select(stored)), key=lambda row: str(row.storage_key))
    for number, row in enumerate(rows, start=1):
        fault = _fault_of(row)
        if fault is None:
            size += packer.add(f"files/{row.storage_key}", _chunks(row.storage_key)).size
        elif row.public_id in lost:
            keys.append(row.storage_key)
        else:
            faults.append((row, fault))
        if number % BATCH == 0:
            say(f"files: {number} of {len(rows)}")
    if faults:
        _refuse_faults(faults, connection, tables)
    say(f"files: {len(rows) - len(keys)}, {size} bytes")
    return keys


def _refuse_faults(
    faults: list[tuple[Row[*tuple[object, ...]], str]], connection: Connection, tables: MetaData
) -> None:
    time.sleep(PATIENCE)  # bytes go before their row does, within one transaction
    if any(_is_gone(row, tables.tables[FILES]) for row, _fault in faults):
        raise _Moved
    raise together(
        "The backup was not made: stored files are not what the database says.",
        [
            f"“{row.name}” ({row.public_id}) {_owner_of(row, connection, tables)}{fault} "
            f"[{row.storage_key}]"
            for row, fault in faults
        ],
        "Put each back into the storage under the name in brackets, for example from files/ "
        "in an older backup. What is lost for good you can leave out by name: --lost ID.",
    )


def _chunks(key: str) -> Iterator[bytes]:
    with storage().open(key).stream as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _fault_of(row: Row[*tuple[object, ...]]) -> str | None:
    """Return what is wrong with a stored file; None when it is as its row says."""
    if not KEY.fullmatch(row.storage_key):
        return "has a name that leads out of the storage"
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in _chunks(row.storage_key):
            digest.update(chunk)
            size += len(chunk)
    except FileNotFoundError:
        return "is missing"
    except StorageError:
        raise  # that says nothing of this file
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None if (size, digest.hexdigest()) == (row.size, row.sha256) else "was changed"


def _is_gone(row: Row[*tuple[object, ...]], stored: Table) -> bool:
    """Whether the row of a file was deleted after the moment that is being written."""
    with db.engine.connect() as connection:
        return connection.scalar(select(stored.c.id).where(stored.c.id == row.id)) is None


def _owner_of(row: Row[*tuple[object, ...]], connection: Connection, tables: MetaData) -> str:
    """Name what a file belongs to, by whichever table attaches it: "of proposal 12 ... "."""
    for link in (key.parent for table in tables.sorted_tables for key in _links(table)):
        for other in link.table.foreign_keys:
            if other.parent is link:
                continue
            owner = other.column.table
            found = connection.execute(
                select(owner).join(link.table, other.parent == other.column).where(link == row.id)
            ).first()
            if found is not None:
                return f"of {owner.name} {found.id}{_place_of(found, connection, tables)} "
    return ""


def _links(table: Table) -> list[ForeignKey]:
    return [key for key in table.foreign_keys if key.column.table.name == FILES]


def _place_of(owner: Row[*tuple[object, ...]], connection: Connection, tables: MetaData) -> str:
    """Say where a contribution stands, as its page does."""
    facts = owner._mapping  # noqa: SLF001  (the public name of SQLAlchemy for a row's columns)
    if facts.get("number") is None or facts.get("round_id") is None:
        return ""
    round_ = tables.tables["round"]
    slug = connection.scalar(select(round_.c.slug).where(round_.c.id == facts["round_id"]))
    return f" (number {facts['number']} in round {slug})"
