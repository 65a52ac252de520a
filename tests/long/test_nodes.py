"""Two nodes: each of four processes is killed with -9 in turn while people hand in through both.

Proposals with files and comments, by HTTP with real forms. Who gets no answer, or is refused while
something is away, sends the same form again, with the same key, to the other node. In the middle
PostgreSQL and the object storage are away for some seconds. The processes share no disk.
"""

import hashlib
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
import requests
import verify_public as v
from flask import Flask
from sqlalchemy import func, select, text

from consult.consultation.comments.models import Comment
from consult.consultation.proposals.models import Attachment, Proposal
from consult.consultation.rounds.models import RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import StoredFile
from consult.foundation.files.services import storage
from consult.foundation.jobs.models import Job
from consult.foundation.notifications.models import Message
from consult.foundation.record.checkpoints import kept_heads
from consult.foundation.record.merkle import consistency_proof, verify_consistency
from consult.foundation.record.models import Event, Receipt
from consult.foundation.record.notes import TreeHead, read_note
from consult.foundation.record.published_log import published_log
from consult.foundation.record.queries import log_size
from consult.foundation.record.verify import verify_record
from tests.cast import sign_in, stay_signed_in
from tests.conftest import Note
from tests.databases import Databases
from tests.factories import PDF_FILE, find_round, make_proposal
from tests.long.nodes import Nodes
from tests.long.postbox import Postbox
from tests.long.server import ROOT
from tests.object_server import BUCKET, ObjectServer

FORM = "/en/rounds/open/proposals/new"
MANY, KILLS = 2_000, 10
"""What is handed in, and how often each of the four processes is killed."""
CLIENTS = 6
PATIENCE_SECONDS = 180
QUIET_SECONDS = 300
_HIDDEN = re.compile(r'name="(csrf_token|once|draft)"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class HandedIn:
    """What somebody hands in: a proposal with a file or without, or a comment."""

    name: str
    author: str
    path: str
    file: bytes | None = None

    @property
    def is_comment(self) -> bool:
        return self.path != FORM

    @property
    def fields(self) -> dict[str, str]:
        if self.is_comment:
            return {"kind": "reaction", "body": self.name, "organisation_id": "0", "language": "nl"}
        return {
            "title": self.name, "problem": "Een probleem.", "action": "Een actie.",
            "theme_id": "0", "organisation_id": "0", "language": "nl", "origin": "new",
            "amount": "", "act": "submit",
        }  # fmt: skip


_ACKNOWLEDGES = re.compile(r"/receipts/|comment=\d+")
"""Where one is led to after handing in: to the receipt, or to one's comment in its thread."""


@dataclass
class Ledger:
    """What the clients were told, and what somebody saw who looked at the log all the time."""

    receipts: dict[str, str] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seen: list[list[str]] = field(default_factory=lambda: [[], []])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str) -> None:
        with self.lock:
            self.told[what] += 1


