"""The promise about volume: 10,000 proposals and 100,000 comments, in little time and memory."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from consult.foundation.core.people import SYSTEM
from consult.interfaces.exchange.exporting.files import FORMATS, export_of
from consult.interfaces.exchange.importing.rounds import Options, import_rounds
from consult.interfaces.publishing.reading_copy import COPIES
from tests.conftest import Note
from tests.databases import Databases
from tests.exchange.samples import ROUND
from tests.exchange.workbooks import by_calamine, records_of
from tests.long.server import Server

PROPOSALS = 10_000
COMMENTS = 100_000
MOST_SECONDS = 300
MOST_MEBIBYTES = 300
LONGEST_WAIT = 5

WORDS = "het een voorstel overheid open gegevens actie plan inwoner gemeente delen samen beter één"

IMPORT = """
import json, re, sys, threading, time
from pathlib import Path
from consult import create_app
from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import IdempotentRequest, unit_of_work
from consult.interfaces.exchange.importing.rounds import Options, import_rounds

app = create_app()
done = threading.Event()
waits = []

def peak():
    # Not getrusage: that begins with the memory of the process that started this one.
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])

def submit():
    with app.app_context():
        while not done.is_set():
            begun = time.monotonic()
            with unit_of_work():
                key = str(len(waits))
                db.session.add(IdempotentRequest(
                    actor="x", key=key, fingerprint="", leads_to="", done_at=now()))
            waits.append(time.monotonic() - begun)
            time.sleep(0.2)

with app.app_context():
    writer = threading.Thread(target=submit)
    writer.start()
    begun = time.monotonic()
    try:
        (round_,) = import_rounds(SYSTEM, [Path(sys.argv[1])], Options(), now())
    finally:
        done.set()
        writer.join()
    tally = round_.tally
    print(json.dumps({
        "seconds": round(time.monotonic() - begun, 1),
        "mebibytes": peak() // 1024,
        "longest_wait": round(max(waits), 2),
        "submissions": len(waits),
        "published": tally.published,
        "comments": tally.comments,
    }))
"""


EXPORT = """
import json, re, sys, time
from pathlib import Path
from consult import create_app
from consult.foundation.core.clock import now
from consult.foundation.core.people import Anonymous
from consult.interfaces.exchange.exporting.files import FORMATS, export_of, find_round
from consult.interfaces.publishing.reading_copy import COPIES, make_reading_copy

kind, path = sys.argv[1], Path(sys.argv[2])
app = create_app()
with app.app_context():
    round_ = find_round(Anonymous(), "ronde-1", now(), complete=False)
    begun = time.monotonic()
    if kind in FORMATS:
        with path.open("wb") as file:
            file.writelines(FORMATS[kind](export_of(round_, now())))
    elif kind in COPIES:
        make_reading_copy(round_, kind, path, now())
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
    print(json.dumps({
        "seconds": round(time.monotonic() - begun, 1),
        "mebibytes": int(peak) // 1024,
    }))
