"""Kept parts: made once for many readers, and only where all of them would get the same."""

from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import find_round, make_comment, make_proposal
from tests.statements import counted

LIST = "/nl/rounds/open/proposals"


def asked(app: Flask, reader: FlaskClient, path: str) -> int:
    """Return how many statements a page takes."""
    with counted(app) as statements:
        assert reader.get(path).status_code == HTTPStatus.OK
    return statements.number


@pytest.fixture
def saved(app: Flask, browse: Any) -> Any:
    """Return how many statements a part saves that another one read before."""
    reader = browse("sam")
    reader.get("/nl/help")

    def difference(path: str) -> int:
        first = asked(app, reader, path)
        return first - asked(app, reader, path)

    return difference


@pytest.mark.both_engines
def test_a_part_is_made_for_one_reader_and_shown_to_others(app: Flask, browse: Any) -> None:
    pia, lotte, sam = browse("pia"), browse("lotte"), browse("sam")
    with app.test_request_context():
        make_proposal("open")
    first, again = asked(app, pia, LIST), asked(app, pia, LIST)
    assert again < first
    assert asked(app, lotte, LIST) == again
    assert asked(app, sam, LIST) > again, "who may not write a proposal gets another one"


def test_a_part_is_kept_under_an_address_that_says_no_more(saved: Any) -> None:
    for more in ("?utm_source=pia", "?order=oldest&order=newest"):
        assert saved(LIST + more) == 0
    assert saved(LIST) > 0


def test_whoever_works_on_the_plan_gets_a_list_that_is_made_for_them(
    app: Flask, browse: Any
) -> None:
    mo = browse("mo")
    mo.get("/nl/help")
    assert asked(app, mo, LIST) == asked(app, mo, LIST)


def test_a_thread_with_comments_of_the_reader_is_made_for_them(app: Flask, browse: Any) -> None:
    with app.test_request_context():
        proposal = make_proposal("open")
        make_comment(proposal, author="pia")
        path = f"{LIST}/{proposal.number}"
    pia, sam = browse("pia"), browse("sam")
    for reader in (sam, pia, sam):
        reader.get(path)
    assert asked(app, pia, path) > asked(app, sam, path)
    report = "/nl/report/comment/"
    assert report in sam.get(path).text
    assert report not in pia.get(path).text


def test_without_room_nothing_is_kept(
    app: Flask, saved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.extensions["consult-page-cache"], "most", 0)
    assert saved(f"/nl/rounds/{find_round('open').slug}/proposals") == 0