def contributions(many: int, numbers: Sequence[int]) -> Iterator[HandedIn]:
    """Half of them proposals, two in three of those with a file, now and then a large one."""
    chance = random.Random(20)
    for n in range(many):
        author = ("pia", "lotte")[n // 2 % 2]
        if n % 2:
            number = numbers[n % len(numbers)]
            path = f"/en/rounds/open/proposals/{number}/comments"
            yield HandedIn(f"Reactie {n:05}", author, path)
            continue
        size = 3_000_000 if n % 100 == 0 else chance.randrange(200_000)
        file = PDF_FILE + chance.randbytes(size) if n % 3 else None
        yield HandedIn(f"Voorstel {n:05}", author, FORM, file)


def hand_in(nodes: Nodes, cookies: dict[str, str], one: HandedIn, ledger: Ledger) -> None:
    """Hand something in, again and again until it is acknowledged, on whichever node answers."""
    hidden: dict[str, str] = {}
    headers = {"Cookie": cookies[one.author]}
    turn, until = hash(one.name), time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        address = nodes.web[turn % 2].address + one.path
        turn += 1
        try:
            if not hidden:
                page = requests.get(address, headers=headers, timeout=60)
                hidden = dict(_HIDDEN.findall(page.text[page.text.find('id="content"') :]))
                if page.status_code != 200:
                    hidden = {}
                    ledger.note(f"form {page.status_code}")
                    time.sleep(0.3)
                    continue
            files = {"files": (f"{one.name}.pdf", one.file)} if one.file else {"x": ("", b"")}
            answer = requests.post(
                address, {**hidden, **one.fields}, files=files, headers=headers,
                allow_redirects=False, timeout=60,
            )  # fmt: skip
        except requests.RequestException:
            ledger.note("no answer")
            time.sleep(0.05)
            continue
        if answer.status_code == 503:
            ledger.note("refused" if one.name in unescape(answer.text) else "refused without text")
            time.sleep(0.3)
            continue
        leads_to = answer.headers.get("Location", "")
        with ledger.lock:
            if answer.status_code == 303 and _ACKNOWLEDGES.search(leads_to):
                ledger.receipts[one.name] = leads_to.rsplit("/", 1)[1]
            else:
                ledger.wrong.append(f"{one.name}: {answer.status_code} {answer.text[-3000:]}")
        return
    with ledger.lock:
        ledger.wrong.append(f"{one.name}: never taken")


def watch(nodes: Nodes, ledger: Ledger, stop: threading.Event) -> None:
    """Read the checkpoint from both nodes over and over, as a monitor does."""
    while not stop.wait(0.2):
        for place, node in enumerate(nodes.web):
            try:
                answer = requests.get(f"{node.address}/log/1/checkpoint", timeout=60)
            except requests.RequestException:
                continue
            if answer.status_code == 200 and ledger.seen[place][-1:] != [answer.text]:
                ledger.seen[place].append(answer.text)


def storm(nodes: Nodes, cookies: dict[str, str], all_: list[HandedIn]) -> Ledger:
    ledger, stop = Ledger(), threading.Event()
    waiting, guard = iter(all_), threading.Lock()

    def work() -> None:
        while True:
            with guard:
                one = next(waiting, None)
            if one is None:
                return
            hand_in(nodes, cookies, one, ledger)

    people = [threading.Thread(target=work) for _ in range(CLIENTS)]
    watcher = threading.Thread(target=watch, args=(nodes, ledger, stop))
    for thread in (*people, watcher):
        thread.start()
    try:
        _kill_in_turn(nodes, ledger, people)
        for thread in people:
            thread.join()
    finally:
        stop.set()
        watcher.join()
    return ledger


def _kill_in_turn(nodes: Nodes, ledger: Ledger, people: list[threading.Thread]) -> None:
    chance = random.Random(4)
    acts = 4 * KILLS
    for act in range(acts):
        while len(ledger.receipts) < (act + 1) * MANY // (acts + 2) and any(
            one.is_alive() for one in people
        ):
            time.sleep(0.01)
        if act == acts // 3:
            with nodes.without_database():
                time.sleep(3)
        if act == acts * 2 // 3:
            with nodes.without_objects():
                time.sleep(4)
        victim = nodes.in_turn[act % 4]
        time.sleep(chance.random() * 0.3)
        victim.kill()
        ledger.note("killed")
        victim.start()


def let_time_pass(minutes: int) -> None:
    """Let so much time have passed for what dead workers held; none lives meanwhile."""
    with unit_of_work():
        for table, columns in {
            "job": ("claimed_until", "run_at"),
            "lane": ("held_until", "paused_until"),
            "message": ("due_at",),
        }.items():
            moved = ", ".join(f"{one} = {one} - interval '{minutes} minutes'" for one in columns)
            db.session.execute(text(f"UPDATE {table} SET {moved}"))


def settle(nodes: Nodes) -> None:
    """Wait until the workers have nothing left to do."""
    for one in nodes.workers:
        one.kill()
    let_time_pass(30)
    for one in nodes.workers:
        one.start()
    until = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < until:
        db.session.rollback()
        jobs = db.session.scalar(select(func.count(Job.id)).where(Job.done_at.is_(None)))
        mails = db.session.scalar(select(func.count()).where(Message.settled_at.is_(None)))
        head = published_log(1).head()
        if not jobs and not mails and head is not None and head.size == log_size():
            return
        time.sleep(0.5)
    pytest.fail(f"jobs {jobs}, mails {mails}, published {head} of {log_size()}")


