"""Witnesses cosign our checkpoints; whoever wants to, gets one by mail."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.proposals.services import submit_proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.kinds import Frequency, Topic
from consult.foundation.notifications.models import Message
from consult.foundation.record.merkle import ProofError, verify_consistency
from consult.foundation.record.models import Receipt
from consult.foundation.record.notes import (
    COSIGNATURE,
    Note,
    NoteError,
    SignerKey,
    TreeHead,
    read_note,
)
from consult.foundation.record.proofs import receipt_file
from consult.foundation.record.published_log import published_log
from consult.foundation.record.witnesses import read_witnesses
from consult.interfaces.verification.queries import cosigners
from consult.interfaces.verification.services import CHECKPOINT, ask_witnesses, mail_checkpoint
from consult.people.accounts.preferences import choose_mails
from tests.cast import person
from tests.factories import find_round
from tests.proposals.test_services import TEXT
from tests.record.publishing import publish_new

pytestmark = pytest.mark.usefixtures("app")
KEY = SignerKey.make("getuige.example/w1", COSIGNATURE)
ADDRESS = "/log/1/cosignatures"


@pytest.fixture
def checkpoint(app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Note:
    """The checkpoint of a log in which Pia's proposal stands, and one witness that is known."""
    monkeypatch.setitem(app.config, "WITNESSES", str(KEY.verifier))
    with unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
    return publish_new()


def cosigned(note: Note, now: datetime, key: SignerKey = KEY) -> str:
    return str(Note(note.text, (key.cosign(note.text, now),)))


def test_what_a_witness_signs_stands_below_the_checkpoint(
    checkpoint: Note, now: datetime, browse: Any
) -> None:
    assert browse().post(ADDRESS, data=cosigned(checkpoint, now)).status_code == 204
    for name in (
        "checkpoint",
        "cosigned",
        f"checkpoints/{TreeHead.read(checkpoint.text).size:012}",
    ):
        served = read_note(browse().get(f"/log/1/{name}").text)
        assert served.text == checkpoint.text
        assert len(served.signed_by([KEY.verifier])) == 1
        assert served.signed_by(published_log(1).verifiers())
    page = browse().get("/en/record").text
    assert "getuige.example/w1" in page
    assert "23 November 2026" in page


def test_the_latest_signature_of_each_witness_stays(
    checkpoint: Note, now: datetime, browse: Any
) -> None:
    for minutes in (0, 5):
        later = now + timedelta(minutes=minutes)
        assert browse().post(ADDRESS, data=cosigned(checkpoint, later)).status_code == 204
    [one] = cosigners(published_log(1))
    assert one.at == now + timedelta(minutes=5)


def test_a_receipt_carries_it_from_then_on(checkpoint: Note, now: datetime, browse: Any) -> None:
    receipt = db.session.scalars(select(Receipt)).one()
    assert KEY.name not in receipt_file(receipt).content.decode()
    browse().post(ADDRESS, data=cosigned(checkpoint, now))
    with unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
    publish_new()  # nobody signed this one yet
    assert f"— {KEY.name} " in receipt_file(receipt).content.decode()
    newest = db.session.scalars(select(Receipt).order_by(Receipt.id.desc())).first()
    assert newest
    assert KEY.name not in receipt_file(newest).content.decode()
    assert receipt_file(newest).proven


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (lambda note, now: cosigned(note, now, SignerKey.make("vreemd.example", COSIGNATURE)), 403),
        (lambda note, _now: str(note), 403),
        (lambda note, now: cosigned(Note(note.text.replace("/log/1", "/log/2"), ()), now), 404),
        (lambda note, now: cosigned(note, now).replace("— ", "- "), 422),
        (lambda _note, _now: "niets", 422),
        (lambda _note, _now: b"\xff\xfe", 422),
        (lambda _note, _now: "x" * 2_000_000, 422),
    ],
)  # fmt: skip
def test_anything_else_is_refused(
    checkpoint: Note, now: datetime, browse: Any, make: Any, status: int
) -> None:
    assert browse().post(ADDRESS, data=make(checkpoint, now)).status_code == status
    assert published_log(1).cosigned() is None


def test_a_signature_that_does_not_verify_is_refused(
    checkpoint: Note, now: datetime, browse: Any
) -> None:
    other = Note(checkpoint.text, (KEY.cosign(checkpoint.text + "x", now),))
    assert browse().post(ADDRESS, data=str(other)).status_code == 422
    assert browse().post("/log/4/cosignatures", data=str(other)).status_code == 404


