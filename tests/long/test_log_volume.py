"""A million events that wait are sequenced and published, and readers hardly notice."""

import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.plans.models import Plan
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.bulk import BulkEvent, record_all
from consult.foundation.record.models import Event
from consult.foundation.record.notes import TreeHead, read_note
from consult.interfaces.exchange.bulk import take_ids
from tests.conftest import Note
from tests.databases import Databases
from tests.factories import make_proposal
from tests.long.server import KEY, ROOT, Server

EVENTS = 1_000_000
AT_ONCE = 5_000
MOST_SECONDS = 30 * 60
MOST_MEBIBYTES = 200
PAGE = "/nl/rounds/open/proposals"


def crowd(many: int, now: datetime) -> None:
    """Let so many things have been done that wait for their place, and fill a list."""
    for _ in range(50):
        make_proposal("open")
    plan = db.session.scalars(select(Plan)).one().id
    for first in range(0, many, AT_ONCE):
        acts = [
            BulkEvent("plan.praised", "plan", plan, {"nth": nth})
            for nth in range(first, min(first + AT_ONCE, many))
        ]
        with unit_of_work():
            record_all(SYSTEM, acts, now, ids=take_ids(Event, len(acts)))
        db.session.expunge_all()


@contextmanager
def reading(server: Server) -> Iterator[list[float]]:
    """Read the list over and over, twenty times a second at most, and note how long it takes."""
    times: list[float] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.wait(0.05):
            began = time.perf_counter()
            assert server.get(PAGE)[0] == 200
            times.append((time.perf_counter() - began) * 1000)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield times
    finally:
        stop.set()
        reader.join()


def published(folder: Path) -> int:
    checkpoint = folder / "record" / "log" / "1" / "checkpoint"
    if not checkpoint.exists():
        return 0
    return TreeHead.read(read_note(checkpoint.read_text("utf-8")).text).size


def peak(process: int) -> int:
    """Return the most memory that a process has had, in MiB."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) // 1024


@pytest.mark.long
def test_a_million_events_are_published(
    app: Flask, databases: Databases, tmp_path: Path, now: datetime, note: Note
) -> None:
    assert app
    crowd(EVENTS, now)
    db.session.remove()
    url = databases.url("stage")
    server = Server(url, tmp_path, CONSULT_EMBEDDED_WORKER="0")
    server.start()
    with reading(server) as before:
        time.sleep(20)
    environ = {
        **os.environ, "CONSULT_DATABASE_URL": url.replace("+psycopg", ""),
        "CONSULT_INSTANCE": str(tmp_path), "CONSULT_SECRET_KEY": KEY, "FLASK_APP": "consult",
    }  # fmt: skip
    command = [str(Path(sys.executable).with_name("flask")), "consult", "work"]
    began = time.monotonic()
    worker = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)
    try:
        with reading(server) as during:
            while published(tmp_path) < EVENTS and time.monotonic() < began + MOST_SECONDS:
                time.sleep(1)
        took, most = time.monotonic() - began, peak(worker.pid)
        reached = published(tmp_path)
    finally:
        worker.kill()
        worker.wait()
        server.kill()
    calm, busy = statistics.median(before), statistics.median(during)
    note(
        f"{reached:,} events sequenced and published in {took:.0f} s, {most} MiB; median of the "
        f"list {calm:.0f} ms before, {busy:.0f} ms meanwhile"
    )
    assert reached >= EVENTS
    assert most <= MOST_MEBIBYTES
    assert busy <= 2 * calm
