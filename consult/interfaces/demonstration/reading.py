"""From TOML to the classes of the schema: every key must be known, every value of its type."""

import dataclasses
import enum
import types
from collections.abc import Mapping
from datetime import date
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

from consult.interfaces.demonstration.relative_time import When

T = TypeVar("T")


class ContentFault(Exception):  # noqa: N818
    """Something in the content is wrong: every fault as a sentence that says where."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def fault(where: str, text: str) -> ContentFault:
    """Make a fault with one sentence."""
    return ContentFault([f"{where}: {text}"])


def build(kind: type[T], table: object, where: str) -> T:
    """Make an instance of a TOML table; `where` names the place in a refusal (ContentFault)."""
    if not isinstance(table, Mapping):
        raise fault(where, "a table belongs here.")
    fields = {field.name: field for field in _fields_of(kind)}
    hints = get_type_hints(kind)
    here = f"{where} {table['key']!r}" if "key" in table else where
    if unknown := sorted(table.keys() - fields.keys()):
        raise fault(here, f"there is no field {unknown[0]!r}.")
    for name, field in fields.items():
        if name not in table and field.default is dataclasses.MISSING:
            raise fault(here, f"the field {name!r} is missing.")
    values = {name: _value(hints[name], given, f"{here}, {name}") for name, given in table.items()}
    return kind(**values)


def _fields_of(kind: type[object]) -> tuple[dataclasses.Field[object], ...]:
    if not dataclasses.is_dataclass(kind):
        raise TypeError(kind)
    return dataclasses.fields(kind)


def _value(kind: object, given: object, where: str) -> object:
    if get_origin(kind) is tuple:
        if not isinstance(given, list):
            raise fault(where, "a list belongs here.")
        each = get_args(kind)[0]
        return tuple(_value(each, item, f"{where} {n}") for n, item in enumerate(given, start=1))
    if get_origin(kind) in {Union, types.UnionType}:
        kind = next(part for part in get_args(kind) if part is not type(None))
    if kind is When:
        return _when(given, where)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return build(kind, given, where)
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum):
        return _choice(kind, given, where)
    return _plain(kind, given, where)


def _when(given: object, where: str) -> When:
    try:
        return When.read(given if isinstance(given, str) else "")
    except ValueError:
        wanted = 'write days from the day of building and a time, like "-12 09:30".'
        raise fault(where, f"{given!r} is no moment; {wanted}") from None


def _choice(kind: type[enum.StrEnum], given: object, where: str) -> enum.StrEnum:
    try:
        return kind(str(given))
    except ValueError:
        raise fault(where, f"{given!r} is not one of {', '.join(kind)}.") from None


def _plain(kind: object, given: object, where: str) -> object:
    names: dict[object, str] = {
        str: "a text",
        int: "a number",
        bool: "true or false",
        date: "a date",
    }
    if type(given) is not kind:
        raise fault(where, f"{given!r} is not {names[kind]}.")
    return given.strip() if isinstance(given, str) else given
