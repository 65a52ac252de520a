"""Twenty-four readers ask for Word and PDF of the plan at once; the site stays quick for others."""

import http.client
import statistics
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from consult.consultation.plans.queries import get_plan
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.services import make_commitment, publish_commitment
from tests.cast import person
from tests.commitments.test_services import text_from
from tests.conftest import Note
from tests.databases import Databases
from tests.factories import make_proposal
from tests.long.server import Server

READERS, SECONDS, COMMITMENTS = 24, 30, 20
MOST_MS = 100
PROSE = (
    "Een alinea met **nadruk**, een [bron](https://example.org) en:\n\n- een punt\n- nog een\n\n"
)
PLAN = "plans/open-overheid"
ADDRESSES = [
    f"/{language}/{PLAN}/{version}plan.{kind}"
    for version in ("", "versions/1/")
    for language in ("nl", "en")
    for kind in ("pdf", "docx")
]


def fill(now: datetime) -> None:
    """Make a plan as long as a real one, and freeze it."""
    proposal = make_proposal("closed")
    plan, ana = get_plan("open-overheid"), person("ana")
    with unit_of_work():
        for place in range(COMMITMENTS):
            both = {"nl": PROSE, "en": PROSE}
            written = replace(
                text_from(proposal), theme_id=plan.themes[place % 3].id,
                problem=both, description=both, results=both,
            )  # fmt: skip
            publish_commitment(ana, made := make_commitment(ana, plan, written, now), now)
            assert made.number
        freeze_plan(ana, plan, "Ter besluitvorming", now)


def read(server: Server, place: int, until: float, seen: Counter[int]) -> None:
    """Ask for the documents by turns, and come back when we are told to."""
    turn = place
    while time.monotonic() < until:
        connection = server.connection()
        try:
            connection.request("GET", ADDRESSES[turn % len(ADDRESSES)])
            answer = connection.getresponse()
            body = answer.read()
            seen[answer.status] += 1
            if answer.status == http.client.OK:
                assert body[:2] in {b"%P", b"PK"}
                turn += 1
            else:
                time.sleep(float(answer.headers["Retry-After"]))
        finally:
            connection.close()


def health(server: Server, until: float) -> list[float]:
    """Ask for the health page over and over; return the milliseconds of each answer."""
    took = []
    while time.monotonic() < until:
        start = time.monotonic()
        assert server.get("/health")[0] == http.client.OK
        took.append((time.monotonic() - start) * 1000)
        time.sleep(0.05)
    return took


@pytest.mark.long
def test_the_health_page_answers_while_everybody_wants_the_plan(
    app: Flask, databases: Databases, tmp_path: Path, note: Note
) -> None:
    fill(datetime.now(UTC))
    db.session.remove()
    db.engine.dispose()
    server = Server(databases.url("stage"), tmp_path, CONSULT_EMBEDDED_WORKER="0")
    server.start()
    try:
        until = time.monotonic() + SECONDS
        seen: Counter[int] = Counter()
        readers = [
            threading.Thread(target=read, args=(server, place, until, seen))
            for place in range(READERS)
        ]
        for reader in readers:
            reader.start()
        took = health(server, until)
        for reader in readers:
            reader.join()
    finally:
        server.kill()
    median = statistics.median(took)
    note(f"{seen[200]} documents and {seen[503]} times “come back” in {SECONDS} s; the health page "
         f"took {median:.0f} ms at the median, {max(took):.0f} ms at most")  # fmt: skip
    assert app
    assert set(seen) <= {200, 503}
    assert seen[200] > READERS
    assert median < MOST_MS
