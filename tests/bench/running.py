"""A run on one database: the product and the floor, each its own server, in turns."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from consult.consultation.comments.models import Comment
from consult.foundation.core.db import db
from tests.bench.measure import Cell, Meter, measure
from tests.bench.operations import MO, NEW, NOBODY, PIA, Operation, document_path, operations
from tests.bench.stores import Store, find_person, find_round, freshen, opened, say
from tests.cast import hold_session
from tests.conftest import BrowserClient
from tests.long.server import Server, hidden_keys
from tests.statements import counted

MADE = Path("files", "made")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ON_SERVER = {"CONSULT_EMBEDDED_WORKER": "0", "CONSULT_SECOND_FACTOR": "optional"}


@dataclass(frozen=True)
class Turns:
    """How long each operation is measured."""

    rounds: int
    seconds: float


@dataclass(frozen=True)
class Row:
    """What was found about one operation."""

    operation: Operation
    statements: int
    size: int
    floor_size: int
    ours: Sequence[Cell]
    floor: Sequence[Cell]


class Client:
    """Somebody's connection to a server, which is kept open; each answer is looked at."""

    def __init__(self, server: Server, folder: Path, cookie: str = "", token: str = "") -> None:
        self.connection = server.connection()
        self.made = folder / MADE
        self.headers = {"Cookie": cookie} if cookie else {}
        self.token = {"csrf_token": token} if token else {}
        self.size = 0

    def ask(self, one: Operation, *, floor: bool = False) -> bytes:
        """Do an operation once and return the answer; raises RuntimeError for a wrong one."""
        if one.made and not floor:
            for path in self.made.glob("*"):
                path.unlink()
        method, body, headers = "GET", None, self.headers
        if one.form is not None:
            method, body = "POST", urlencode({**one.form(), **self.token})
            headers = {**headers, **FORM}
        self.connection.request(method, one.floor if floor else one.path, body, headers)
        answer = self.connection.getresponse()
        said = answer.read()
        where = (answer.getheader("Location") or "").encode()
        if fault := one.fault_in(answer.status, where + b"\n" + said, floor=floor):
            raise RuntimeError(fault)
        self.size = len(said)
        return said


@dataclass(frozen=True)
class Pair:
    """The product and the floor, both serving, with who asks them."""

    clients: dict[str, Client]
    bare: Client
    ours: Meter
    floor: Meter

    def row(self, one: Operation, statements: int, turns: Turns) -> Row:
        """Measure an operation and the floor in turns; who begins changes each time."""
        client = self.clients[one.who]
        for each in (client, self.bare):
            each.connection.close()  # a server ends one that was idle for half a minute
        acts: list[tuple[Callable[[], object], Meter, list[Cell]]] = [
            (lambda: client.ask(one), self.ours, []),
            (lambda: self.bare.ask(one, floor=True), self.floor, []),
        ]
        for turn in range(turns.rounds):
            for act, meter, cells in acts if turn % 2 == 0 else reversed(acts):
                cells.append(measure(act, meter, turns.seconds))
        return Row(one, statements, client.size, self.bare.size, acts[0][2], acts[1][2])


def run(store: Store, proposals: int, only: Sequence[str], turns: Turns) -> tuple[int, list[Row]]:
    """Measure operations on a copy of a filled database.

    Returns how many comments it held, and what was found.
    """
    url = store.filled(proposals)
    with TemporaryDirectory() as place:
        folder = Path(place)
        with opened(url) as app:
            app.test_client_class = BrowserClient
            comments = db.session.scalar(select(func.count()).select_from(Comment)) or 0
            wanted = [
                one for one in operations(app, freshen(proposals)) if one.group in only or not only
            ]
            statements = [_statements(app, one) for one in wanted]
            cookies = {who: _cookie(app, who) for who in (PIA, MO)}
            aside = Aside(find_round().id, app.test_client().get(document_path()).data)
        with serving(url, folder, aside, cookies, store.postmaster) as pair:
            rows = [
                _measured(pair, one, many, turns)
                for one, many in zip(wanted, statements, strict=True)
            ]
    return comments, rows


def _measured(pair: Pair, one: Operation, statements: int, turns: Turns) -> Row:
    begun = time.monotonic()
    row = pair.row(one, statements, turns)
    rate = sum(cell.rate for cell in row.ours) / len(row.ours)
    say(f"  {one.name} ({one.who or 'anonymous'}): {rate:.1f}/s, {time.monotonic() - begun:.0f} s")
    return row


def _client(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    if who != NOBODY:
        hold_session(client, find_person(who))
    return client


def _cookie(app: Flask, who: str) -> str:
    kept = _client(app, who).get_cookie("consult")
    assert kept is not None
    return f"{kept.key}={kept.value}"


def _statements(app: Flask, one: Operation) -> int:
    """Count the statements of an operation, once what a process reads only once was read."""
    client = _client(app, one.who)
    _answer(client, one)
    for path in (app.config["INSTANCE"] / MADE).glob("*") if one.made else ():
        path.unlink()
    with counted(app) as those:
        _answer(client, one)
    db.session.remove()
    return those.number


def _answer(client: FlaskClient, one: Operation) -> TestResponse:
    answer = client.post(one.path, data=one.form()) if one.form else client.get(one.path)
    where = answer.headers.get("Location", "").encode()
    if fault := one.fault_in(answer.status_code, where + b"\n" + answer.data):
        raise RuntimeError(fault)
    return answer


@dataclass(frozen=True)
class Aside:
    """What the floor is told: which round it shows, and the file that it sends."""

    round_id: int
    document: bytes


@contextmanager
def serving(
    url: str, folder: Path, aside: Aside, cookies: dict[str, str], postmaster: int | None
) -> Iterator[Pair]:
    """Start both servers, each with its clients; `cookies` are of who is signed in."""
    address = url.replace("+psycopg", "")
    file = folder / "plan.pdf"
    file.write_bytes(aside.document)
    product = Server(address, folder, **ON_SERVER)
    floor = Server(
        "", folder, FLOOR_DATABASE=address, FLOOR_ROUND=str(aside.round_id), FLOOR_FILE=str(file)
    )
    floor.application = "tests.bench.floor:app"
    with ExitStack() as end:
        for server in (product, floor):
            end.callback(server.kill)
            server.start()
        clients = {NOBODY: Client(product, folder)}
        for who, cookie in cookies.items():
            page = NEW if who == PIA else "/nl/moderation"
            settled = product.settled(page, cookie)
            token = hidden_keys(product.get(page, settled)[1]).get("csrf_token", "")
            clients[who] = Client(product, folder, settled, token)
        bare = Client(floor, folder)
        for client in (*clients.values(), bare):
            end.enter_context(closing(client.connection))
        assert product.process is not None
        assert floor.process is not None
        yield Pair(
            clients,
            bare,
            Meter(product.process.pid, postmaster),
            Meter(floor.process.pid, postmaster),
        )
