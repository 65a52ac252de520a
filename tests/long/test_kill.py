"""The web process is killed with -9 while people hand in; nothing that was acknowledged is lost.

A client that gets no answer sends the same form again, with the same key, as a browser does that
reloads. Killing a process does not test fsync; that every commit is flushed is a setting
(synchronous=FULL) that is asserted elsewhere.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.models import Event, Receipt
from consult.foundation.record.verify import verify_record
from tests.cast import sign_in, stay_signed_in
from tests.conftest import Note
from tests.databases import Databases
from tests.factories import find_round
from tests.long.server import Server, hidden_keys

FORM = "/en/rounds/open/proposals/new"
CLIENTS = 4
PATIENCE_SECONDS = 60


@dataclass
class Ledger:
    """What the clients were told."""

    receipts: dict[str, str] = field(default_factory=dict)
    retries: int = 0
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def hand_in(server: Server, cookie: str, name: str, ledger: Ledger) -> None:
    """Hand in one proposal, again and again until it is acknowledged."""
    keys: dict[str, str] = {}
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            if not keys:
                keys = hidden_keys(server.get(FORM, cookie)[1])
            form = {
                **keys, "title": name, "problem": "Een probleem.", "action": "Een actie.",
                "theme_id": "0", "organisation_id": "0", "language": "nl", "origin": "new",
                "amount": "", "act": "submit",
            }  # fmt: skip
            status, leads_to = server.post(FORM, form, cookie)
        except (OSError, ValueError, HTTPException):
            with ledger.lock:
                ledger.retries += 1
            time.sleep(0.05)
            continue
        with ledger.lock:
            if status == 303 and "/receipts/" in leads_to:
                ledger.receipts[name] = leads_to.rsplit("/", 1)[1]
            else:
                ledger.refused.append(f"{name}: {status}")
        return
    with ledger.lock:
        ledger.refused.append(f"{name}: never answered")


@pytest.mark.parametrize(
    ("many", "kills"),
    [
        pytest.param(40, 1, id="short", marks=pytest.mark.one_engine),
        pytest.param(2_000, 10, id="2000 submissions, 10 kills", marks=pytest.mark.long),
    ],
)
def test_what_was_acknowledged_is_stored_once(
    app: Flask, databases: Databases, tmp_path: Path, note: Note, many: int, kills: int
) -> None:
    client = app.test_client()
    sign_in(client, "pia")
    kept = client.get_cookie("consult")
    assert kept is not None
    present = datetime.now(UTC)
    stay_signed_in(present)  # the server goes by the clock of the machine
    with unit_of_work():
        round_ = find_round("open")
        round_.opens_at = present - timedelta(days=1)
        round_.closes_at = present + timedelta(days=1)
    db.session.remove()
    db.engine.dispose()
    server = Server(databases.url("stage"), tmp_path)
    server.start()
    cookie = server.settled(FORM, f"{kept.key}={kept.value}")
    ledger = _storm(server, cookie, many, kills)
    server.kill()
    _compare(ledger, many, kills, note)


def _storm(server: Server, cookie: str, many: int, kills: int) -> Ledger:
    ledger = Ledger()
    names = iter([f"Voorstel {n:05}" for n in range(many)])
    guard = threading.Lock()

    def work() -> None:
        while True:
            with guard:
                name = next(names, None)
            if name is None:
                return
            hand_in(server, cookie, name, ledger)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for kill in range(1, kills + 1):
        while len(ledger.receipts) < kill * many // (kills + 1) and any(
            thread.is_alive() for thread in threads
        ):
            time.sleep(0.01)
        server.kill()
        server.start()
    for thread in threads:
        thread.join()
    return ledger


def _compare(ledger: Ledger, many: int, kills: int, note: Note) -> None:
    assert not ledger.refused, ledger.refused[:5]
    assert len(ledger.receipts) == many
    stored = Counter(db.session.scalars(select(Proposal.title)))
    lost = [name for name in ledger.receipts if not stored[name]]
    doubled = [name for name, times in stored.items() if times > 1]
    rows = db.session.execute(
        select(Receipt.code, Proposal.title)
        .join(Event, Event.id == Receipt.event_id)
        .join(Proposal, Proposal.id == Event.subject_id)
        .where(Event.verb == "proposal.submitted")
    )
    codes = {row[0]: row[1] for row in rows}
    wrong = [name for name, code in ledger.receipts.items() if codes.get(code) != name]
    note(
        f"{kills} kills: {len(ledger.receipts)} acknowledged, {sum(stored.values())} stored, "
        f"{len(lost)} lost, {len(doubled)} doubled, {ledger.retries} tries without an answer, "
        f"{len(wrong)} receipts wrong"
    )
    assert not lost
    assert not doubled
    assert not wrong
    tally = db.session.get_one(RoundTally, find_round("open").id)
    assert tally.received == sum(stored.values()) == many
    events = select(func.count()).where(Event.verb == "proposal.submitted")
    assert db.session.scalar(events) == many
    assert verify_record().sound
