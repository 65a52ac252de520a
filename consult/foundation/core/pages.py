"""Pages of long lists, by keyset: the next page starts after the last row seen.

A `Keyset` is the one definition of how a list is sorted. It gives ORDER BY, the condition under
which a page starts, and the key of a row, which the database hands back beside the row: nothing
that is written twice can come apart. No OFFSET and no exact count, so page 500 costs what page 1
costs.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeAlias, TypeVar, TypeVarTuple, overload
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    literal,
    tuple_,
)
from sqlalchemy.types import TypeEngine

from consult.foundation.core.db import Moment, db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.numbers import LARGEST_KEY

T = TypeVar("T")
Columns = TypeVarTuple("Columns")
Part: TypeAlias = int | str | datetime
"""A part of the key of a row, as it stands in a cursor."""
PAGE_SIZE = 20
_PLACES = {"cursor", "comment"}
"""What an address says about the place in a list at which a page starts."""
_LONGEST_CURSOR = 4_000


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of rows, and the cursor of the next (None at the end of the list)."""

    rows: Sequence[T]
    next_cursor: str | None = None
    is_first: bool = True

    def link(self, cursor: str | None, anchor: str = "") -> str:
        """Return the address of this list from another place: a cursor, or None for its start.

        What stands in the address of the reader is passed on as text, never as keywords.
        """
        said = [pair for pair in request.args.items(multi=True) if pair[0] not in _PLACES]
        query = urlencode([*said, ("cursor", cursor)] if cursor else said)
        path = url_for(str(request.endpoint), **(request.view_args or {}))
        return path + (f"?{query}" if query else "") + (f"#{anchor}" if anchor else "")

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


class Keyset:
    """How a list is sorted: by some columns, all of them upwards or all of them downwards.

    The last column tells the rows of the list apart, so that equal ones before it repeat nothing.
    """

    def __init__(self, *columns: SQLColumnExpression[object], descending: bool = False) -> None:
        self.columns = columns
        self.descending = descending
        self._kinds: Sequence[TypeEngine[object]] = tuple_(*columns).type.types
        self._readers = [_reader_of(kind) for kind in self._kinds]

    @overload
    def page(self, statement: Select[T], cursor: str | None, size: int = PAGE_SIZE) -> Page[T]: ...

    @overload
    def page(
        self,
        statement: Select[*Columns],
        cursor: str | None,
        size: int = PAGE_SIZE,
        *,
        make: Callable[..., T],
        asked: Mapping[str, object] | None = None,
    ) -> Page[T]: ...

    def page(
        self,
        statement: Select[*Columns],
        cursor: str | None,
        size: int = PAGE_SIZE,
        make: Callable[..., T] = lambda row: row,
        asked: Mapping[str, object] | None = None,
    ) -> Page[T]:
        """Return the page of a SELECT that starts after a cursor; one statement.

        `make` builds a row from the columns of the SELECT; without it, that is its one entity.
        `asked` is what the SELECT leaves open.
        Raises InvalidInput for a cursor that this keyset did not write.
        """
        first = self.first(statement.add_columns(*self.columns), cursor, size + 1)
        found = db.session.execute(first, asked).all()
        split = -len(self.columns)
        shown = found[:size]
        more = len(found) > size
        return Page(
            [make(*row[:split]) for row in shown],
            encode_cursor(*shown[-1][split:]) if more else None,
            not cursor,
        )

    def first(self, statement: Select[T], cursor: str | None, many: int) -> Select[T]:
        """Return a SELECT narrowed to its first rows after a cursor, in order."""
        after = self.read(cursor)
        if after is not None:
            statement = statement.where(self._beyond(after))
        return statement.order_by(None).order_by(*self._by()).limit(many)

    def _by(self) -> list[SQLColumnExpression[object]]:
        return [column.desc() if self.descending else column for column in self.columns]

    def read(self, cursor: str | None) -> tuple[Part, ...] | None:
        """Read the key in a cursor; None without one, InvalidInput for what is none of ours."""
        if not cursor:
            return None
        try:
            key = _parts_of(cursor)
            return tuple(read(part) for read, part in zip(self._readers, key, strict=True))
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise InvalidInput(
                _l("This page address is not complete."), _l("Start again at the first page.")
            ) from None

    def _beyond(self, key: tuple[Part, ...]) -> ColumnElement[bool]:
        here = tuple_(*self.columns)
        there = tuple_(*(literal(part, kind) for part, kind in zip(key, self._kinds, strict=True)))
        return here < there if self.descending else here > there


def encode_cursor(*key: object) -> str:
    """Write the key of a row as a cursor for an address."""
    text = json.dumps(key, default=datetime.isoformat)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _parts_of(cursor: str) -> list[object]:
    if len(cursor) > _LONGEST_CURSOR:
        raise ValueError(cursor)
    key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if not isinstance(key, list):
        raise TypeError(key)
    return key


def _reader_of(kind: TypeEngine[object]) -> Callable[[object], Part]:
    """Return what takes a part of a cursor as a value of a column; it raises for another one."""
    readers: tuple[tuple[type[object], Callable[[object], Part]], ...] = (
        (Moment, _moment),
        (Integer, _whole),
        (String, _text),
    )
    for known, reader in readers:
        if isinstance(kind, known):
            return reader
    raise TypeError(f"no list is sorted by {kind!r}")


def _whole(part: object) -> int:
    if not isinstance(part, int) or isinstance(part, bool) or abs(part) > LARGEST_KEY:
        raise ValueError(part)
    return part


def _moment(part: object) -> datetime:
    at = datetime.fromisoformat(_text(part))
    if at.tzinfo is None:
        raise ValueError(part)
    return at.astimezone(UTC)


def _text(part: object) -> str:
    if not isinstance(part, str) or "\x00" in part:
        raise ValueError(part)
    part.encode()  # half of a surrogate pair is no text for a database
    return part