@pytest.mark.parametrize("setting", ["geen sleutel", "a+b+c@https://x", "not of a witness"])
def test_a_key_of_no_witness_is_refused(setting: str) -> None:
    if setting == "not of a witness":
        setting = str(SignerKey.make("log.example").verifier)
    with pytest.raises(NoteError):
        read_witnesses(setting)


class _Witness(BaseHTTPRequestHandler):
    """A witness as C2SP tlog-witness asks: it keeps the size and root that it signed last."""

    size, root = 0, b""
    met: list[int] = []
    at: datetime

    def do_POST(self) -> None:
        assert self.path == "/add-checkpoint"
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        above, _, note = body.partition("\n\n")
        old, *proof = above.split("\n")
        head, kind = TreeHead.read(read_note(note).text), type(self)
        if int(old.removeprefix("old ")) != kind.size:
            return self._say(409, f"{kind.size}\n", "text/x.tlog.size")
        try:
            if kind.size:
                hashes = [_decoded(line) for line in proof]
                verify_consistency(kind.size, kind.root, head.size, head.root, hashes)
        except ProofError:
            return self._say(422, "no\n")
        kind.size, kind.root = head.size, head.root
        return self._say(200, str(KEY.cosign(read_note(note).text, kind.at)))

    def _say(self, status: int, text: str, kind: str = "text/plain") -> None:
        type(self).met.append(status)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _decoded(line: str) -> bytes:
    return base64.b64decode(line)


@contextmanager
def witness(app: Flask, now: datetime) -> Iterator[type[_Witness]]:
    """A witness that runs by itself, which the operator named."""
    _Witness.size, _Witness.root, _Witness.met, _Witness.at = 0, b"", [], now
    server = HTTPServer(("127.0.0.1", 0), _Witness)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    app.config["WITNESSES"] = f"{KEY.verifier}@http://127.0.0.1:{server.server_port}"
    try:
        yield _Witness
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_witness_that_runs_by_itself_is_asked(
    app: Flask, checkpoint: Note, now: datetime
) -> None:
    with witness(app, now) as asked:
        ask_witnesses({}, now)
        assert asked.met == [200]
        with unit_of_work():
            submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
        latest = publish_new()
        ask_witnesses({}, now)
        assert asked.met == [200, 409, 200], "it says what it signed last, and gets the proof"
    assert latest.text != checkpoint.text
    assert [one.size for one in cosigners(published_log(1))] == [TreeHead.read(latest.text).size]


def test_no_checkpoint_waits_for_a_witness(app: Flask, checkpoint: Note, now: datetime) -> None:
    app.config["WITNESSES"] = f"{KEY.verifier}@http://127.0.0.1:9"
    ask_witnesses({}, now)
    with unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
    assert publish_new().text != checkpoint.text
    with witness(app, now) as asked:
        asked.size, asked.root = 1, bytes(32)  # it saw another history
        ask_witnesses({}, now)
        assert asked.met == [409, 422]
        asked.size = 99
        ask_witnesses({}, now)
        assert asked.met == [409, 422, 409]
    assert cosigners(published_log(1)) == []


def test_whoever_chose_it_gets_the_checkpoint_on_monday(checkpoint: Note, now: datetime) -> None:
    with unit_of_work():
        choose_mails(person("pia"), {Topic.RECORD: Frequency.IMMEDIATELY}, now)
        choose_mails(person("lotte"), {Topic.RECORD: Frequency.OFF}, now)
    for day in (0, 0, 1, 7):  # the clock of the tests stands on a Monday
        mail_checkpoint({}, now + timedelta(days=day))
    mails = db.session.scalars(select(Message).where(Message.kind == CHECKPOINT)).all()
    assert [mail.person_id for mail in mails] == [person("pia").id] * 2
    assert str(checkpoint) in mails[0].body + "\n"
    run_all(now)


def test_another_tree_of_the_same_size_is_refused(
    checkpoint: Note, now: datetime, browse: Any
) -> None:
    head = TreeHead.read(checkpoint.text)
    other = Note(str(TreeHead(head.origin, head.size, bytes(32))), ())
    assert browse().post(ADDRESS, data=cosigned(other, now)).status_code == 404
    assert published_log(1).cosigned() is None
