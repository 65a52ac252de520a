"""What the rows of the living tables say, as events bind it.

Each package declares its tables (`record_rows`). From then on every row of them that a unit of
work makes, changes or deletes is bound by an event of the same transaction: `record` takes along
what changed since the event before. So a row that was changed past the program no longer says what
its last event bound.
"""

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import JSON, Column, String, Text, inspect, select
from sqlalchemy import Enum as Choice
from sqlalchemy.orm import InstrumentedAttribute, Mapper, ORMExecuteState, Session, UOWTransaction

from consult.foundation.core.db import Base, db
from consult.foundation.core.registries import listen_once
from consult.foundation.core.unit_of_work import is_working
from consult.foundation.record.digests import field_digest, timestamp

ROW = "row."
_LONGEST_WORD = 60
"""Signs of a column that is no text: a slug, a number, an address of the platform."""
_CHANGED = "unrecorded rows"
NOTED = {"rows_noted": True}
"""The option of a statement about many rows, whose caller notes the rows (`note_changed`)."""


@dataclass(frozen=True)
class RecordedTable:
    """A table whose rows events bind: which columns, and in which fields.

    `fields` maps the last part of a field's name to the columns in it: a column that holds a text
    or names a person has a field of its own, and the others stand together by their label (and by
    the migration that added them, where that was a later one).
    """

    mapper: Mapper[Any]
    fields: Mapping[str, tuple[str, ...]]
    holds: Callable[[Any], bool]

    @cached_property
    def name(self) -> str:
        """The name of the table."""
        return str(self.mapper.local_table.name)  # type: ignore[attr-defined]

    @cached_property
    def keys(self) -> tuple[InstrumentedAttribute[Any], ...]:
        """The columns of the key, as attributes of the model."""
        model = self.mapper.class_
        by_column = self.mapper.get_property_by_column
        return tuple(getattr(model, by_column(one).key) for one in self.mapper.primary_key)

    @cached_property
    def bound(self) -> frozenset[str]:
        """The columns that events bind."""
        return frozenset(one for columns in self.fields.values() for one in columns)

    @cached_property
    def columns(self) -> tuple[InstrumentedAttribute[Any], ...]:
        """All columns, as attributes of the model: whoever selects them has rows for `says`."""
        model = self.mapper.class_
        return tuple(getattr(model, one.key) for one in self.mapper.column_attrs)

    @cached_property
    def public(self) -> frozenset[str]:
        """The last parts of the names of fields that hold nothing but public columns."""
        columns = {one.key: one.columns[0] for one in self.mapper.column_attrs}
        return frozenset(
            field
            for field, inside in self.fields.items()
            if all(columns[one].info["privacy"].value == "public" for one in inside)
        )

    def key_of(self, row: object) -> str:
        """Return the key of a row as it stands in the names of fields."""
        return "-".join(str(getattr(row, one.key)) for one in self.keys)

    def row_name(self, row: object) -> str:
        """Return the beginning of the names of all fields of a row, which names the row."""
        return f"{ROW}{self.name}.{self.key_of(row)}"

    def says(self, row: object) -> dict[str, object]:
        """Return what a row says now: the value of each of its fields, by the field's name.

        `row` is an object of the model or a row of a SELECT, with all `columns`.
        """
        start = f"{self.row_name(row)}."
        found: dict[str, object] = {}
        for field, columns in self.fields.items():
            if field in columns:
                found[start + field] = plain(getattr(row, field))
            else:
                found[start + field] = {one: plain(getattr(row, one)) for one in columns}
        return found


_tables: dict[type[Base], RecordedTable] = {}


def record_rows(
    model: type[Base],
    *,
    leaving_out: Iterable[InstrumentedAttribute[Any]] = (),
    newer: Sequence[Iterable[InstrumentedAttribute[Any]]] = (),
    where: Callable[[Any], bool] = lambda _row: True,
) -> None:
    """Declare that events bind the rows of a table.

    `leaving_out` names columns that are counted or kept for speed, and `where` tells of a row
    whether it is bound yet (a draft is not). `newer` names the columns that later migrations added,
    a group for each migration: what older events bind stays what it was, since a group has fields
    of its own (`public_2`).
    """
    mapper: Mapper[Any] = inspect(model)
    left_out = {one.key for one in leaving_out} | {"id"}  # the key stands in the field's name
    if mapper.version_id_col is not None:
        left_out.add(str(mapper.version_id_col.key))
    group = {one.key: f"_{at}" for at, some in enumerate(newer, 2) for one in some}
    fields: dict[str, list[str]] = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if attribute.key in left_out or not isinstance(column, Column):
            continue
        label = column.info["privacy"].value + group.get(attribute.key, "")
        alone = _stands_alone(column)
        fields.setdefault(attribute.key if alone else label, []).append(attribute.key)
    tupled = {name: tuple(columns) for name, columns in fields.items()}
    _tables[model] = RecordedTable(mapper, tupled, where)


