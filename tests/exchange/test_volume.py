"""The promise about volume: 10,000 proposals and 100,000 comments, in little time and memory."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import Note
from tests.databases import Databases
from tests.exchange.samples import ROUND

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


def write_large(path: Path) -> None:
    words = WORDS.split()
    people = [{"type": "participant", "id": f"u{n}"} for n in range(2000)]
    at = "2026-01-06T10:00:00+01:00"
    with path.open("w", encoding="utf-8") as file:

        def put(line: Mapping[str, object]) -> None:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

        put(ROUND)
        for one in people:
            put(one)
        for n in range(PROPOSALS):
            title = f"Voorstel {n}: {words[n % 14]} {words[n // 14 % 14]}"
            body = " ".join(words[(n + k * 7) % 14] for k in range(200))
            put(
                {"type": "proposal", "id": f"p{n}", "author": f"u{n % 2000}", "title": title}
                | {"body": body, "created_at": at}
            )
        for n in range(COMMENTS):
            body = " ".join(words[(n + k * 3) % 14] for k in range(190))
            line = {"type": "comment", "id": f"c{n}", "proposal": f"p{n % PROPOSALS}"}
            line |= {"author": f"u{n % 2000}", "body": body, "created_at": at}
            if PROPOSALS <= n < 6 * PROPOSALS:
                line["parent"] = f"c{n - PROPOSALS}"
            put(line)


@pytest.mark.long
def test_a_large_round_is_imported_while_others_submit(
    databases: Databases, template: str, tmp_path: Path, note: Note
) -> None:
    path = tmp_path / "large.jsonl"
    write_large(path)
    databases.copy(template, "volume")
    env = {
        **os.environ,
        "CONSULT_DATABASE_URL": databases.url("volume").replace("+psycopg", ""),
        "CONSULT_INSTANCE": str(tmp_path),
    }
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT, str(path)],
        env=env,
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(ran.stdout.splitlines()[-1])
    megabytes = path.stat().st_size // 1_000_000
    note(f"import of {megabytes} MB: {found}")
    assert (found["published"], found["comments"]) == (PROPOSALS, COMMENTS)
    assert found["seconds"] <= MOST_SECONDS
    assert found["mebibytes"] <= MOST_MEBIBYTES
    assert found["longest_wait"] <= LONGEST_WAIT
