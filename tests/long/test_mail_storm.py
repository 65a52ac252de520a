"""Ten thousand mails through a mail server that refuses, stalls, leaves; the worker is killed.

Nothing is lost, nothing reaches another person, and a kill repeats at most the one message that
was in hand. The worker is a real process; the clock is moved for what it waits for. Meanwhile the
pages answer as before.
"""

import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from consult.foundation.core.db import db, random_id
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.delivery import try_again
from consult.foundation.notifications.kinds import DIGEST
from consult.foundation.notifications.models import Message, Notice
from consult.people.accounts.models import Person
from tests.conftest import Note
from tests.databases import Databases
from tests.factories import make_comment, make_proposal
from tests.long.postbox import Postbox
from tests.long.server import KEY, ROOT, Server

NOTICES = 3
KILLS = (
    "kill at connect", "kill at MAIL", "kill at RCPT", "kill in DATA", "kill when taken",
    "kill when told",
)  # fmt: skip
TROUBLE = {
    "4xx at RCPT": 80, "5xx at RCPT": 40, "4xx at DATA": 40, "4xx after DATA": 40,
    "5xx after DATA": 20, "421 at RCPT": 4, "leaves in DATA": 4, "stall at RCPT": 4,
    "stall after DATA": 1,
}  # fmt: skip
PATIENCE_SECONDS = 1_200
PAGE = "/en/rounds/open/proposals"


class Worker:
    """The worker's process, its clock, and who killed it how often."""

    def __init__(self, url: str, folder: Path, port: int) -> None:
        self.moved, self.offset, self.kills = folder / "clock", 0.0, 0
        self.forward(0)
        environ = {
            **os.environ, "CONSULT_DATABASE_URL": url, "CONSULT_INSTANCE": str(folder),
            "CONSULT_SECRET_KEY": KEY,
        }  # fmt: skip
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.long.mail_worker", str(port), str(self.moved)],
            cwd=ROOT, env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.number = 0

    def start(self) -> None:
        assert self.parent.stdin
        assert self.parent.stdout
        self.parent.stdin.write("go\n")
        self.parent.stdin.flush()
        self.number = int(self.parent.stdout.readline())
        self.gone = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        assert self.parent.stdout
        self.parent.stdout.readline()
        self.gone.set()

    def kill(self) -> None:
        """Kill -9, as a power cut would."""
        if not self.gone.is_set():
            self.kills += 1
            os.kill(self.number, signal.SIGKILL)

    def forward(self, seconds: float) -> None:
        self.offset += seconds
        fresh = self.moved.with_suffix(".new")
        fresh.write_text(str(self.offset))
        fresh.replace(self.moved)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset)

    def stop(self) -> None:
        assert self.parent.stdin
        self.kill()
        self.parent.stdin.close()
        self.parent.wait(30)
        assert self.parent.stdout
        self.parent.stdout.close()


def crowd(many: int, people: int, now: datetime) -> None:
    """Store people, messages to them that wait, and notices for their digests."""
    rows = [
        {"display_name": f"Persoon {n}", "email": f"p{n}@crowd.example", "confirmed_at": now}
        for n in range(people)
    ]
    with unit_of_work():
        db.session.execute(insert(Person), rows)
    with unit_of_work():
        ids = db.session.scalars(
            select(Person.id).where(Person.email.like("%@crowd.example")).order_by(Person.id)
        ).all()
        db.session.execute(
            insert(Message),
            [
                {
                    "public_id": random_id(), "kind": "round-moved",
                    "person_id": ids[n % people], "address": f"p{n % people}@crowd.example",
                    "language": "nl", "subject": f"Bericht {n}", "body": f"Dag,\n\nmark-{n}-",
                    "created_at": now, "due_at": now,
                }
                for n in range(many)
            ],
        )  # fmt: skip
        db.session.execute(
            insert(Notice),
            [
                {
                    "kind": "comment-received", "person_id": ids[n % people],
                    "line": f"mark-{many + n}- een reactie", "created_at": now,
                }
                for n in range(people * NOTICES)
            ],
        )  # fmt: skip


def script(many: int, kills: int) -> dict[int, str]:
    """Say what goes wrong with which message: every kind of kill, and all that a server can do."""
    chance = random.Random(20261125)
    share = many / 10_000
    wrong = [KILLS[n % len(KILLS)] for n in range(kills)]
    for fault, times in TROUBLE.items():
        wrong += [fault] * max(1, round(times * share))
    places = chance.sample(range(5, round(many * 0.9)), len(wrong))
    return dict(zip(sorted(places), chance.sample(wrong, len(wrong)), strict=True))


def waiting() -> int:
    db.session.rollback()
    found = db.session.scalar(select(func.count()).where(Message.settled_at.is_(None)))
    db.session.rollback()
    return found or 0


def digests() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Message.kind == DIGEST)) or 0


def keep_going(worker: Worker, box: Postbox, until: float) -> None:
    """Start the worker again whenever it died, and move the clock when it only waits."""
    still, quiet_since = (-1, -1), time.monotonic()
    while (left := waiting()) and time.monotonic() < until:
        if worker.gone.is_set():
            worker.forward(360)  # what a dead worker held is let go
            worker.start()
            quiet_since = time.monotonic()
        if (box.number, left) != still:
            still, quiet_since = (box.number, left), time.monotonic()
        elif time.monotonic() - quiet_since > 2.5:
            worker.forward(900)
            quiet_since = time.monotonic()
        time.sleep(0.1)
    assert not waiting()