def _stands_alone(column: Column[Any]) -> bool:
    if any(key.column.table.name == "person" for key in column.foreign_keys):
        return True
    if column.key.startswith("person_") or column.key.endswith("_by_id"):
        return True
    kind = column.type
    if isinstance(kind, Choice):
        return False
    if isinstance(kind, String):
        return isinstance(kind, Text) or (kind.length or 0) > _LONGEST_WORD
    return isinstance(kind, JSON) or isinstance(getattr(kind, "impl_instance", None), JSON)


def recorded_tables() -> tuple[RecordedTable, ...]:
    """Return the tables whose rows events bind, in the order of their names."""
    return tuple(sorted(_tables.values(), key=lambda one: one.name))


def table_recorded(model: type[Base]) -> RecordedTable:
    """Return the declaration of a table (`record_rows`); KeyError where there is none."""
    return _tables[model]


def plain(value: object) -> object:
    """Return a value of a row as JSON values; TypeError where it has no such form."""
    match value:
        case datetime():
            return timestamp(value)
        case date():
            return value.isoformat()
        case enum.Enum():
            return value.value
        case None | bool() | int() | str() | dict() | list():
            return value
        case _:
            raise TypeError(f"the record cannot bind a {type(value).__name__}")


def note_changed(model: type[Base], ids: Iterable[int]) -> None:
    """Note that a statement changed rows of a table: the next event binds what they say now."""
    key = inspect(model).primary_key[0]
    statement = select(model).where(key.in_(list(ids)))
    for row in db.session.scalars(statement.execution_options(populate_existing=True)):
        note_row(row)


def note_row(row: Base) -> None:
    """Note that the next event is to bind what a row says."""
    _note(db.session(), _tables[type(row)], row)


def note_deleted(model: type[Base], ids: Iterable[int | tuple[int, ...]]) -> None:
    """Note that a statement deleted rows of a table, by their numbers or their whole keys."""
    changed = db.session().info.setdefault(_CHANGED, {})
    for id_ in ids:
        key = "-".join(map(str, id_)) if isinstance(id_, tuple) else id_
        changed[f"{ROW}{_tables[model].name}.{key}"] = None


def _note(session: Session, table: RecordedTable, row: Base) -> None:
    if table.holds(row):
        session.info.setdefault(_CHANGED, {})[table.row_name(row)] = row


def _note_flushed(session: Session, _context: UOWTransaction) -> None:
    for row in session.new:
        if table := _tables.get(type(row)):
            _note(session, table, row)
    for row in session.dirty:
        if (table := _tables.get(type(row))) and _is_changed(table, row):
            _note(session, table, row)
    for row in session.deleted:
        if (table := _tables.get(type(row))) and table.holds(row):
            session.info.setdefault(_CHANGED, {})[table.row_name(row)] = None


def _is_changed(table: RecordedTable, row: Base) -> bool:
    state = inspect(row)
    changed = table.bound & state.committed_state.keys()
    return any(state.attrs[key].history.has_changes() for key in changed)


def take_changed() -> dict[str, object]:
    """Return what the rows say that changed since the event before, by the names of the fields.

    A row that was deleted has one field, with no value. Whoever calls this binds them.
    """
    db.session.flush()
    fields: dict[str, object] = {}
    for name, row in db.session().info.pop(_CHANGED, {}).items():
        if row is None:
            fields[name] = None
        else:
            fields |= _tables[type(row)].says(row)
    return fields


def says_now(field: str, salt: str, digest: str) -> bool:
    """Whether a row still says what an event bound in this field."""
    _, name, key, *_ = field.split(".")
    table = next((one for one in _tables.values() if one.name == name), None)
    if table is None:
        return False
    model: type[Base] = table.mapper.class_
    row = db.session.get(model, tuple(int(one) for one in key.split("-")))
    if row is None:
        return False
    said = table.says(row)
    return field in said and field_digest(salt, said[field]) == digest


class UnnotedError(RuntimeError):
    """A statement changes many rows, and nobody notes which: a fault of the program."""


def rows_left(session: Session) -> list[str]:
    """Return the rows of a unit of work that no event binds yet, by the names of their fields."""
    session.flush()
    return list(session.info.get(_CHANGED, ()))


def _refuse_unnoted(state: ORMExecuteState) -> None:
    """Refuse a statement that changes bound columns of many rows, unless its caller notes them."""
    if not (state.is_update or state.is_delete) or state.execution_options.get("rows_noted"):
        return
    table = _tables.get(state.bind_mapper.class_) if state.bind_mapper else None
    if table is None or not is_working():
        return
    values = getattr(state.statement, "_values", None) or {}
    named = {getattr(column, "key", str(column)) for column in values}
    if state.is_delete or named & table.bound:
        raise UnnotedError(f"a statement changes rows of {table.name} that nobody notes")


def _forget(session: Session) -> None:
    session.info.pop(_CHANGED, None)


def listen_to_changes() -> None:
    """Listen to what units of work do to the rows of recorded tables."""
    listen_once(Session, "after_flush", _note_flushed)
    listen_once(Session, "do_orm_execute", _refuse_unnoted)
    listen_once(Session, "after_commit", _forget)
    listen_once(Session, "after_rollback", _forget)
