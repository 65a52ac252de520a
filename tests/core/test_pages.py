"""A cursor that we wrote is read back; one that somebody forged is refused before the database."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from consult.core.errors import InvalidInput
from consult.core.pages import encode_cursor, moment, read_cursor, whole

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def forged(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_no_cursor_is_the_first_page() -> None:
    assert read_cursor(None, whole) is None
    assert read_cursor("", whole) is None


def test_a_cursor_comes_back_as_it_was() -> None:
    assert read_cursor(encode_cursor(AT.isoformat(), 7), moment, whole) == (AT, 7)


@pytest.mark.parametrize(
    "value",
    [
        [], [1, 2, 3], {"a": 1}, "seven", [AT.isoformat(), "7"], [AT.isoformat(), 10**30],
        [AT.isoformat(), True], [AT.isoformat(), None], ["yesterday", 7], [7, 7],
        ["2026-11-23T12:00:00", 7], ["0001-01-01T00:00:00+14:00", 7],
    ],
)  # fmt: skip
def test_a_forged_cursor_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput):
        read_cursor(forged(value), moment, whole)


@pytest.mark.parametrize("cursor", ["%%%", "AAAA", "é", "=" * 9])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        read_cursor(cursor, moment, whole)