def gather_digests(worker: Worker, kills: int) -> None:
    """Move the clock to half past seven, and kill the worker while it makes the digests."""
    zone = ZoneInfo("Europe/Amsterdam")
    there = worker.now().astimezone(zone)
    morning = (there + timedelta(days=1)).replace(hour=7, minute=30, second=5, microsecond=0)
    worker.forward((morning - there).total_seconds())
    chance = random.Random(7)
    killed, seen, until = 0, 0, time.monotonic() + 300
    while time.monotonic() < until:
        db.session.rollback()
        open_ = db.session.scalar(select(func.count()).where(Notice.settled_at.is_(None)))
        if not open_:
            return
        if killed < kills and (made := digests()) > seen:
            time.sleep(chance.random() * 0.03)  # anywhere in the next batch
            worker.kill()
            killed, seen = killed + 1, made
        if worker.gone.wait(0.005):
            worker.forward(360)
            worker.start()
    pytest.fail("the digests were not made")


def answers(server: Server, times: list[float], stop: threading.Event) -> None:
    while not stop.is_set():
        began = time.perf_counter()
        status, _ = server.get(PAGE)
        times.append(time.perf_counter() - began if status == 200 else 60)
        stop.wait(0.2)


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] * 1000


@contextmanager
def readers(server: Server) -> Iterator[list[float]]:
    """Let somebody read pages all the time, and yield how long each took."""
    times: list[float] = []
    stop = threading.Event()
    reader = threading.Thread(target=answers, args=(server, times, stop))
    reader.start()
    try:
        yield times
    finally:
        stop.set()
        reader.join()


@pytest.mark.parametrize(
    ("many", "people", "kills"),
    [
        pytest.param(200, 100, 6, id="short", marks=pytest.mark.one_engine),
        pytest.param(10_000, 1_000, 60, id="10,000 mails, 60 kills", marks=pytest.mark.long),
    ],
)
def test_no_mail_is_lost_whatever_happens(
    app: Flask, databases: Databases, tmp_path: Path, note: Note, many: int, people: int, kills: int
) -> None:
    with app.test_request_context():
        made = make_proposal("open")
        for _ in range(20):
            make_comment(made)
    crowd(many, people, datetime.now(UTC))
    box = Postbox(script(many, kills))
    worker = Worker(databases.url("stage"), tmp_path, box.start())
    box.kill = worker.kill
    server = Server(databases.url("stage"), tmp_path, CONSULT_EMBEDDED_WORKER="0")
    server.start()
    try:
        with readers(server) as before:
            time.sleep(5)
        began = time.monotonic()
        with readers(server) as during:
            worker.start()
            _all_of_it(worker, box, kills, began + PATIENCE_SECONDS)
        took = time.monotonic() - began
    finally:
        worker.stop()
        server.kill()
        box.stop()
    repeats = _compare(box, many, people)
    note(
        f"{many} mails and {digests()} digests in {took:.0f} s, {worker.kills} kills "
        f"({', '.join(f'{box.met[one]} {one[5:]}' for one in KILLS)}, "
        f"{worker.kills - sum(box.met[one] for one in KILLS)} in the digests), "
        f"{sum(n for what, n in box.met.items() if what not in KILLS)} refusals and stalls: "
        f"0 missing, {repeats} repeated once, 0 to somebody else; "
        f"p95 of a page {p95(before):.0f} ms before, {p95(during):.0f} ms meanwhile"
    )
    assert p95(during) < 1000


def _all_of_it(worker: Worker, box: Postbox, kills: int, until: float) -> None:
    box.stop()  # away at first: connections are refused
    time.sleep(1.5)
    box.again()
    worker.forward(60)
    keep_going(worker, box, until)
    with unit_of_work():
        assert try_again(worker.now()) > 0  # what was refused for good; the boxes are there now
    keep_going(worker, box, until)
    gather_digests(worker, max(3, kills // 5))
    keep_going(worker, box, until)


def _compare(box: Postbox, many: int, people: int) -> int:
    """Compare what the server took with what was stored and return how many came twice."""
    db.session.rollback()
    rows = db.session.execute(
        select(Message.public_id, Message.address, Message.body, Message.kind, Message.sent_at)
    ).all()
    stored = {f"{row.public_id}@localhost": row for row in rows}
    times = Counter(one.name for one in box.taken)
    assert all(row.sent_at for row in rows)
    assert set(times) == set(stored), "missing, or unknown"
    assert max(times.values()) <= 2
    for one in box.taken:
        assert one.recipient == stored[one.name].address, "to somebody else"
        for mark in one.marks:
            assert f"mark-{mark}-" in stored[one.name].body
    once = {one.name: one for one in box.taken}.values()
    where = Counter(mark for one in once for mark in one.marks)
    assert where == Counter(range(many + people * NOTICES)), "a mark is missing, or in two mails"
    assert sum(1 for row in rows if row.kind == DIGEST) == people
    assert not box.faults
    assert all(box.met[one] for one in KILLS)
    return sum(1 for number in times.values() if number > 1)
