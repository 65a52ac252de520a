"""Looking at what an archive holds: every row and file, before anything is changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import MetaData, Table

from consult.interfaces.backup.archive import Archive, read_json
from consult.interfaces.backup.errors import BackupError
from consult.interfaces.backup.schema import FILES, KEY, inward, kept_tables

TableRow = dict[str, object]


@dataclass
class Contents:
    """What an archive holds, as far as its own rows tell: rows per table, and the stored files."""

    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, tuple[object, object]] = field(default_factory=dict)
    """By the name in the storage: size and digest."""


def rows_of(archive: Archive, table: Table) -> Iterator[TableRow]:
    """Read the rows of a table, each value as its column takes it.

    BackupError names the table, the line and the column of a value that cannot be right.
    """
    columns = {column.name: column for column in table.columns}
    for number, line in enumerate(archive.lines(f"tables/{table.name}.jsonl"), start=1):
        at = f"line {number} of table {table.name}"
        try:
            said = read_json(line)
        except ValueError as error:
            raise _wrong(archive, f"{at} is no JSON ({error})") from error
        if not isinstance(said, dict) or said.keys() != columns.keys():
            raise _wrong(archive, f"{at} does not hold the columns of this table")
        row: TableRow = {}
        for name, value in said.items():
            try:
                row[name] = inward(columns[name], value)
            except ValueError as error:
                raise _wrong(archive, f"{at}: “{name}” {error}") from error
        yield row


def _wrong(archive: Archive, what: str) -> BackupError:
    return BackupError(
        f"{archive.path} is not a whole backup: {what}. Nothing was changed; take another backup."
    )


def contents_of(archive: Archive, tables: MetaData) -> Contents:
    """Read every row of an archive, and compare what they say of files with what is in it."""
    wanted = {f"{table.name}.jsonl" for table in kept_tables(tables)}
    held = archive.named("tables")
    for name in sorted(held.keys() ^ wanted):
        what = "holds a table that this schema does not have" if name in held else "lacks a table"
        raise _wrong(archive, f"it {what}: {name.removesuffix('.jsonl')}")
    contents = Contents()
    for table in kept_tables(tables):
        number = 0
        for row in rows_of(archive, table):
            number += 1
            if table.name == FILES:
                _note_file(archive, row, contents)
        if number != held[f"{table.name}.jsonl"].rows:
            raise _wrong(archive, f"table {table.name} has {number} rows, its manifest says others")
        contents.rows[table.name] = number
    _compare_files(archive, contents)
    return contents


def _note_file(archive: Archive, row: TableRow, contents: Contents) -> None:
    key, about = str(row["storage_key"]), f"the stored file {row['public_id']!r}"
    if not KEY.fullmatch(key):
        raise _wrong(archive, f"{about} has a name that leads out of the storage: {key[:200]!r}")
    if key in contents.files:
        raise _wrong(archive, f"{about} has the same name in the storage as another: {key}")
    contents.files[key] = (row["size"], row["sha256"])


def _compare_files(archive: Archive, contents: Contents) -> None:
    held = archive.named("files")
    for key in sorted(held.keys() ^ (contents.files.keys() - archive.lost)):
        what = (
            f"it holds the file {key}, of which no row tells"
            if key in held
            else f"the stored file {key} is missing, though a row tells of it"
        )
        raise _wrong(archive, what)
    for key, member in held.items():
        if (member.size, member.sha256) != contents.files[key]:
            raise _wrong(archive, f"the file {key} is not the one that was stored: its digest")
