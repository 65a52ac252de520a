"""The published log of several nodes: in object storage, and written by more than one worker."""

import threading
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import RECEIVED
from consult.foundation.core.db import db
from consult.foundation.notifications.models import Message
from consult.foundation.record import published_log as module
from consult.foundation.record.checkpoints import kept_heads, publish_log
from consult.foundation.record.merkle import consistency_proof, verify_consistency
from consult.foundation.record.notes import SignerKey, TreeHead
from consult.foundation.record.published_log import (
    PublishedLog,
    check_record_storage,
    hold_log,
    published_log,
)
from consult.foundation.record.queries import log_size
from consult.foundation.record.verify import verify_record
from consult.foundation.storage.object_storage import ObjectStorage, StorageAccess
from consult.foundation.storage.storage import StorageError
from tests.object_server import BUCKET, ObjectServer
from tests.proposals.test_drafts import NEW, SENT
from tests.record.test_checkpoints import append_all, grow, publish_all
from tests.storage.test_storage import NOBODY

ORIGIN = "127.0.0.1:5000/log/1"


@pytest.fixture
def in_objects(
    app: Flask, object_server: ObjectServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Flask:
    """The application, whose record lies in object storage; this process knows no key of it."""
    monkeypatch.setitem(app.config, "RECORD", f"s3://{BUCKET}/{tmp_path.name}")
    monkeypatch.setitem(app.config, "STORAGE_ACCESS", object_server.access())
    monkeypatch.setattr(module, "_signers", {})
    return app


@pytest.fixture(params=["folder", "objects"])
def files(request: pytest.FixtureRequest, app: Flask) -> PublishedLog:
    """The log of the stage, published in a folder or in object storage."""
    if request.param == "objects":
        request.getfixturevalue("in_objects")
    assert app
    check_record_storage()
    append_all()
    assert publish_log() is not None
    return published_log(1)


@pytest.fixture
def away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application, whose record was published in object storage that does not answer now."""
    append_all()
    monkeypatch.setitem(app.config, "RECORD", "s3://consult-files/away")
    monkeypatch.setitem(app.config, "STORAGE_ACCESS", StorageAccess("a", "b", endpoint=NOBODY))
    monkeypatch.setattr(module, "_signers", {})
    return app


@pytest.mark.both_engines
def test_it_is_published_and_served_and_checked_wherever_it_lies(
    files: PublishedLog, now: datetime, browse: Any
) -> None:
    grow(300, now)
    publish_all()
    head = files.head()
    assert head is not None
    assert head.size == log_size() == [one.size for one in kept_heads()][-1]
    assert verify_record(kept_heads()).sound
    for path in ("checkpoint", "keys", "tile/0/000", "tile/entries/000", "tile/1/000.p/1"):
        assert browse().get(f"/log/1/{path}").data == files.read(path), path
    assert files.read("tile/0/000.p/2") is None
    assert browse().get("/log/1/tile/0/777").status_code == 404
    # The key lies beside it, and is nobody's to ask for.
    assert browse().get("/log/1/../../keys/1/key").status_code == 404


def test_there_is_one_key_whoever_makes_it_first(files: PublishedLog) -> None:
    found: list[SignerKey] = []
    fresh = PublishedLog(files._storage, 7)
    makers = [
        threading.Thread(target=lambda: found.extend(fresh.signers("a/log/7"))) for _ in range(8)
    ]
    for one in makers:
        one.start()
    for one in makers:
        one.join()
    assert len({one.written() for one in found}) == 1
    assert len(found) == 8


def test_who_was_overtaken_publishes_nothing(files: PublishedLog, now: datetime) -> None:
    """A worker whose lock was lost, and who does not know, signs for what it saw before."""
    before = files.checkpoint()
    assert before is not None
    grow(3, now)
    assert publish_log() is not None
    latest = files.checkpoint()
    late = TreeHead(ORIGIN, log_size() - 1, b"x" * 32)
    assert files.sign(late, before) is None
    assert files.sign(late, None) is None
    assert str(files.checkpoint()) == str(latest)
    assert late.size not in [TreeHead.read(one.text).size for one in files.kept()]


def test_a_checkpoint_whose_writer_was_killed_is_kept_by_the_next_one(
    files: PublishedLog, now: datetime
) -> None:
    first = TreeHead.read(str(files.checkpoint()).partition("\n\n")[0] + "\n").size
    files.remove(f"checkpoints/{first:012}")
    grow(2, now)
    publish_all()
    assert [one.size for one in kept_heads()] == [first, log_size()]


@pytest.mark.postgresql
def test_workers_of_two_nodes_publish_one_line_of_checkpoints(
    app: Flask, files: PublishedLog, now: datetime
) -> None:
    stop, faults = threading.Event(), []

    def publish() -> None:
        with app.app_context():
            while not stop.is_set():
                try:
                    publish_log()
                except Exception as error:  # noqa: BLE001  (whatever it is, the test must see it)
                    faults.append(error)

    workers = [threading.Thread(target=publish) for _ in range(4)]
    for one in workers:
        one.start()
    for _ in range(15):
        grow(40, now)
    stop.set()
    for one in workers:
        one.join()
    publish_all()
    assert not faults
    heads = kept_heads()
    read = files.reader(heads[-1].size)
    for old, new in pairwise(heads):
        proof = consistency_proof(old.size, new.size, read)
        verify_consistency(old.size, old.root, new.size, new.root, proof)
    assert len(heads) > 2
    assert verify_record(heads).sound


@pytest.mark.postgresql
def test_the_lock_of_a_worker_that_is_gone_is_free(app: Flask) -> None:
    assert app
    gone = hold_log()
    assert gone.__enter__() is True
    try:
        with hold_log() as other:
            assert other is False
        with db.engine.connect() as connection:
            ends = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            connection.execute(text(ends))
        with hold_log(wait=True) as other:
            assert other is True
    finally:
        with suppress(DBAPIError):
            gone.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nl/record", 503), ("/log/1/checkpoint", 503), ("/log/1/opened/000", 503),
        ("/health", 200), ("/nl/plans", 200),
    ],
)  # fmt: skip
def test_while_it_is_away_a_page_that_needs_it_says_so(
    away: Flask, browse: Any, address: str, status: int
) -> None:
    assert away
    answer = browse().get(address)
    assert answer.status_code == status
    if status == 503:
        assert "Probeer het over een paar minuten opnieuw." in answer.text


def test_while_it_is_away_people_hand_in_all_the_same(away: Flask, browse: Any) -> None:
    assert away
    pia = browse("pia")
    receipt = pia.post(NEW, data=SENT).headers["Location"]
    assert pia.get(receipt).status_code == 200
    assert db.session.scalar(select(func.count(Proposal.id))) == 1
    with pytest.raises(StorageError):
        publish_log()


def test_who_read_the_key_signs_while_it_is_away(
    in_objects: Flask, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_all()
    assert publish_log()
    browse("pia").post(NEW, data=SENT)
    lost = StorageAccess("consult", "secret-of-nobody", endpoint=NOBODY)
    monkeypatch.setattr(published_log(1)._storage, "_store", _storage("gone", lost)._store)
    browse("pia").post(NEW, data={**SENT, "title": "Een tweede voorstel"})
    signed = db.session.scalars(select(Message.body).where(Message.kind == RECEIVED)).all()
    assert ["consult-acknowledgement/v1" in one for one in signed] == [True, True]
    assert in_objects


def _storage(prefix: str, access: StorageAccess) -> ObjectStorage:
    return ObjectStorage(f"s3://{BUCKET}/{prefix}", access)
