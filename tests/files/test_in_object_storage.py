"""A site whose files lie in object storage: uploads, downloads, deleting, and when it is away."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.errors import NoRoom
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files import cache
from consult.foundation.files.models import StoredFile
from consult.foundation.files.services import discard, discard_files, storage, store_file
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.services import run_all
from consult.foundation.storage.object_storage import StorageAccess
from consult.foundation.storage.storage import StorageError
from consult.people.privacy.models import DataExport
from tests.cast import person
from tests.factories import PDF_FILE, filed, make_meeting
from tests.object_server import ObjectServer
from tests.proposals.test_drafts import FORM, NEW, SENT, note
from tests.storage.test_storage import NOBODY, keys

AWAY = StorageAccess("consult", "secret", endpoint=NOBODY)


@pytest.fixture(params=["folder", "objects"])
def stored(
    request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Flask:
    """The application, with its files in a folder or in object storage; none are there yet."""
    settings: dict[str, object] = {"STORAGE_URL": f"file:{tmp_path / 'files'}"}
    if request.param == "objects":
        server: ObjectServer = request.getfixturevalue("object_server")
        settings = server.settings(tmp_path.name)
    for name, value in settings.items():
        monkeypatch.setitem(app.config, name, value)
    return app


@pytest.fixture
def away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application, whose object storage does not answer any more."""
    monkeypatch.setitem(app.config, "STORAGE_URL", "s3://consult-files/away")
    monkeypatch.setitem(app.config, "STORAGE_ACCESS", AWAY)
    return app


