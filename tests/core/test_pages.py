"""A keyset writes and reads its own cursors; a forged one is refused before the database."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from consult.consultation.meetings.models import Meeting
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.pages import Keyset, Page, encode_cursor
from consult.people.organisations.models import Body, Organisation
from tests.hostile import RAW_CURSORS, Hostile

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
BY_MOMENT = Keyset(Meeting.starts_at, Meeting.id)
BY_NAME = Keyset(Organisation.name, Organisation.id)
BY_NUMBER = Keyset(Proposal.support_count, Proposal.id)


def forged(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_no_cursor_is_the_first_page() -> None:
    assert BY_MOMENT.read(None) is None
    assert BY_MOMENT.read("") is None


@pytest.mark.parametrize(
    ("keyset", "key"),
    [
        (BY_MOMENT, (AT, 7)),
        (BY_NAME, ("Cafe\u0301 Gooi 👩\u200d👧", 1)),
        (BY_NUMBER, (0, 2**31 - 1)),
    ],
)
def test_a_cursor_comes_back_as_it_was(keyset: Keyset, key: tuple[Any, ...]) -> None:
    assert keyset.read(encode_cursor(*key)) == key


@pytest.mark.parametrize(
    "value",
    [
        [], [1, 2, 3], {"a": 1}, "seven", [AT.isoformat(), "7"], [AT.isoformat(), 10**30],
        [AT.isoformat(), True], [AT.isoformat(), None], ["yesterday", 7], [7, 7],
        ["2026-11-23T12:00:00", 7], ["0001-01-01T00:00:00+14:00", 7], [float("nan"), 7],
        [AT.isoformat(), float("inf")], [AT.isoformat(), 7.0], [AT.isoformat(), 2**63],
        [[AT.isoformat()], 7], [{"at": AT.isoformat()}, 7], [None, None],
    ],
)  # fmt: skip
def test_a_forged_cursor_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput):
        BY_MOMENT.read(forged(value))


@pytest.mark.parametrize("value", [["a\x00", 1], ["\ud800", 1], [1, 1], [["a"], 1]])
def test_a_name_that_no_database_can_hold_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput):
        BY_NAME.read(forged(value))


@pytest.mark.parametrize("cursor", [*RAW_CURSORS[1:], "%%%", "=" * 9, "[" * 3_000])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        BY_NUMBER.read(cursor)


def test_a_cursor_is_read_or_refused_whatever_it_is() -> None:
    hostile = Hostile(8)
    for _ in range(3_000):
        for keyset in (BY_MOMENT, BY_NAME, BY_NUMBER):
            try:
                keyset.read(hostile.cursor())
            except InvalidInput:
                continue


def test_a_column_of_another_kind_can_sort_no_list() -> None:
    with pytest.raises(TypeError):
        Keyset(Organisation.created_at, Body.name)


HERE = "/nl/rounds/open/proposals"


@pytest.mark.parametrize(
    "query",
    [
        "endpoint=a", "_scheme=ftp", "_anchor=x", "_method=POST", "_external=1", "language=en",
        "round_slug=closed", "self=1", "values=1", "q=a%26b%3Dc", "q=a&q=b", "=1",
    ],
)  # fmt: skip
def test_what_stands_in_an_address_is_passed_on_as_text(app: Flask, query: str) -> None:
    with app.test_request_context(f"{HERE}?{query}&cursor=old", base_url="http://evil.example"):
        assert Page([], "new").link("new", "list") == f"{HERE}?{query}&cursor=new#list"
        assert Page([], "new").link(None) == f"{HERE}?{query}"


def test_the_place_in_a_list_is_not_passed_on(app: Flask) -> None:
    with app.test_request_context(f"{HERE}/1?comment=24&q=a&cursor=old"):
        assert Page([], None, False).link(None, "comments") == f"{HERE}/1?q=a#comments"
        assert Page([], "new").link("new") == f"{HERE}/1?q=a&cursor=new"