@pytest.mark.long
@pytest.mark.postgresql
def test_two_nodes_lose_nothing_and_double_nothing(
    app: Flask, databases: Databases, object_server: ObjectServer, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, note: Note,
) -> None:  # fmt: skip
    box = Postbox({})
    nodes = Nodes(databases, object_server, tmp_path, box.start())
    _look_where_they_do(app, object_server, monkeypatch)
    numbers = _open_the_round()
    cookies = _signed_in(app)
    db.session.remove()
    db.engine.dispose()
    all_ = list(contributions(MANY, numbers))
    began = time.monotonic()
    try:
        nodes.start()
        for name, cookie in cookies.items():
            cookies[name] = nodes.web[0].settled(FORM, cookie)
        ledger = storm(nodes, cookies, all_)
        took = time.monotonic() - began
        settle(nodes)
        assert all(one.runs for one in nodes.workers)
        _compare_contributions(all_, ledger)
        files = _compare_files(all_)
        mails = _compare_mails(all_, box, ledger)
        checkpoints = _compare_checkpoints(ledger)
        _verify_from_outside(nodes)
        assert verify_record(kept_heads()).faults == []
    finally:
        nodes.kill()
        box.stop()
    note(
        f"{MANY} contributions through two nodes in {took:.0f} s, {ledger.told['killed']} kills: "
        f"0 lost, 0 doubled; {files}; {mails}; {checkpoints}; told {dict(ledger.told)}"
    )
    assert ledger.told["killed"] == 4 * KILLS


