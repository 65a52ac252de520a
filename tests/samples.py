"""The short form of a test that goes through everything: some of it, always the same."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar
from zlib import crc32

import pytest

SEED = 2026
One = TypeVar("One")

SHORT_AND_LONG = pytest.mark.parametrize(
    "everything",
    [
        pytest.param(False, id="some"),
        pytest.param(True, id="everything", marks=pytest.mark.long),
    ],
)
"""A test in two forms: some of it in `make test`, everything in `make test-long`."""


def some_of(items: Iterable[One], many: int, what: str = "") -> list[One]:
    """Return as many of the items, drawn by what they are for; all, if there are no more."""
    found: Sequence[One] = list(items)
    return Random(f"{SEED} {what}").sample(found, min(many, len(found)))


def is_drawn(name: str, one_in: int) -> bool:
    """Whether something with this name is among the one in so many that are drawn."""
    return crc32(f"{SEED} {name}".encode()) % one_in == 0


def drawn_or_long(names: Iterable[str], one_in: int) -> list[Any]:
    """Return cases by their names: one in so many for `make test`, the others long."""
    return [
        pytest.param(name, marks=() if is_drawn(name, one_in) else pytest.mark.long)
        for name in names
    ]


def moments(
    first: datetime,
    end: datetime,
    expected: Collection[datetime],
    step: timedelta,
    stride: timedelta,
    *,
    everything: bool,
) -> Iterator[datetime]:
    """Yield the moments from the first to before the end, a step apart.

    Where not everything is wanted: a step apart within a stride of what is expected, and a stride
    apart between.
    """
    at = first
    while at < end:
        yield at
        at += step if everything or any(abs(at - one) <= stride for one in expected) else stride
