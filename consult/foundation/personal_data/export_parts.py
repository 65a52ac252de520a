"""What an export of one's own data holds: of each table, the rows that are about the person.

Every column of them is in it, but secrets and the numbers of other people; a test holds that no
table is forgotten.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from consult.foundation.core.db import Base, Privacy, db, table_of
from consult.foundation.core.errors import Sentence

Plain = dict[str, object]
Whose = Callable[[int], ColumnElement[bool]]


@dataclass(frozen=True)
class ExportPart:
    """Rows of one table that are about a person, with the name and title they have in an export."""

    name: str
    title: Sentence
    model: type[Base]
    mine: tuple[InstrumentedAttribute[Any], ...] = ()
    """The columns that point at the person; any of them makes a row theirs."""
    where: Whose | None = None
    """Which rows are about the person, where no column of their own says so."""
    authored: bool = False
    """Whether what they said about these rows, in the record, is theirs too."""
    leaves_out: tuple[str, ...] = ()
    """Columns that tell the person nothing: counters, what the platform keeps for itself."""
    tidy: Callable[[Plain], Plain] = lambda row: row
    place: int = 50
    """Where it stands in an export: the account first, what the platform keeps last."""

    @property
    def table(self) -> Table:
        """The table of the rows."""
        return table_of(self.model)

    @property
    def covers(self) -> set[str]:
        """The columns that point at a person and are dealt with here."""
        return {f"{self.table.name}.{column.key}" for column in self.mine}

    def whose(self, person_id: int) -> ColumnElement[bool]:
        """Return the condition that a row is about a person."""
        if self.where is not None:
            return self.where(person_id)
        return or_(*(column == person_id for column in self.mine))

    def columns(self) -> Iterator[tuple[str, Column[object]]]:
        """Yield the columns that an export holds, with the name they have in it."""
        for column in self.table.columns:
            secret = column.info.get("privacy") is Privacy.SECRET
            points = points_at_person(column)
            if secret or column.name in self.leaves_out or column.name == "id":
                continue
            if points and not (
                len(self.mine) > 1 and f"{self.table.name}.{column.name}" in self.covers
            ):
                continue  # of somebody else, or always of the person
            yield column.name.removesuffix("_id") if column.foreign_keys else column.name, column

    def read(self, person_id: int) -> list[Plain]:
        """Return the rows that are about a person, as plain data."""
        found = list(self.columns())
        rows = db.session.execute(
            select(*(column for _name, column in found))
            .where(self.whose(person_id))
            .order_by(*self.table.primary_key.columns)
        ).all()
        read: list[Plain] = [{} for _row in rows]
        for place, (name, column) in enumerate(found):
            values = [row[place] for row in rows]
            for plain, value in zip(read, _plain(values, column, person_id), strict=True):
                plain[name] = value
        return [self.tidy(plain) for plain in read]


def points_at_person(column: Column[object]) -> bool:
    """Whether a column holds the number of a person."""
    told = any(key.target_fullname == "person.id" for key in column.foreign_keys)
    return told or column.name in {"person_id", "actor_id", "uploaded_by_id"}


def _plain(values: Sequence[object], column: Column[object], person_id: int) -> list[object]:
    """Return the values of a column as an export says them."""
    if points_at_person(column):
        return [value == person_id for value in values]
    names = _names(column, values) if column.foreign_keys else {}
    if names:
        return [names.get(value, value) for value in values]
    return [value.isoformat() if isinstance(value, date) else value for value in values]


_names_of: dict[str, InstrumentedAttribute[Any]] = {}


def name_rows(*columns: InstrumentedAttribute[Any]) -> None:
    """Register by what a row of a table is called in an export, instead of by its number."""
    for column in columns:
        _names_of[column.class_.__tablename__] = column


def _names(column: Column[object], ids: Sequence[object]) -> dict[object, object]:
    """Return the names of the rows that a column refers to."""
    (key,) = column.foreign_keys
    named = _names_of.get(key.column.table.name)
    wanted = {id_ for id_ in ids if id_ is not None}
    if named is None or not wanted:
        return {}
    rows = db.session.execute(select(named.class_.id, named).where(named.class_.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


_parts: dict[str, ExportPart] = {}


def personal_data(*parts: ExportPart) -> None:
    """Register what an export of somebody's own data holds from tables."""
    _parts.update((part.name, part) for part in parts)


def parts() -> list[ExportPart]:
    """List the parts of an export, in their order."""
    return sorted(_parts.values(), key=lambda part: (part.place, part.name))
