"""A document is made when it is first asked for, one at a time, and kept for all who follow."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.queries import get_plan
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files import cache
from consult.foundation.jobs.services import run_all
from consult.foundation.storage.local_storage import LocalStorage
from consult.interfaces.publishing import document_cache
from consult.interfaces.publishing.documents import PlanDocument
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.services import change_commitment
from tests.cast import person
from tests.commitments.test_services import published, text_from
from tests.conftest import BrowserClient, Clock
from tests.statements import counted

PDF, DOCX = "/nl/plans/open-overheid/plan.pdf", "/nl/plans/open-overheid/plan.docx"
FROZEN = "/nl/plans/open-overheid/versions/1/plan.pdf"


class Press:
    """Makes documents in no time, counts them, and can be held in the middle of one."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.busy = threading.Event()

    def kind(self, name: str) -> Callable[[PlanDocument], bytes]:
        def make(document: PlanDocument) -> bytes:
            self.made.append(f"{name} {document.version_number or 'living'} {document.language}")
            self.busy.set()
            assert self.may_go_on.wait(20)
            return f"{name} {document!r}".encode()

        return make


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[Press]:
    made = Press()
    monkeypatch.setattr(document_cache, "RENDERERS", {k: made.kind(k) for k in ("pdf", "docx")})
    monkeypatch.setattr(document_cache, "_latest", {})
    cache.drop({"places": ""}, app.config["CLOCK"]())
    yield made
    made.may_go_on.set()


def files(app: Flask) -> list[Path]:
    made = Path(app.config["STORAGE_URL"].removeprefix("file:")).glob("made/*")
    return sorted(path for path in made if path.is_file())


def test_the_second_reader_gets_what_was_made_for_the_first(
    press: Press, browse: Any, now: datetime
) -> None:
    published(now)
    first, second = browse().get(PDF), browse("sam").get(PDF)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert second.mimetype == "application/pdf"
    assert second.headers["Content-Disposition"].endswith("open-overheid-nl.pdf")
    assert press.made == ["pdf living nl"]
    again = browse().get(PDF, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_who_asks_again_costs_no_reading_of_the_plan(
    press: Press, app: Flask, client: FlaskClient, now: datetime
) -> None:
    published(now)
    client.get(PDF)
    with counted(app) as statements:
        assert client.get(PDF).status_code == 200
    assert statements.number <= 1, str(statements)
    assert press.made == ["pdf living nl"]


def test_each_kind_and_language_is_made_once(
    press: Press, client: FlaskClient, now: datetime
) -> None:
    published(now)
    for _twice in range(2):
        for address in (PDF, DOCX, PDF.replace("/nl/", "/en/"), DOCX.replace("/nl/", "/en/")):
            assert client.get(address).status_code == 200
    assert sorted(press.made) == [
        "docx living en",
        "docx living nl",
        "pdf living en",
        "pdf living nl",
    ]


def test_a_plan_that_changes_gets_a_new_document_in_the_room_of_the_old(
    press: Press, app: Flask, client: FlaskClient, now: datetime
) -> None:
    proposal, commitment = published(now)
    before = client.get(PDF).data
    written = text_from(proposal)
    with unit_of_work():
        written.title["nl"] = "Anders"
        change_commitment(person("ana"), commitment, written, commitment.version, now)
    assert "Anders" in client.get(PDF).text
    assert client.get(PDF).data != before
    assert len(press.made) == 2
    assert len(files(app)) == 1


def test_one_is_made_at_a_time_and_nobody_waits(
    press: Press, app: Flask, browse: Any, now: datetime
) -> None:
    published(now)
    press.may_go_on.clear()
    answers: list[int] = []

    def ask() -> None:
        with app.app_context():
            answers.append(app.test_client().get(PDF).status_code)

    first = threading.Thread(target=ask)
    first.start()
    assert press.busy.wait(20)
    for address in (PDF, DOCX, "/en/plans/open-overheid/plan.pdf"):
        told = browse().get(address)
        assert told.status_code == 503
        assert told.headers["Retry-After"] == str(document_cache.RETRY_SECONDS)
        assert f'href="{address}"' in told.text
    assert "We maken een document" in browse().get(PDF).text
    assert "We are making a document" in browse().get(PDF.replace("/nl/", "/en/")).text
    assert browse().get("/health").status_code == 200
    press.may_go_on.set()
    first.join(20)
    assert answers == [200]
    assert browse().get(PDF).status_code == 200
    assert press.made == ["pdf living nl"]


def test_a_document_that_fails_keeps_nobody_out(
    app: Flask, client: BrowserClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(now)
    cache.drop({"places": ""}, now)

    def fails(_document: PlanDocument) -> bytes:
        raise MemoryError

    monkeypatch.setitem(document_cache.RENDERERS, "pdf", fails)
    client.faults_expected = True
    assert client.get(PDF).status_code == 500
    monkeypatch.setitem(document_cache.RENDERERS, "pdf", lambda _document: b"whole")
    assert client.get(PDF).data == b"whole"
    assert app


def test_a_full_disk_costs_the_reader_nothing(
    press: Press, client: FlaskClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_what: object, **_how: object) -> None:
        raise OSError(28, "No space left on device")

    published(now)
    monkeypatch.setattr(LocalStorage, "write", full)
    assert client.get(PDF).status_code == 200
    assert client.get(PDF).status_code == 200
    assert len(press.made) == 2


def test_what_is_hidden_goes_from_what_is_kept(
    press: Press, app: Flask, client: FlaskClient, now: datetime
) -> None:
    proposal, _commitment = published(now)
    with unit_of_work():
        freeze_plan(person("ana"), get_plan("open-overheid"), "Eerste", now)
    for address in (PDF, FROZEN):
        assert proposal.title in client.get(address).text
    with unit_of_work():
        decide(person("mo"), proposal, Judgement(Verb.HIDE, "Naam.", Ground.PERSONAL_DATA), now)
    for address in (PDF, FROZEN):
        assert proposal.title not in client.get(address).text
    run_all(now)
    assert not any(proposal.title in path.read_text() for path in files(app))
    assert len(press.made) == 4


def test_what_is_hidden_goes_though_nobody_asks_for_the_document_again(
    press: Press, app: Flask, client: FlaskClient, now: datetime
) -> None:
    """A document that is made anew takes the room of the old one; this one is not asked for."""
    proposal, _commitment = published(now)
    with unit_of_work():
        freeze_plan(person("ana"), get_plan("open-overheid"), "Eerste", now)
    assert proposal.title in client.get(FROZEN).text
    assert press.made == ["pdf 1 nl"]
    with unit_of_work():
        decide(person("mo"), proposal, Judgement(Verb.HIDE, "Naam.", Ground.PERSONAL_DATA), now)
    run_all(now)
    assert files(app) == []


def test_what_was_made_a_week_ago_goes(
    press: Press, app: Flask, client: FlaskClient, clock: Clock, now: datetime
) -> None:
    published(now)
    client.get(PDF)
    assert press.made
    made_at = datetime.fromtimestamp(files(app)[0].stat().st_mtime, tz=now.tzinfo)
    cache.drop_old({}, made_at)
    assert len(files(app)) == 1
    cache.drop_old({}, made_at + cache.PERIOD + timedelta(seconds=1))
    assert not files(app)
    assert clock


def test_another_program_makes_its_own(
    press: Press, client: FlaskClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(now)
    client.get(PDF)
    monkeypatch.setattr(document_cache, "program_digest", lambda: "newer")
    monkeypatch.setattr(document_cache, "_latest", {})  # another process
    client.get(PDF)
    assert len(press.made) == 2
