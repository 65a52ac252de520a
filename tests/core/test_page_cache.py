"""Kept pages: true in the very next answer, the same for everybody, no more than there is room for.

A page is fetched by a reader who is not signed in; what was made anew is told by its statements.
"""

import gzip
import threading
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select, text
from werkzeug.test import Client

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.rounds.services import count
from consult.foundation.core.db import db, table_of
from consult.foundation.core.page_cache import EXTENSION, PageCache
from consult.foundation.core.public_revision import (
    PublicRevision,
    begin_anew,
    read_revision,
)
from consult.foundation.core.unit_of_work import unit_of_work
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round, make_proposal
from tests.statements import counted

ROUND = "/nl/rounds/open"
LIST = f"{ROUND}/proposals"
TITLE = "Een begrijpelijke besluitenlijst"


@pytest.fixture
def cache(app: Flask) -> PageCache:
    found = app.extensions[EXTENSION]
    assert isinstance(found, PageCache)
    return found


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    """Whose browser keeps no cookies."""
    return app.test_client(use_cookies=False)


def is_kept(app: Flask, reader: FlaskClient, path: str, **more: Any) -> bool:
    """Whether a page is answered without asking for anything but the revision."""
    with counted(app) as statements:
        assert reader.get(path, **more).status_code == HTTPStatus.OK
    return statements.number == 0


@pytest.mark.both_engines
def test_a_page_is_made_once_and_anew_after_a_change(app: Flask, reader: FlaskClient) -> None:
    assert TITLE not in reader.get(LIST).text
    assert is_kept(app, reader, LIST)
    with app.test_request_context():
        proposal = make_proposal("open")
    assert TITLE in reader.get(LIST).text
    assert is_kept(app, reader, LIST)
    with app.test_request_context(), unit_of_work():
        judgement = Judgement(
            Verb.HIDE, reason="Er staat een naam in.", ground=Ground.PERSONAL_DATA
        )
        decide(person("mo"), db.session.merge(proposal), judgement, app.config["CLOCK"]())
    assert TITLE not in reader.get(LIST).text


@pytest.mark.both_engines
def test_a_change_that_is_taken_back_changes_nothing(app: Flask, reader: FlaskClient) -> None:
    reader.get(LIST)
    with app.test_request_context():
        make_proposal("open", State.DRAFT)
        db.session.execute(text("UPDATE proposal SET title = 'x'"))
        db.session.rollback()
    assert TITLE not in reader.get(LIST).text


def test_what_comes_in_changes_only_the_pages_that_count_it(
    app: Flask, reader: FlaskClient
) -> None:
    for path in (ROUND, LIST):
        reader.get(path)
    with app.app_context(), unit_of_work():
        count(find_round("open").id, received=1)
    assert is_kept(app, reader, LIST)
    assert not is_kept(app, reader, ROUND)


def test_a_statement_written_by_hand_may_change_anything(app: Flask, reader: FlaskClient) -> None:
    reader.get(LIST)
    with app.app_context(), unit_of_work():
        db.session.execute(text("SELECT 1"))
    assert is_kept(app, reader, LIST)
    with app.app_context(), unit_of_work():
        db.session.execute(text(" update job SET attempts = 0"))
    assert not is_kept(app, reader, LIST)


def test_the_same_page_comes_to_who_sends_anything_else(app: Flask, reader: FlaskClient) -> None:
    page = reader.get(LIST).text
    for headers in (
        {"Accept-Language": "en"}, {"User-Agent": "Pia"}, {"Referer": "http://127.0.0.1:5000/nl/x"},
        {"Cookie": "other=1"}, {"X-Forwarded-Host": "evil.example"}, {"Host": "evil.example"},
    ):  # fmt: skip
        assert is_kept(app, reader, LIST, headers=headers)
        assert reader.get(LIST, headers=headers).text == page


