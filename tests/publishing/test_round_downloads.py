"""Downloads of a round: made once for all, never with what is no longer public."""

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal, Stance
from consult.consultation.proposals.positions import take_position
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotAllowed
from consult.foundation.core.extensions import limiter
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files import cache
from consult.foundation.files.growing import Unfinished
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.services import run_all
from consult.foundation.record.models import Event
from consult.foundation.record.queries import RecordPoint
from consult.foundation.storage.local_storage import LocalStorage
from consult.interfaces.exchange.exporting import files as export_files
from consult.interfaces.exchange.exporting.columns import CSV_HEADER
from consult.interfaces.exchange.exporting.lines import Export
from consult.interfaces.publishing import round_files, round_writing, transfers
from consult.interfaces.publishing.complete_exports import EXPORTED, take_complete_export
from consult.interfaces.publishing.reading_copy import COPIES
from consult.interfaces.publishing.round_job import JOB
from tests.cast import person
from tests.conftest import BrowserClient, Clock, make_app
from tests.databases import Databases
from tests.exchange.workbooks import by_calamine, records_of
from tests.factories import find_round, make_comment, make_proposal
from tests.privacy.exported import export_of as own_export

PAGE = "/nl/rounds/open/downloads"
COMPLETE = f"{PAGE}/complete"
CSV, XLSX, PDF = (f"{PAGE}/{kind}" for kind in ("csv", "xlsx", "pdf"))
BY_JOB = ("xlsx", "ods", "pdf", "docx", "odt")


@pytest.fixture(autouse=True)
def nothing_kept(app: Flask, now: datetime) -> None:
    assert app
    cache.drop({"places": ""}, now)


def kept(app: Flask) -> list[Path]:
    folder = Path(app.config["STORAGE_URL"].removeprefix("file:"))
    return sorted(path for path in folder.glob("made/rounds/**/*") if path.is_file())


def hide(proposal: Proposal, now: datetime) -> None:
    with unit_of_work():
        decide(person("mo"), proposal, Judgement(Verb.HIDE, "Naam.", Ground.PERSONAL_DATA), now)


def support(proposal: Proposal, now: datetime) -> None:
    with unit_of_work():
        take_position(person("lotte"), proposal, Stance.SUPPORT, "", now)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


class Counted:
    """Counts how often a format is written, and can be held after its first piece."""

    def __init__(self, write: Callable[[Export], Iterator[bytes]]) -> None:
        self._write = write
        self.made = 0
        self.busy = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def __call__(self, export: Export) -> Iterator[bytes]:
        self.made += 1
        for piece in self._write(export):
            yield piece
            self.busy.set()
            assert self.may_go_on.wait(20)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    made = Counted(export_files.FORMATS["csv"])
    monkeypatch.setitem(export_files.FORMATS, "csv", made)
    yield made
    made.may_go_on.set()


# ---- what everybody gets


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_offers_every_format_with_licence_and_dictionary(
    client: FlaskClient, language: str
) -> None:
    page = client.get(PAGE.replace("/nl/", f"/{language}/")).text
    for kind in (*export_files.FORMATS, *COPIES):
        assert f'href="/{language}/rounds/open/downloads/{kind}"' in page
    assert "CC0 1.0" in page
    assert f"/{language}/data-dictionary" in page
    assert "/complete" not in page
    assert f'href="{PAGE}"' in client.get("/nl/rounds/open").text


def test_the_dictionary_says_what_every_column_holds(client: FlaskClient) -> None:
    page = client.get("/nl/data-dictionary").text
    for column in CSV_HEADER:
        assert f">{column}</code>" in page
    assert "Hoeveel mensen het steunen" in page


def test_data_is_what_the_public_sees_and_names_nobody(client: FlaskClient, now: datetime) -> None:
    proposal = make_proposal("open", State.PUBLISHED)
    make_comment(proposal, State.PUBLISHED, author="lotte")
    hidden = make_proposal("open", State.HIDDEN, title="Dit is verborgen")
    answers = {kind: client.get(f"{PAGE}/{kind}") for kind in ("csv", "json", "jsonl")}
    found = rows(answers["csv"].data)
    assert [row["kind"] for row in found] == ["proposal", "reaction"]
    assert json.loads(answers["json"].data)["proposals"][0]["title"] == proposal.title
    lines = [json.loads(line) for line in answers["jsonl"].text.splitlines()]
    assert [line["title"] for line in lines if line["type"] == "proposal"] == [proposal.title]
    for kind, answer in answers.items():
        assert answer.status_code == 200
        assert hidden.title not in answer.text
        assert not any(person(one).display_name in answer.text for one in ("pia", "lotte"))
        name = f"open-nl-{now:%Y-%m-%d}.{kind}"
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert answer.headers["ETag"].startswith("W/")
    assert answers["csv"].mimetype == "text/csv"