"""
MOST_FOR_DATA = 32
MOST_FOR_A_COPY = 200


def write_large(path: Path, proposals: int = PROPOSALS, comments: int = COMMENTS) -> None:
    words = WORDS.split()
    people = [{"type": "participant", "id": f"u{n}"} for n in range(2000)]
    at = "2026-01-06T10:00:00+01:00"
    with path.open("w", encoding="utf-8") as file:

        def put(line: Mapping[str, object]) -> None:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

        put(ROUND)
        for one in people:
            put(one)
        for n in range(proposals):
            title = f"Voorstel {n}: {words[n % 14]} {words[n // 14 % 14]}"
            body = " ".join(words[(n + k * 7) % 14] for k in range(200))
            put(
                {"type": "proposal", "id": f"p{n}", "author": f"u{n % 2000}", "title": title}
                | {"body": body, "created_at": at}
            )
        for n in range(comments):
            body = " ".join(words[(n + k * 3) % 14] for k in range(190))
            line = {"type": "comment", "id": f"c{n}", "proposal": f"p{n % proposals}"}
            line |= {"author": f"u{n % 2000}", "body": body, "created_at": at}
            if proposals <= n < 6 * proposals:
                line["parent"] = f"c{n - proposals}"
            put(line)


@dataclass(frozen=True)
class Large:
    """The large round, imported into a database of its own, and what that took."""

    env: Mapping[str, str]
    megabytes: int
    took: Mapping[str, float]


def run(script: str, env: Mapping[str, str], *args: object) -> dict[str, float]:
    ran = subprocess.run(
        [sys.executable, "-c", script, *map(str, args)],
        env=env,
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def large(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Large:
    folder = tmp_path_factory.mktemp("large")
    path = folder / "large.jsonl"
    write_large(path)
    databases.copy(template, "volume")
    env = {
        **os.environ,
        "CONSULT_DATABASE_URL": databases.url("volume").replace("+psycopg", ""),
        "CONSULT_INSTANCE": str(folder),
    }
    return Large(env, path.stat().st_size // 1_000_000, run(IMPORT, env, path))


@pytest.mark.long
def test_a_large_round_is_imported_while_others_submit(large: Large, note: Note) -> None:
    found = large.took
    note(f"import of {large.megabytes} MB: {found}")
    assert (found["published"], found["comments"]) == (PROPOSALS, COMMENTS)
    assert found["seconds"] <= MOST_SECONDS
    assert found["mebibytes"] <= MOST_MEBIBYTES
    assert found["longest_wait"] <= LONGEST_WAIT


@pytest.mark.long
def test_a_large_round_is_exported_in_little_memory(
    large: Large, tmp_path: Path, note: Note
) -> None:
    idle = run(EXPORT, large.env, "nothing", tmp_path / "nothing")["mebibytes"]
    for kind in (*FORMATS, *COPIES):
        path = tmp_path / f"round.{kind}"
        found = run(EXPORT, large.env, kind, path)
        more = found["mebibytes"] - idle
        size = path.stat().st_size / 1_000_000
        note(f"export as {kind}: {size:.1f} MB in {found['seconds']} s, {more} MiB more")
        assert more <= (MOST_FOR_DATA if kind in FORMATS else MOST_FOR_A_COPY), kind
    for kind in ("xlsx", "ods"):
        book = CalamineWorkbook.from_path(tmp_path / f"round.{kind}")
        rows = [book.get_sheet_by_name(name).height for name in ("Proposals", "Comments")]
        assert rows == [PROPOSALS + 1, COMMENTS + 1], kind


@dataclass(frozen=True)
class Fetched:
    """A download: how long until its first bytes, whether it was kept by then, and all of it."""

    first: float
    kept_at_first: bool
    whole: float
    rows: int
    length: str | None


def fetch(server: Server, path: str, kept: Path) -> Fetched:
    begun = time.monotonic()
    connection = server.connection()
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == HTTPStatus.OK
    piece = answer.read(100)
    first, already = time.monotonic() - begun, any(kept.glob("*/csv-*"))
    rows = piece.count(b"\r")  # texts have line ends of one sign
    while piece := answer.read(1024 * 1024):
        rows += piece.count(b"\r")
    connection.close()
    whole = time.monotonic() - begun
    return Fetched(first, already, whole, rows, answer.getheader("Content-Length"))


def most_memory(server: Server) -> int:
    """The most memory that a process of the server ever had, in MiB."""
    found = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):  # it ended meanwhile
            if server.process and os.getpgid(int(status.parent.name)) == server.process.pid:
                found = max(found, int(status.read_text().split("VmHWM:")[1].split()[0]))
    return found // 1024


@pytest.mark.long
def test_a_download_begins_before_the_round_is_read(large: Large, note: Note) -> None:
    folder = Path(large.env["CONSULT_INSTANCE"])
    kept = folder / "files" / "made" / "rounds"
    server = Server(large.env["CONSULT_DATABASE_URL"], folder, CONSULT_EMBEDDED_WORKER="0")
    server.start()
    try:
        path = "/nl/rounds/ronde-1/downloads"
        for _warm in range(10):
            assert server.get(path)[0] == HTTPStatus.OK
        idle = most_memory(server)
        new = fetch(server, f"{path}/csv", kept)
        more = most_memory(server) - idle
        again = fetch(server, f"{path}/csv", kept)
    finally:
        server.kill()
    note(
        f"CSV over the web: first bytes after {new.first:.2f} s, all in {new.whole:.1f} s, {more} "
        f"MiB more; kept: {again.first:.2f} s and {again.whole:.1f} s"
    )
    assert not new.kept_at_first
    assert new.rows == again.rows == 1 + PROPOSALS + COMMENTS
    assert (new.length, again.kept_at_first) == (None, True)
    assert again.length is not None
    assert more <= MOST_FOR_DATA


def test_a_small_round_has_the_same_shape(app: Flask, tmp_path: Path, now: datetime) -> None:
    del app
    path = tmp_path / "small.jsonl"
    write_large(path, 12, 120)
    (round_,) = import_rounds(SYSTEM, [path], Options(), now)
    export = export_of(round_, now)
    for kind in ("xlsx", "ods"):
        book = by_calamine(b"".join(FORMATS[kind](export)))
        names = ("Proposals", "Comments")
        ids = {name: [row["id"] for row in records_of(book[name])] for name in names}
        assert ids["Proposals"] == [f"p{n}" for n in range(12)]
        assert sorted(map(str, ids["Comments"])) == sorted(f"c{n}" for n in range(120))
    rows = b"".join(FORMATS["csv"](export)).decode().split("\r\n")
    assert len(rows) == 1 + 12 + 120 + 1