def number_of(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def upload(browse: Any, act: str = "save") -> Any:
    data = {**FORM, "act": act, "files": note()}
    return browse("pia").post(NEW, data=data, content_type="multipart/form-data")


def test_what_a_form_brings_lies_there_until_it_is_deleted(
    stored: Flask, browse: Any, now: datetime
) -> None:
    assert stored
    upload(browse)
    row = db.session.scalars(select(StoredFile)).one()
    assert [(one.key, one.size) for one in storage().list()] == [(row.storage_key, len(PDF_FILE))]
    draft = db.session.scalars(select(Proposal)).one()
    assert browse("pia").post(f"/en/drafts/{draft.public_id}/delete").status_code == 303
    run_all(now)
    assert keys(storage()) == []


def test_a_download_is_the_same_from_both(stored: Flask, browse: Any) -> None:
    assert stored
    meeting = make_meeting("published")
    address = f"/nl/bodies/stakeholderforum/meetings/{meeting.number}/files/{filed(meeting)}"
    row = db.session.scalars(select(StoredFile)).one()
    answer = browse("ana").get(address)
    assert answer.data == PDF_FILE
    headers = answer.headers
    assert headers["Content-Length"] == str(len(PDF_FILE))
    assert headers["ETag"] == f'"{row.sha256}"'
    assert headers["Content-Disposition"] == "attachment; filename=agenda.pdf"
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.last_modified is not None
    asked = browse("ana").head(address)
    assert (asked.data, asked.headers["Content-Length"]) == (b"", str(len(PDF_FILE)))
    storage().delete(row.storage_key)
    lost = browse("ana").get(address)
    assert (lost.status_code, "kwijt" in lost.text) == (404, True)


def test_what_is_made_for_readers_is_kept_and_dropped(stored: Flask, now: datetime) -> None:
    assert stored
    cache.cache_file("plan-1-nl", "old", b"old")
    cache.cache_file("plan-1-nl", "new", b"new")
    cache.cache_file("plan-10-nl", "new", b"ten")
    assert cache.cached_file("plan-1-nl", "old") is None
    assert cache.cached_file("plan-1-nl", "new") == b"new"
    cache.drop({"places": "plan-1-"}, now)
    assert keys(storage()) == ["made/plan-10-nl.new"]
    made = next(storage().list()).modified
    cache.drop_old({}, made + cache.PERIOD - cache.PERIOD / 100)
    assert keys(storage()) == ["made/plan-10-nl.new"]
    cache.drop_old({}, made + cache.PERIOD)
    assert keys(storage()) == []


def test_an_export_of_ones_own_data_is_made_and_fetched_in_parts(
    stored: Flask, browse: Any, now: datetime
) -> None:
    assert stored
    upload(browse)
    pia = browse("pia")
    pia.post("/nl/my-data/exports")
    run_all(now)
    row = db.session.scalars(select(DataExport)).one()
    address = f"/nl/my-data/exports/{row.public_id}"
    whole = pia.get(address)
    assert whole.headers["Content-Length"] == str(row.size)
    with zipfile.ZipFile(io.BytesIO(whole.data)) as packed:
        [name] = [one for one in packed.namelist() if one.startswith("files/")]
        assert packed.read(name) == PDF_FILE
    part = pia.get(address, headers={"Range": "bytes=10-19", "If-Range": whole.headers["ETag"]})
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    known = pia.get(address, headers={"If-None-Match": whole.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (NEW, "it cannot reach the place where it keeps files. Nothing was changed."),
        (NEW.replace("/en/", "/nl/"), "de plek voor bestanden is niet bereikbaar."),
    ],
)
@pytest.mark.parametrize("act", ["save", "submit"])
def test_while_it_is_away_a_form_comes_back_with_what_was_typed(
    away: Flask, browse: Any, address: str, sentence: str, act: str
) -> None:
    assert away
    data = {**SENT, "act": act, "problem": "Dit typte ik een uur lang.", "files": note()}
    answer = browse("pia").post(address, data=data, content_type="multipart/form-data")
    assert answer.status_code == 503
    assert sentence in answer.text
    assert "Dit typte ik een uur lang." in answer.text
    assert (number_of(Proposal), number_of(StoredFile)) == (0, 0)
    without = {**SENT, "act": act}
    assert browse("pia").post(address, data=without).status_code == 303


def test_while_it_is_away_a_download_says_so(
    app: Flask, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = make_meeting("published")
    address = f"/nl/bodies/stakeholderforum/meetings/{meeting.number}/files/{filed(meeting)}"
    monkeypatch.setitem(app.config, "STORAGE_URL", "s3://consult-files/away")
    monkeypatch.setitem(app.config, "STORAGE_ACCESS", AWAY)
    answer = browse("ana").get(address)
    assert answer.status_code == 503
    assert "We kunnen hier nu niet bij" in answer.text
    assert "Probeer het over een paar minuten opnieuw." in answer.text


def test_while_it_is_away_readers_get_their_documents(away: Flask) -> None:
    assert away
    cache.cache_file("plan-1-nl", "x", b"made")
    assert cache.cached_file("plan-1-nl", "x") is None


def test_while_it_is_away_nothing_counts_as_deleted(away: Flask, now: datetime) -> None:
    """What no row names may stay; what a change left behind is tried again."""
    assert away
    discard("a")
    with pytest.raises(StorageError):
        discard_files({"keys": ["a"]}, now)


def test_while_it_is_away_an_export_is_tried_again(away: Flask, browse: Any, now: datetime) -> None:
    assert away
    browse("pia").post("/nl/my-data/exports")
    run_all(now)
    assert db.session.scalars(select(DataExport)).one().made_at is None
    job = db.session.scalars(select(Job).where(Job.kind == "make-data-export")).one()
    assert (job.done_at, job.run_at > now) == (None, True)


def test_a_key_that_is_taken_away_later_is_a_refusal_too(
    app: Flask, object_server: ObjectServer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in object_server.settings("later").items():
        monkeypatch.setitem(app.config, name, value)
    monkeypatch.setitem(app.config, "STORAGE_ACCESS", object_server.access("reader"))
    with pytest.raises(NoRoom, match="niet bereikbaar"), unit_of_work():
        store_file(person("pia"), "nota.pdf", io.BytesIO(PDF_FILE), now)
    assert keys(object_server.storage("later")) == []
