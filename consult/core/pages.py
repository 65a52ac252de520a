"""Pages of long lists, by keyset: the next page starts after the last row seen.

No OFFSET and no exact count, so page 500 costs what page 1 costs.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from consult.core.errors import InvalidInput

T = TypeVar("T")
PAGE_SIZE = 20
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of rows, and the cursors of its neighbours (None where there is none)."""

    rows: Sequence[T]
    next_cursor: str | None
    previous_cursor: str | None = None

    def link(self, cursor: str) -> str:
        """Give the address of a neighbouring page: this one, with another cursor."""
        arguments = {**request.args.to_dict(flat=False), **(request.view_args or {})}
        arguments["cursor"] = [cursor]
        return url_for(str(request.endpoint), **arguments)

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def encode_cursor(*key: Any) -> str:
    """Write a sort key as a cursor for an address."""
    return base64.urlsafe_b64encode(json.dumps(key, default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, length: int) -> list[Any] | None:
    """Read a cursor back; refuse one that we did not write."""
    if not cursor:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        key = None
    if not isinstance(key, list) or len(key) != length:
        raise _refusal()
    return key


def _refusal() -> InvalidInput:
    return InvalidInput(
        _l("This page address is not complete."), _l("Start again at the first page.")
    )


def read_cursor(cursor: str | None, *kinds: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    """Read a cursor whose parts are of these kinds (`whole`, `moment`, ...); None without one.

    A kind raises ValueError for what is none of it; then, as for any cursor that we did not
    write, the page is refused (InvalidInput) and no forged value reaches the database.
    """
    key = decode_cursor(cursor, len(kinds))
    if key is None:
        return None
    try:
        return tuple(kind(part) for kind, part in zip(kinds, key, strict=True))
    except (TypeError, ValueError, OverflowError):
        raise _refusal() from None


def whole(part: Any) -> int:
    """Take a part of a cursor as a row's number."""
    if type(part) is not int or abs(part) > _LARGEST:
        raise ValueError(part)
    return part


def moment(part: Any) -> datetime:
    """Take a part of a cursor as a moment with its offset."""
    at = datetime.fromisoformat(part)
    if at.tzinfo is None:
        raise ValueError(part)
    return at.astimezone(UTC)


def page_of(
    rows: Sequence[T], key: Callable[[T], tuple[Any, ...]], size: int = PAGE_SIZE
) -> Page[T]:
    """Make a page from `size` + 1 rows: the one too many tells that there is a next page."""
    more = len(rows) > size
    shown = rows[:size]
    return Page(shown, encode_cursor(*key(shown[-1])) if more and shown else None)