def _look_where_they_do(app: Flask, objects: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    access = objects.access()
    for key in [one.key for one in objects.storage("nodes").list()]:
        objects.storage("nodes").delete(key)
    for name, value in {
        "STORAGE_URL": f"s3://{BUCKET}/nodes/files", "RECORD": f"s3://{BUCKET}/nodes/record",
        "STORAGE_ACCESS": access,
    }.items():  # fmt: skip
        monkeypatch.setitem(app.config, name, value)


def _open_the_round() -> list[int]:
    present = datetime.now(UTC)
    with unit_of_work():
        round_ = find_round("open")
        round_.opens_at = present - timedelta(days=1)
        round_.closes_at = present + timedelta(days=1)
    return [number for _ in range(3) if (number := make_proposal("open").number)]


def _signed_in(app: Flask) -> dict[str, str]:
    found = {}
    for name in ("pia", "lotte"):
        client = app.test_client()
        sign_in(client, name)
        kept = client.get_cookie("consult")
        assert kept is not None
        found[name] = f"{kept.key}={kept.value}"
    stay_signed_in(datetime.now(UTC))  # the nodes go by the clock of the machine
    return found


def _compare_contributions(all_: list[HandedIn], ledger: Ledger) -> None:
    assert not ledger.wrong, ledger.wrong[:3]
    # Whatever was away, it was said, with what was typed.
    assert set(ledger.told) <= {"killed", "no answer", "form 503", "refused"}, ledger.told
    assert ledger.told["refused"]
    assert len(ledger.receipts) == len(all_)
    proposals = select(Proposal.title).where(Proposal.title.like("Voorstel %"))
    stored = Counter(db.session.scalars(proposals))
    stored.update(db.session.scalars(select(Comment.body)))
    assert stored == Counter(one.name for one in all_), "lost, or doubled"
    rows = db.session.execute(
        select(Receipt.code, Event.subject_type, Event.subject_id)
        .join(Event, Event.id == Receipt.event_id)
        .where(Event.verb.in_(["proposal.submitted", "comment.added"]))
    ).all()
    titles = {row[0]: row[1] for row in db.session.execute(select(Proposal.id, Proposal.title))}
    bodies = {row[0]: row[1] for row in db.session.execute(select(Comment.id, Comment.body))}
    names = {code: (titles if kind == "proposal" else bodies)[id_] for code, kind, id_ in rows}
    assert len(rows) == len(names) == len(all_), "one event, and one receipt, for each"
    said = select(Proposal.number, Comment.number, Comment.body).join(
        Comment, Comment.thread_id == Proposal.thread_id
    )
    names |= {f"{on}?comment={n}#comment-{n}": body for on, n, body in db.session.execute(said)}
    assert {one: names[code] for one, code in ledger.receipts.items()} == {
        one.name: one.name for one in all_
    }
    tally = db.session.get_one(RoundTally, find_round("open").id)
    assert tally.received == sum(not one.is_comment for one in all_) + 3
    numbered = select(Proposal.number).where(Proposal.number.is_not(None))
    open_ = numbered.where(Proposal.round_id == find_round("open").id).order_by(Proposal.number)
    numbers = db.session.scalars(open_).all()
    assert list(numbers) == list(range(1, len(numbers) + 1))


def _compare_files(all_: list[HandedIn]) -> str:
    sent = {one.name: hashlib.sha256(one.file).hexdigest() for one in all_ if one.file}
    rows = db.session.execute(
        select(Proposal.title, StoredFile)
        .join(Attachment, Attachment.proposal_id == Proposal.id)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
    ).all()
    assert len(rows) == len(sent)
    assert {title: row.sha256 for title, row in rows} == sent
    all_rows = db.session.scalars(select(StoredFile)).all()
    for row in all_rows:
        with storage().open(row.storage_key).stream as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == row.sha256, "half a file"
    there = {one.key for one in storage().list() if "/" not in one.key}
    waiting = [row for row in all_rows if row.waits_for is not None]
    return (
        f"{len(rows)} files whole, {len(waiting)} wait for a form that was sent again, "
        f"{len(there - {row.storage_key for row in all_rows})} that no row names"
    )


def _compare_mails(all_: list[HandedIn], box: Postbox, ledger: Ledger) -> str:
    rows = db.session.execute(select(Message.public_id, Message.sent_at, Message.kind)).all()
    times = Counter(one.name for one in box.taken)
    sent = {f"{row.public_id}@localhost" for row in rows if row.sent_at}
    assert set(times) == sent, "missing, or unknown"
    receipts = Counter(row.kind for row in rows)
    repeats = sum(number - 1 for number in times.values())
    assert repeats <= ledger.told["killed"]
    assert max(times.values()) <= 2
    assert not db.session.scalars(select(Job).where(Job.failed_at.is_not(None))).all()
    assert sum(not one.is_comment for one in all_) in receipts.values(), receipts
    return f"{len(sent)} mails, {repeats} repeated once"


def _compare_checkpoints(ledger: Ledger) -> str:
    """Each checkpoint is an extension of the one before; nobody saw anything else."""
    files = published_log(1)
    kept = list(files.kept())
    heads = [files.read_head(one) for one in kept]
    assert [one.size for one in heads] == sorted({one.size for one in heads})
    read = files.reader(heads[-1].size)
    for old, new in pairwise(heads):
        proof = consistency_proof(old.size, new.size, read)
        verify_consistency(old.size, old.root, new.size, new.root, proof)
        assert v.verify_consistency(old.size, new.size, old.root, new.root, proof)
    assert len(files.verifiers()) == 1, "one key signed them all"
    texts = {one.text for one in kept}
    for seen in ledger.seen:
        notes = [read_note(one) for one in seen]
        assert {one.text for one in notes} <= texts, "a checkpoint that was taken back"
        sizes = [TreeHead.read(one.text).size for one in notes]
        assert sizes == sorted(set(sizes)), "a smaller checkpoint after a larger one"
    return f"{len(kept)} checkpoints in one line, {sum(map(len, ledger.seen))} seen meanwhile"


def _verify_from_outside(nodes: Nodes) -> None:
    for node in nodes.web:
        done = subprocess.run(
            [sys.executable, "outsiders/verify_public.py", f"{node.address}/log/1"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