@pytest.mark.parametrize("kind", BY_JOB)
def test_what_a_job_makes_is_asked_once_and_opened(
    client: FlaskClient, now: datetime, kind: str
) -> None:
    proposal = make_proposal("open", State.PUBLISHED)
    run_all(now)
    for _twice in range(2):
        told = client.get(f"{PAGE}/{kind}")
        assert told.status_code == 503
        assert int(told.headers["Retry-After"]) > 0
        assert f'href="{PAGE}/{kind}"' in told.text
    assert "We maken het bestand" in told.text
    asked = select(Job).where(Job.kind == JOB, Job.done_at.is_(None))
    assert len(db.session.scalars(asked).all()) == 1
    run_all(now)
    answer = client.get(f"{PAGE}/{kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(f"open-nl-{now:%Y-%m-%d}.{kind}")
    content = io.BytesIO(answer.data)
    if kind in ("xlsx", "ods"):
        told_of = [row["title"] for row in records_of(by_calamine(answer.data)["Proposals"])]
        assert told_of == [proposal.title]
    elif kind == "pdf":
        assert proposal.title in "".join(page.extract_text() for page in PdfReader(content).pages)
    elif kind == "docx":
        assert any(proposal.title in part.text for part in Document(content).paragraphs)
    else:
        assert answer.data.startswith(b"PK")
    assert "kB" in client.get(PAGE).text


def test_a_job_that_fails_is_said_and_tried_again(
    client: FlaskClient, clock: Clock, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_proposal("open", State.PUBLISHED)
    client.get(XLSX)
    with monkeypatch.context() as broken:

        def fails(*_what: object, **_how: object) -> None:
            raise OSError(28, "No space left on device")

        broken.setattr(LocalStorage, "write_made", fails)
        run_all(now)
    assert "Dat lukte de eerste keer niet" in client.get(XLSX).text
    run_all(clock.forward(minutes=5))
    assert client.get(XLSX).status_code == 200


def test_a_round_that_is_gone_or_ready_costs_a_job_nothing(
    app: Flask, client: FlaskClient, now: datetime
) -> None:
    client.get(XLSX)
    run_all(now)
    before = [(path, path.stat().st_mtime_ns) for path in kept(app)]
    round_id = find_round("open").id
    round_writing.make_file({"round": round_id, "kind": "xlsx", "language": "nl"}, now)
    round_writing.make_file({"round": 999_999, "kind": "xlsx", "language": "nl"}, now)
    assert [(path, path.stat().st_mtime_ns) for path in kept(app)] == before


# ---- made once


def test_the_second_reader_gets_what_was_made_for_the_first(
    counted: Counted, app: Flask, browse: Any
) -> None:
    make_proposal("open", State.PUBLISHED)
    first, second = browse().get(CSV), browse("sam").get(CSV.replace("/nl/", "/en/"))
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert second.headers["Content-Length"] == str(len(first.data))
    assert counted.made == 1
    assert len(kept(app)) == 1
    again = browse().get(CSV, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_large_file_is_handed_over_in_pieces(
    browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_proposal("open", State.PUBLISHED)
    first = browse().get(CSV)
    monkeypatch.setattr("consult.interfaces.publishing.views.round_downloads.AT_ONCE", 10)
    assert browse().get(CSV).data == first.data
    reader = transfers.KeptFileReader
    places = [transfers.Transfer(reader(nothing())) for _ in range(transfers.MOST)]
    told = browse().get(CSV)
    assert told.status_code == 503
    assert told.headers["Retry-After"] == "3"
    assert "Veel mensen downloaden nu" in told.text
    for one in places:
        one.close()
        one.close()  # twice is once
    assert browse().get(CSV).status_code == 200


def nothing() -> Any:
    return type("Opened", (), {"stream": io.BytesIO()})()


def test_who_comes_while_it_is_written_reads_along(counted: Counted, app: Flask) -> None:
    make_proposal("open", State.PUBLISHED)
    counted.may_go_on.clear()
    answers: list[bytes] = []

    def ask() -> None:
        with app.app_context():
            answers.append(app.test_client().get(CSV).data)

    readers = [threading.Thread(target=ask) for _ in range(3)]
    for one in readers:
        one.start()
    assert counted.busy.wait(20)
    with app.app_context():
        other = app.test_client().get(CSV.replace("open", "closed"))
        assert app.test_client().get(f"{PAGE}/json", buffered=True).status_code == 200
    assert other.status_code == 503
    assert other.headers["Retry-After"]
    assert "Eerst wordt een ander bestand gemaakt" in other.text
    counted.may_go_on.set()
    for one in readers:
        one.join(20)
    assert len(set(answers)) == 1
    assert len(rows(answers[0])) == 1
    assert counted.made == 1


def test_who_goes_away_breaks_nothing_off(counted: Counted, client: FlaskClient) -> None:
    make_proposal("open", State.PUBLISHED)
    counted.may_go_on.clear()
    answer = FlaskClient.open(client, CSV)
    assert counted.busy.wait(20)
    answer.close()
    counted.may_go_on.set()
    assert len(rows(client.get(CSV).data)) == 1
    assert counted.made == 1
    assert [one.name for one in threading.enumerate() if one.name == "round-file"] == []


def test_a_file_that_fails_ends_in_no_whole_answer_and_keeps_nobody_out(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_proposal("open", State.PUBLISHED)

    def fails(_export: Export) -> Iterator[bytes]:
        yield b"half"
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setitem(export_files.FORMATS, "csv", fails)
        with pytest.raises(Unfinished):
            client.get(CSV)
    assert kept(app) == []
    assert len(rows(client.get(CSV).data)) == 1


def test_a_full_disk_costs_the_reader_nothing(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_what: object, **_how: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalStorage, "write", full)
    assert client.get(CSV).status_code == 200
    assert kept(app) == []


def test_who_only_looks_gets_nothing_made(counted: Counted, client: FlaskClient) -> None:
    for kind, status in (("csv", 200), ("pdf", 503)):
        answer = client.head(f"{PAGE}/{kind}")
        assert (answer.status_code, answer.data) == (status, b"")
        assert "Content-Length" not in answer.headers or kind == "pdf"
    assert counted.made == 0
    assert db.session.scalars(select(Job).where(Job.kind == JOB)).all() == []
    whole = client.get(CSV)
    answer = client.head(CSV)
    assert answer.headers["Content-Length"] == str(len(whole.data))
    assert answer.headers["ETag"] == whole.headers["ETag"]


# ---- what is no longer public


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_hidden_is_not_in_a_file_that_was_kept(
    app: Flask, client: FlaskClient, now: datetime, kind: str
) -> None:
    stays = make_proposal("open", State.PUBLISHED, title="Dit blijft")
    goes = make_proposal("open", State.PUBLISHED, title="Dit gaat weg")
    address = f"{PAGE}/{kind}"

    def titles() -> list[object]:
        if (answer := client.get(address)).status_code == 503:
            run_all(now)
            answer = client.get(address)
        if kind == "csv":
            return [row["title"] for row in rows(answer.data)]
        return [row["title"] for row in records_of(by_calamine(answer.data)["Proposals"])]

    assert titles() == [stays.title, goes.title]
    hide(goes, now)
    assert titles() == [stays.title]
    assert len(kept(app)) == 1


def test_what_is_hidden_goes_from_the_storage_though_nobody_asks_again(
    app: Flask, client: FlaskClient, now: datetime
) -> None:
    goes = make_proposal("open", State.PUBLISHED, title="Dit gaat weg")
    make_proposal("closed", State.PUBLISHED, title="Een andere ronde")
    client.get(CSV)
    client.get(CSV.replace("open", "closed"))
    assert len(kept(app)) == 2
    hide(goes, now)
    round_files.drop_stale({}, now)
    (other,) = kept(app)
    assert "Een andere ronde" in other.read_text()


def test_who_reads_along_gets_nothing_that_was_hidden_meanwhile(
    counted: Counted, app: Flask, now: datetime
) -> None:
    goes = make_proposal("open", State.PUBLISHED, title="Dit gaat weg")
    counted.may_go_on.clear()
    first = threading.Thread(target=lambda: in_app(app, CSV))
    first.start()
    assert counted.busy.wait(20)
    hide(goes, now)
    assert in_app(app, CSV).status_code == 503
    counted.may_go_on.set()
    first.join(20)
    assert goes.title not in in_app(app, CSV).text


def in_app(app: Flask, path: str) -> Any:
    with app.app_context():
        return app.test_client().get(path, buffered=True)


def test_what_was_added_comes_within_five_minutes(
    counted: Counted, client: FlaskClient, clock: Clock, now: datetime
) -> None:
    proposal = make_proposal("open", State.PUBLISHED)
    assert rows(client.get(CSV).data)[0]["support"] == "0"
    support(proposal, now)
    assert rows(client.get(CSV).data)[0]["support"] == "0"
    assert counted.made == 1
    clock.forward(minutes=5)
    assert rows(client.get(CSV).data)[0]["support"] == "1"
    clock.forward(days=3)
    assert rows(client.get(CSV).data)[0]["support"] == "1"
    assert counted.made == 2


def test_what_was_committed_late_makes_a_file_anew(
    counted: Counted, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two transactions may end in another order than that of the numbers of their events."""
    make_proposal("open", State.PUBLISHED)
    client.get(CSV)
    monkeypatch.setattr(
        round_files, "record_point", lambda until=None: RecordPoint(until or 1, "another mark")
    )
    client.get(CSV)
    assert counted.made == 2


def test_what_happens_in_another_round_makes_no_file_stale(
    counted: Counted, client: FlaskClient, now: datetime
) -> None:
    make_proposal("open", State.PUBLISHED)
    elsewhere = make_proposal("closed", State.PUBLISHED)
    client.get(CSV)
    hide(elsewhere, now)
    client.get(CSV)
    assert counted.made == 1


def test_a_licence_or_a_program_that_changes_makes_files_anew(
    counted: Counted, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(CSV)
    monkeypatch.setitem(app.config, "LICENCE", "CC BY 4.0")
    client.get(CSV)
    monkeypatch.setattr(round_files, "program_digest", lambda: "another")
    client.get(CSV)
    assert counted.made == 3


# ---- who may not read the round


@pytest.mark.parametrize("who", [None, "sam", "pia"])
def test_a_draft_gives_no_file_to_who_may_not_read_it(browse: Any, who: str | None) -> None:
    draft = PAGE.replace("open", "draft")
    for address in (draft, f"{draft}/csv", f"{draft}/pdf"):
        assert browse(who).get(address).status_code == 404
    assert browse("ana").get(f"{draft}/csv").status_code == 200
    # What was made for the team lies there; that changes nothing for others.
    assert browse(who).get(f"{draft}/csv").status_code == 404


def test_a_format_that_there_is_not_is_not_there(client: FlaskClient) -> None:
    assert client.get(f"{PAGE}/exe").status_code == 404
    assert client.get("/nl/rounds/nergens/downloads/csv").status_code == 404


@pytest.mark.one_engine
def test_one_place_cannot_ask_for_files_without_end(
    app: Flask, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    limited = make_app(databases.folder, databases.url("stage"), RATELIMIT_ENABLED=True)
    client = limited.test_client()
    said = [client.get(CSV, buffered=True).status_code for _ in range(61)]
    assert said == [200] * 60 + [429]
    with limited.app_context():
        db.engine.dispose()
    assert app


# ---- everything, for organisers


def test_an_organiser_gets_everything_and_that_is_recorded(
    app: Flask, browse: Any, now: datetime
) -> None:
    make_proposal("open", State.PUBLISHED)
    hidden = make_proposal("open", State.HIDDEN, title="Dit is verborgen")
    ana = browse("ana")
    assert f'href="{COMPLETE}"' in ana.get(PAGE).text
    page = ana.get(COMPLETE)
    assert page.headers["Cache-Control"] == "no-store"
    assert "Nog niemand" in page.text
    answer = ana.post(COMPLETE, data={"format": "jsonl"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    name = f"complete-open-nl-{now:%Y-%m-%d}.jsonl"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert person("pia").display_name in [line.get("name") for line in lines]
    assert hidden.title in [line.get("title") for line in lines]
    assert kept(app) == []
    event = db.session.scalars(select(Event).where(Event.verb == EXPORTED)).one()
    assert (event.subject_type, event.subject_id) == ("round", find_round("open").id)
    assert event.detail.actor_id == person("ana").id
    assert (event.detail.content, event.detail.reason) == ({"format": "jsonl"}, "")
    shown = ana.get(COMPLETE).text
    assert "Ana de Boer" in shown
    assert "JSON Lines" in shown
    acts = own_export("ana", now).content["parts"]["acts"]
    assert EXPORTED in [act["verb"] for act in acts]


@pytest.mark.parametrize("kind", list(export_files.FORMATS))
def test_everything_comes_in_each_format_of_data(browse: Any, kind: str) -> None:
    make_proposal("draft", State.PENDING)
    answer = browse("ana").post(COMPLETE.replace("open", "draft"), data={"format": kind})
    assert answer.status_code == 200
    if kind in ("xlsx", "ods"):
        assert len(records_of(by_calamine(answer.data)["Participants"])) == 1
    else:
        assert "pending" in answer.text


@pytest.mark.parametrize("who", ["sam", "pia", "mo", "adi"])
def test_who_does_not_organise_gets_not_everything(browse: Any, who: str) -> None:
    for answer in (
        browse(who).get(COMPLETE),
        browse(who).post(COMPLETE, data={"format": "csv"}),
    ):
        assert answer.status_code == 403
        assert "Content-Disposition" not in answer.headers
    assert not db.session.scalars(select(Event).where(Event.verb == EXPORTED)).all()


def test_the_service_asks_who_may_have_everything(app: Flask, now: datetime) -> None:
    assert app
    with unit_of_work(), pytest.raises(NotAllowed):
        take_complete_export(person("mo"), find_round("open"), "csv", now)


def test_who_is_not_signed_in_is_asked_to(browse: Any) -> None:
    answer = browse().get(COMPLETE)
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]


def test_who_signed_in_a_while_ago_is_asked_once_more_and_comes_back(
    browse: Any, clock: Clock
) -> None:
    ana = browse("ana")
    clock.forward(minutes=16)
    for answer in (ana.get(COMPLETE), ana.post(COMPLETE, data={"format": "csv"})):
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith(f"/verify?next={COMPLETE}")
    assert not db.session.scalars(select(Event).where(Event.verb == EXPORTED)).all()


def test_who_only_looks_at_the_page_of_everything_downloads_nothing(browse: Any) -> None:
    answer = browse("ana").head(COMPLETE)
    assert answer.status_code == 200
    assert "Content-Disposition" not in answer.headers


def test_a_format_that_there_is_not_is_refused_in_words(browse: Any) -> None:
    for said in ({}, {"format": "pdf"}, {"format": "exe"}):
        answer = browse("ana").post(COMPLETE, data=said)
        assert answer.status_code == 422
        assert "Kies een van de formaten" in answer.text
    assert not db.session.scalars(select(Event).where(Event.verb == EXPORTED)).all()


def test_nothing_is_recorded_of_what_is_not_given(
    browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(*_what: object) -> None:
        raise round_writing.OtherBeingMade

    view = "consult.interfaces.publishing.views.round_downloads.read_complete"
    with monkeypatch.context() as busy:
        busy.setattr(view, other)
        answer = browse("ana").post(COMPLETE, data={"format": "csv"})
    assert answer.status_code == 503
    assert "Iemand anders is nu aan het downloaden" in answer.text
    assert not db.session.scalars(select(Event).where(Event.verb == EXPORTED)).all()
    assert browse("ana").post(COMPLETE, data={"format": "csv"}).status_code == 200


def test_an_export_with_everything_is_not_made_for_nobody(
    counted: Counted, app: Flask, browse: Any
) -> None:
    """Whoever goes away before the end leaves nothing behind, and nobody waits for it."""
    make_proposal("open", State.PUBLISHED)
    client: BrowserClient = browse("ana")
    counted.may_go_on.clear()
    answer = FlaskClient.open(client, COMPLETE, method="POST", data={"format": "csv"})
    assert counted.busy.wait(20)
    answer.close()
    counted.may_go_on.set()
    for one in threading.enumerate():
        if one.name == "round-file":
            one.join(20)
    assert kept(app) == []
    assert browse("ana").post(COMPLETE, data={"format": "csv"}).status_code == 200