def test_nothing_else_that_a_browser_sends_reaches_a_page(
    cache: PageCache, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = cache.inner
    sent: set[str] = set()

    def watched(environ: Any, start: Any) -> Any:
        sent.update(name for name in environ if name.startswith("HTTP_"))
        return inner(environ, start)

    monkeypatch.setattr(cache, "inner", watched)
    headers = {"Accept-Language": "en", "Cookie": "other=1", "X-Person": "Pia", "Referer": "/nl/x"}
    assert reader.get(LIST, headers=headers).status_code == HTTPStatus.OK
    assert sent <= {"HTTP_HOST"}


def test_a_page_changes_when_a_date_has_come(reader: FlaskClient, clock: Clock) -> None:
    made_anew = {"Authorization": "none"}
    closes_at = find_round("open").closes_at
    clock.time = closes_at - timedelta(seconds=1)
    before = reader.get(ROUND).text
    for after in (closes_at, closes_at + timedelta(microseconds=1), closes_at + timedelta(hours=9)):
        clock.time = after
        assert reader.get(ROUND).text == reader.get(ROUND, headers=made_anew).text
    assert reader.get(ROUND).text != before


def test_who_is_signed_in_gets_a_page_of_their_own(browse: Any) -> None:
    pia, lotte, nobody = browse("pia"), browse("lotte"), browse(None)
    for _time in range(2):
        assert "Pia Jansen" in pia.get(LIST).text
        assert "Pia Jansen" not in lotte.get(LIST).text
        page = nobody.get(LIST)
        assert "Pia Jansen" not in page.text
        assert "Set-Cookie" not in page.headers
    assert pia.get(LIST).headers["Cache-Control"] == "no-store"


def test_only_what_a_page_uses_of_its_address_makes_another(
    app: Flask, reader: FlaskClient
) -> None:
    reader.get(f"{LIST}?q=besluit&order=newest")
    for same in ("?order=newest&q=besluit", "?utm_source=mail&q=besluit&order=newest&fbclid=a"):
        assert is_kept(app, reader, LIST + same)
    assert "utm_source" not in reader.get(f"{LIST}?utm_source=mail&q=besluit").text
    assert not is_kept(app, reader, f"{LIST}?q=besluiten&order=newest")


@pytest.mark.parametrize(
    "query", ["?q=%ff", "?" + "&".join(f"q={n}" for n in range(40)), "?q=%00", "?%", "?&&=&"]
)
def test_an_address_that_nobody_wrote_is_answered_as_ever(reader: FlaskClient, query: str) -> None:
    kept = reader.get(LIST + query)
    anew = reader.get(LIST + query, headers={"Authorization": "none"})
    assert kept.status_code == anew.status_code < HTTPStatus.INTERNAL_SERVER_ERROR


def test_a_browser_that_has_the_page_gets_no_more_than_that(reader: FlaskClient) -> None:
    first = reader.get(LIST, headers={"Accept-Encoding": "gzip"})
    assert first.headers["Vary"] == "Cookie, Accept-Encoding"
    assert not first.headers["ETag"].startswith("W/")
    plain = reader.get(LIST)
    assert gzip.decompress(first.data) == plain.data
    assert first.headers["ETag"] != plain.headers["ETag"]
    has = {"If-None-Match": first.headers["ETag"], "Accept-Encoding": "gzip"}
    again = reader.get(LIST, headers=has)
    assert (again.status_code, again.data) == (HTTPStatus.NOT_MODIFIED, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Security-Policy" in again.headers


def test_a_head_is_the_page_without_the_page(reader: FlaskClient) -> None:
    for _time in range(2):
        head = reader.head(LIST)
        assert head.data == b""
        assert int(head.headers["Content-Length"]) == len(reader.get(LIST).data)


def test_a_refusal_is_not_kept(cache: PageCache, reader: FlaskClient) -> None:
    reader.get("/nl/help")  # the foot of all pages is kept then
    for path in ("/nl/rounds/nergens", "/nl/nergens", f"{LIST}?cursor=x", f"{LIST}/99"):
        before = cache.size
        assert reader.get(path).status_code >= HTTPStatus.BAD_REQUEST
        assert cache.size == before


def test_an_answer_with_a_cookie_is_not_kept(
    app: Flask, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_cookie(response: Response) -> Response:
        response.set_cookie("seen", "1")
        return response

    monkeypatch.setitem(app.after_request_funcs, None, [set_cookie])
    for _time in range(2):
        assert "Set-Cookie" in reader.get(LIST).headers
    monkeypatch.undo()
    assert "Set-Cookie" not in reader.get(LIST).headers


def test_no_more_is_kept_than_there_is_room_for(
    app: Flask, cache: PageCache, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "most", 200_000)
    for number in range(40):
        reader.get(f"{LIST}?q=woord{number}", headers={"Accept-Encoding": "gzip"})
        assert cache.size <= cache.most
    assert is_kept(app, reader, f"{LIST}?q=woord39")
    assert not is_kept(app, reader, f"{LIST}?q=woord0")


def test_many_who_ask_at_once_wait_for_the_one_that_is_made(
    app: Flask, cache: PageCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_go = [], threading.Event()
    inner = cache.inner

    def slowly(environ: Any, start: Any) -> Any:
        asked.append(environ["PATH_INFO"])
        may_go.wait(5)
        return inner(environ, start)

    monkeypatch.setattr(cache, "inner", slowly)
    said: list[int] = []
    readers = [
        threading.Thread(
            target=lambda: said.append(Client(app, use_cookies=False).get(LIST).status_code)
        )
        for _ in range(6)
    ]
    for one in readers:
        one.start()
    may_go.set()
    for one in readers:
        one.join()
    assert said == [HTTPStatus.OK] * 6
    assert asked == [LIST]


def test_a_database_that_is_away_is_told_as_ever(
    app: Flask, cache: PageCache, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.get(LIST)
    monkeypatch.setattr(cache.revisions, "read", lambda: None)
    assert not is_kept(app, reader, LIST)


@pytest.mark.both_engines
def test_after_an_older_backup_the_revision_is_another_one(app: Flask) -> None:
    """Then the next change may be counted as one that is no more was."""
    seen = set()
    with app.test_request_context():
        before = db.session.execute(select(table_of(PublicRevision))).mappings().all()
        for _ in range(2):
            make_proposal("open")
            seen.add(read_revision())
            with unit_of_work():
                db.session.execute(delete(PublicRevision))
                db.session.execute(insert(PublicRevision), [dict(row) for row in before])
    assert len(seen) == 2


def test_another_database_in_its_place_is_another_revision(app: Flask, reader: FlaskClient) -> None:
    reader.get(LIST)
    with app.app_context(), unit_of_work():
        begin_anew(db.session.connection())
    assert not is_kept(app, reader, LIST)
