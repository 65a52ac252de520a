"""Run the bench: `python -m tests.bench [--write]`."""

import argparse
import http.client
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, update

from consult.consultation.comments.models import Comment, CommentKind, ContributionState, Thread
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round, RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from tests.bench.measure import Cell, measure, middle
from tests.cast import person, sign_in
from tests.conftest import BrowserClient, make_app
from tests.factories import find_round
from tests.long.server import Server, hidden_keys
from tests.statements import counted
from tests.world import build_world

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "measurements.md"
MARK = "<!-- bench -->"
ROUNDS, SECONDS = 5, 1.5
PROPOSALS, COMMENTS, PENDING = 2_000, 10_000, 200
TEXT = "Zet alle besluiten op één plek, met een samenvatting in gewone taal. " * 6
LIST, FIRST = "/nl/rounds/open/proposals", "/nl/rounds/open/proposals/1"
NEW, QUEUE = "/nl/rounds/open/proposals/new", "/nl/moderation"


def fill(app: Flask) -> None:
    """Fill the database with the set S of the benchmark: 2,000 proposals, 10,000 comments."""
    now = datetime.now(UTC)
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        build_world()
        with unit_of_work():
            db.session.execute(
                update(Round)
                .where(Round.slug == "open")
                .values(opens_at=now - timedelta(days=9), closes_at=now + timedelta(days=9))
            )
            round_, author = find_round("open").id, person("pia").id
            db.session.execute(insert(Thread), [{"round_id": round_} for _ in range(PROPOSALS)])
            db.session.execute(insert(Proposal), _proposals(round_, author, now))
            db.session.execute(insert(Comment), _comments(round_, author, now))
            tally = db.session.get_one(RoundTally, round_)
            tally.published = PROPOSALS - PENDING
            tally.received, tally.pending = PROPOSALS, PENDING
    with sqlite3.connect(db_path(app)) as connection:
        connection.execute("CREATE TABLE floor_submission (title TEXT, body TEXT)")


def _proposals(round_: int, author: int, now: datetime) -> list[dict[str, object]]:
    pending, published = ContributionState.PENDING, ContributionState.PUBLISHED
    return [
        {
            "round_id": round_, "thread_id": n, "number": n, "author_id": author,
            "language": "nl", "state": pending if n > PROPOSALS - PENDING else published,
            "title": f"Voorstel {n}", "problem": TEXT, "action": TEXT, "created_at": now,
            "saved_at": now, "arrived_at": now - timedelta(seconds=n), "published_at": now,
            "comment_count": COMMENTS // PROPOSALS,
        }
        for n in range(1, PROPOSALS + 1)
    ]  # fmt: skip


def _comments(round_: int, author: int, now: datetime) -> list[dict[str, object]]:
    return [
        {
            # One hot thread with 200, the others evenly.
            "thread_id": 1 if n < 200 else n % PROPOSALS + 1, "round_id": round_, "number": n + 1,
            "author_id": author, "kind": CommentKind.REACTION, "body": TEXT[:200],
            "language": "nl", "state": ContributionState.PUBLISHED, "arrived_at": now,
            "published_at": now,
        }
        for n in range(COMMENTS)
    ]  # fmt: skip


def db_path(app: Flask) -> str:
    """Return where the database lies."""
    return str(app.config["SQLALCHEMY_DATABASE_URI"]).removeprefix("sqlite:///")


