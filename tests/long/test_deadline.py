"""The last half minute: a thousand people hand in, five thousand pages are read, nobody is refused.

Everybody has their form open when the half minute begins. On SQLite one process serves, on
PostgreSQL two. The requests come from processes of their own, whose CPU is told beside the figures.
"""

import random
import resource
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.models import Receipt
from tests.conftest import ENGINE, Note
from tests.crowd import sign_in_crowd
from tests.databases import Databases
from tests.factories import find_round, make_proposal
from tests.long.server import Server, hidden_keys, shared

FORM = "/nl/rounds/open/proposals/new"
PEOPLE, READ, SECONDS = 1_000, 5_000, 30
PATHS = ["/nl/", "/nl/rounds/open", "/nl/rounds/open/proposals", "/nl/plans/open-overheid"]
HANDS = 64
"""So many requests are under way at once, at most."""


@dataclass
class Told:
    """What the crowd was told, and how long it took (seconds)."""

    receipts: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    handed_in: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Writer:
    """Somebody with their form open."""

    cookie: str
    keys: dict[str, str]
    title: str


def _open_form(server: Server, cookie: str, n: int) -> Writer:
    settled = server.settled(FORM, cookie)
    return Writer(settled, hidden_keys(server.get(FORM, settled)[1]), f"Op het laatst {n:04}")


def _hand_in(server: Server, one: Writer, told: Told) -> None:
    form = {
        **one.keys, "title": one.title, "problem": "Een probleem.", "action": "Een actie.",
        "theme_id": "0", "organisation_id": "0", "language": "nl", "origin": "new",
        "amount": "", "act": "submit",
    }  # fmt: skip
    began = time.monotonic()
    status, leads_to = server.post(FORM, form, one.cookie)
    told.handed_in.append(time.monotonic() - began)
    if status == HTTPStatus.SEE_OTHER and "/receipts/" in leads_to:
        told.receipts.append(leads_to.rsplit("/", 1)[1])
    else:
        told.wrong.append(f"{one.title}: {status} {leads_to}")


def _read(server: Server, path: str, told: Told) -> None:
    began = time.monotonic()
    status, _said = server.get(path)
    told.read.append(time.monotonic() - began)
    if status != HTTPStatus.OK:
        told.wrong.append(f"{path}: {status}")


def _ask_health(servers: list[Server], told: Told, over: threading.Event) -> None:
    while not over.wait(0.2):
        for server in servers:
            began = time.monotonic()
            status, _said = server.get("/health")
            told.health.append(time.monotonic() - began)
            if status != HTTPStatus.OK:
                told.wrong.append(f"health: {status}")


def _rush(servers: list[Server], writers: list[Writer], read: int, told: Told) -> float:
    """Let all of it come within the half minute, most of what is handed in at its end.

    Returns the CPU (seconds) that the crowd itself took.
    """
    chance = random.Random(13)
    acts: list[tuple[float, Callable[[], None]]] = []
    for n, one in enumerate(writers):
        hand_in = partial(_hand_in, servers[n % len(servers)], one, told)
        acts.append((SECONDS * (1 - chance.random() ** 2), hand_in))
    for n in range(read):
        look = partial(_read, servers[n % len(servers)], PATHS[n % len(PATHS)], told)
        acts.append((SECONDS * chance.random(), look))
    over = threading.Event()
    health = threading.Thread(target=_ask_health, args=(servers, told, over))
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.monotonic()
    health.start()
    with ThreadPoolExecutor(HANDS) as hands:
        for at, act in sorted(acts, key=lambda one: one[0]):
            time.sleep(max(0.0, began + at - time.monotonic()))
            hands.submit(act)
    over.set()
    health.join()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _said(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    slow = ordered[int(0.99 * (len(ordered) - 1))]
    return f"{statistics.median(ordered) * 1000:.0f} ms (99 %: {slow * 1000:.0f})"


@pytest.mark.long
@pytest.mark.both_engines
def test_nobody_on_time_is_refused(
    app: Flask, databases: Databases, tmp_path: Path, note: Note
) -> None:
    with app.test_request_context():
        for _ in range(30):
            make_proposal("open")
        cookies = sign_in_crowd(app, find_round("open"), PEOPLE)
        with unit_of_work():
            round_ = find_round("open")
            round_.opens_at = datetime.now(UTC) - timedelta(days=1)
            round_.closes_at = datetime.now(UTC) + timedelta(hours=1)
        before = db.session.get_one(RoundTally, round_.id).received
    db.session.remove()
    url = databases.url("stage")
    servers = [
        Server(url, tmp_path / f"web-{n}", CONSULT_SECOND_FACTOR="optional", **shared(tmp_path))
        for n in range(2 if ENGINE == "postgresql" else 1)
    ]
    told = Told()
    try:
        for server in servers:
            server.start()
        with ThreadPoolExecutor(8) as hands:
            opened = hands.map(
                lambda n: _open_form(servers[n % len(servers)], cookies[n], n), range(PEOPLE)
            )
            writers = list(opened)
        with app.app_context(), unit_of_work():
            find_round("open").closes_at = datetime.now(UTC) + timedelta(seconds=SECONDS)
        crowd = _rush(servers, writers, READ, told)
    finally:
        for server in servers:
            server.kill()
    note(
        f"{PEOPLE} hand in and {READ} pages are read in {SECONDS} s by {len(servers)} process(es): "
        f"handing in {_said(told.handed_in)}, reading {_said(told.read)}, health "
        f"{_said(told.health)}; the crowd took {crowd:.0f} s of CPU"
    )
    assert not told.wrong, f"{len(told.wrong)}: {told.wrong[:5]}"
    with app.app_context():
        titles = Counter(
            db.session.scalars(select(Proposal.title).where(Proposal.title.like("Op het laatst %")))
        )
        late = select(func.count()).where(Proposal.state == State.LATE)
        codes = set(db.session.scalars(select(Receipt.code)))
        tally = db.session.get_one(RoundTally, find_round("open").id)
        assert titles == Counter(one.title for one in writers), "lost, or doubled"
        assert db.session.scalar(late) == 0
        assert set(told.receipts) <= codes
        assert len(set(told.receipts)) == PEOPLE
        assert tally.received == before + PEOPLE
    assert statistics.median(told.health) < 0.2