class Reader:
    """A client that keeps one connection open, and checks each answer."""

    def __init__(self, server: Server, cookie: str = "") -> None:
        self.connection = server.connection()
        self.headers = {"Cookie": cookie} if cookie else {}
        self.size = 0

    def get(self, path: str) -> str:
        """Get a page that must be there."""
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path}: {answer.status}")
        self.size = len(text)
        return text.decode()

    def post(self, path: str, form: dict[str, str]) -> None:
        """Post a form that must be taken."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("POST", path, urlencode(form), {**self.headers, **kind})
        answer = self.connection.getresponse()
        answer.read()
        if answer.status not in {200, 303}:
            raise RuntimeError(f"{path}: {answer.status}")


def submitting(reader: Reader) -> Callable[[], None]:
    """Return the act of handing in; each time with a key of its own."""
    keys = hidden_keys(reader.get(NEW))
    count = iter(range(10**9))

    def act() -> None:
        form = {
            **keys, "once": f"bench-{time.monotonic_ns()}-{next(count)}", "title": "Een voorstel",
            "problem": TEXT, "action": TEXT, "theme_id": "0", "organisation_id": "0",
            "language": "nl", "origin": "new", "amount": "", "act": "submit",
        }  # fmt: skip
        reader.post(NEW, form)

    return act


def statements(app: Flask) -> dict[str, int]:
    """Count the statements of each operation, signed in."""
    app.test_client_class = BrowserClient
    found = {}
    for name, who, path in (
        ("list", "pia", LIST),
        ("detail", "pia", FIRST),
        ("queue", "mo", QUEUE),
    ):
        with app.app_context():
            client = app.test_client()
            sign_in(client, who)
            with counted(app) as those:
                client.get(path)
            found[name] = those.number
            if name == "list":
                form = {"title": "t", "problem": "p", "action": "a", "theme_id": "0",
                        "organisation_id": "0", "language": "nl", "origin": "new",
                        "act": "submit", "once": "x"}  # fmt: skip
                with counted(app) as those:
                    client.post(NEW, data=form)
                found["submit"] = those.number
            db.session.remove()
    return found


def cookies(app: Flask, server: Server) -> dict[str, str]:
    """Sign in those who measure."""
    found = {}
    for who in ("pia", "mo"):
        with app.app_context():
            client = app.test_client()
            sign_in(client, who)
            kept = client.get_cookie("consult")
            db.session.remove()
        assert kept is not None
        path = NEW if who == "pia" else QUEUE
        found[who] = server.settled(path, f"{kept.key}={kept.value}")
    return found


def run(folder: Path) -> str:
    """Measure both, in turns, and write the table."""
    app = make_app(folder, f"sqlite:///{folder}/bench.sqlite")
    fill(app)
    counts = statements(app)
    with app.app_context():
        db.engine.dispose()
    product = Server(app.config["SQLALCHEMY_DATABASE_URI"], folder, CONSULT_EMBEDDED_WORKER="0")
    floor = Server("", folder, FLOOR_DATABASE=db_path(app))
    floor.application = "tests.bench.floor:app"
    product.start()
    floor.start()
    try:
        signed_in = cookies(app, product)
        pia, mo = (Reader(product, signed_in[who]) for who in ("pia", "mo"))
        bare = Reader(floor)
        pairs: dict[str, tuple[Callable[[], object], Callable[[], object], Reader]] = {
            "list": (lambda: pia.get(LIST), lambda: bare.get("/list"), pia),
            "detail": (lambda: pia.get(FIRST), lambda: bare.get("/detail"), pia),
            "queue": (lambda: mo.get(QUEUE), lambda: bare.get("/queue"), mo),
            "submit": (
                submitting(pia),
                lambda: bare.post("/submit", {"title": "t", "action": TEXT}),
                pia,
            ),
        }
        rows = [_row(name, *pair, product, floor, counts[name]) for name, pair in pairs.items()]
    finally:
        product.kill()
        floor.kill()
    return _table(rows, folder)


def _row(
    name: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    reader: Reader,
    product: Server,
    floor: Server,
    count: int,
) -> str:
    cells: dict[str, list[Cell]] = {"ours": [], "floor": []}
    for turn in range(ROUNDS):
        order = ["ours", "floor"] if turn % 2 == 0 else ["floor", "ours"]
        for which in order:
            server, act = (product, ours) if which == "ours" else (floor, theirs)
            assert server.process is not None
            cells[which].append(measure(lambda a=act: a(), server.process.pid, SECONDS))  # type: ignore[misc]
    ratios = [a.rate / b.rate for a, b in zip(cells["ours"], cells["floor"], strict=True)]
    cpu = [a.cpu_ms / b.cpu_ms for a, b in zip(cells["ours"], cells["floor"], strict=True)]
    size = "–" if name == "submit" else f"{reader.size:,}"  # noqa: RUF001
    return (
        f"| {name} | {count} | {size} | {middle([c.cpu_ms for c in cells['ours']])} | "
        f"{middle([c.cpu_ms for c in cells['floor']])} | {middle(cpu)} | "
        f"{middle([c.rate for c in cells['ours']])} | {middle([100 * r for r in ratios])} |"
    )


def _flush_ms(folder: Path) -> float:
    times = []
    with (folder / "flush").open("wb") as file:
        for _ in range(50):
            start = time.perf_counter()
            file.write(b"0" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    return 1000 * sorted(times)[25]


def _table(rows: list[str], folder: Path) -> str:
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    head = (
        f"{datetime.now(UTC):%d %B %Y}, {cpu}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, granian {version('granian')} (1 worker, 8 threads), "
        f"SQLite {sqlite3.sqlite_version}; {PROPOSALS:,} proposals, {COMMENTS:,} comments; "
        f"one flush takes {_flush_ms(folder):.2f} ms. One client, {ROUNDS} rounds of {SECONDS} s "
        "in turns; medians with the lowest and the highest round."
    )
    columns = (
        "| operation | statements | bytes | CPU ms | floor CPU ms | CPU, times the floor | "
        "requests/s | rate, % of the floor |"
    )
    return "\n".join([head, "", columns, "| --- |" + " ---: |" * 7, *rows])


def main() -> None:
    """Measure, print, and write to docs/measurements.md when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    with tempfile.TemporaryDirectory() as folder:
        table = run(Path(folder))
    sys.stdout.write(table + "\n")
    if write:
        head, _mark, rest = PAGE.read_text().partition(MARK)
        _old, end, tail = rest.partition(MARK)
        PAGE.write_text(f"{head}{MARK}\n\n{table}\n\n{end}{tail}")


if __name__ == "__main__":
    main()
