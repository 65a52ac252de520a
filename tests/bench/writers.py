"""Several people who hand in at once: how many a second, and how long one waits for another."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.measure import Meter, middle
from tests.bench.operations import NEW, Operation, handing_in
from tests.bench.running import ON_SERVER, Client, Turns
from tests.bench.stores import Store, find_round, freshen, opened, say
from tests.conftest import BrowserClient
from tests.crowd import sign_in_crowd
from tests.long.server import Server, hidden_keys, shared

WRITERS = 8
WARM = 3
"""So many each of them hands in before the clock runs."""
SETTLES, IDLE = 120, 0.1
"""Seconds that a worker has to do what it finds, and seconds of CPU a second when it is done."""
WAITED = re.compile(r"acquired \w+ on (?:tuple|transaction) .* after ([\d.]+) ms")


@dataclass(frozen=True)
class Stand:
    """How it is served: by how many processes, for how many writers, with a worker in them."""

    processes: int
    writers: int
    worker: bool = False


@dataclass(frozen=True)
class Found:
    """What was found in one turn."""

    rate: float
    cpu_ms: float
    waits: Sequence[float]
    """How long each waited for a row that another one held (ms); those below 1 ms are not told."""


STANDS = {
    True: (Stand(1, 1), Stand(1, 1, worker=True), Stand(1, WRITERS)),
    False: (Stand(1, 1), Stand(1, 1, worker=True), Stand(1, WRITERS), Stand(2, WRITERS)),
}
"""What is measured, on SQLite and not."""


def run_writers(store: Store, proposals: int, turns: Turns) -> str:
    """Measure how many proposals are handed in a second, and return the table."""
    stands = STANDS[store.postmaster is None]
    found: dict[Stand, list[Found]] = {stand: [] for stand in stands}
    for _ in range(turns.rounds):
        for stand in stands:
            found[stand].append(_measured(store, proposals, stand, turns.seconds))
            say(f"  {stand}: {found[stand][-1].rate:.1f}/s")
    engine = "SQLite" if store.postmaster is None else "PostgreSQL"
    return _table(engine, found)


def _table(engine: str, found: dict[Stand, list[Found]]) -> str:
    columns = [
        "processes", "writers", "embedded worker", "proposals/s", "CPU ms", "waited for a row, %",
        "wait, median ms", "wait, mean ms",
    ]  # fmt: skip
    rows = [columns, ["---:"] * len(columns)]
    for stand, turns in found.items():
        waits = [one for turn in turns for one in turn.waits]
        cells = [
            str(stand.processes), str(stand.writers), "yes" if stand.worker else "no",
            middle([turn.rate for turn in turns]), middle([turn.cpu_ms for turn in turns]),
            f"{100 * sum(one > 0 for one in waits) / len(waits):.0f}", f"{median(waits):.1f}",
            f"{sum(waits) / len(waits):.1f}",
        ]  # fmt: skip
        rows.append(cells)
    return "\n".join([f"### Writers, {engine}", "", *(f"| {' | '.join(row)} |" for row in rows)])


def _measured(store: Store, proposals: int, stand: Stand, seconds: float) -> Found:
    """Let the writers of a stand hand in for a while, on a fresh copy of the database."""
    url = store.filled(proposals)
    if store.postmaster is not None:
        store.tell_waits()
    with TemporaryDirectory() as place:
        folder = Path(place)
        with opened(url) as app:
            app.test_client_class = BrowserClient
            freshen(proposals)
            cookies = sign_in_crowd(app, find_round(), stand.writers)
            with app.test_request_context():
                one = handing_in(app)
        with _served(url, folder, stand) as servers, ExitStack() as end:
            clients = []
            for n, cookie in enumerate(cookies):
                server = servers[n % len(servers)]
                settled = server.settled(NEW, cookie)
                token = hidden_keys(server.get(NEW, settled)[1])["csrf_token"]
                clients.append(Client(server, folder, settled, token))
                end.enter_context(closing(clients[-1].connection))
            meters = [Meter(one.process.pid, None) for one in servers if one.process]
            if stand.worker:
                _settle(meters)
            return _rush(store, clients, one, meters, seconds)


@contextmanager
def _served(url: str, folder: Path, stand: Stand) -> Iterator[list[Server]]:
    settings = {**ON_SERVER, **shared(folder), "CONSULT_EMBEDDED_WORKER": str(int(stand.worker))}
    servers = [Server(url, folder / f"web-{n}", **settings) for n in range(stand.processes)]
    with ExitStack() as end:
        for server in servers:
            end.callback(server.kill)
            server.start()
        yield servers


def _rush(
    store: Store, clients: Sequence[Client], one: Operation, meters: Sequence[Meter], seconds: float
) -> Found:
    """Let each client hand in again and again, all at once."""
    for client in clients:
        for _ in range(WARM):
            client.ask(one)
    told_before = len(store.log())
    before, began = _used(store, meters), time.perf_counter()
    done = _at_once([partial(_hand_in, client, one, began + seconds) for client in clients])
    took, after = time.perf_counter() - began, _used(store, meters)
    waits = [float(ms) for ms in WAITED.findall(store.log()[told_before:])]
    return Found(
        done / took, 1000 * (after - before) / done, [*waits, *[0.0] * (done - len(waits))]
    )


def _settle(meters: Sequence[Meter]) -> None:
    """Wait until the worker did what had been left to it."""
    until, idle = time.monotonic() + SETTLES, 0
    while idle < 3 and time.monotonic() < until:
        before = sum(meter.read()[0] for meter in meters)
        time.sleep(1)
        idle = idle + 1 if sum(meter.read()[0] for meter in meters) - before < IDLE else 0


def _used(store: Store, meters: Sequence[Meter]) -> float:
    """Return the processor time of the servers and of PostgreSQL so far."""
    _none, database = Meter(0, store.postmaster).read()
    return sum(meter.read()[0] for meter in meters) + database


def _hand_in(client: Client, one: Operation, until: float) -> int:
    done = 0
    while time.perf_counter() < until:
        client.ask(one)
        done += 1
    return done


def _at_once(acts: Sequence[Callable[[], int]]) -> int:
    """Do acts at once, and return the sum of what they return."""
    done: list[int] = []
    threads = [threading.Thread(target=lambda act=act: done.append(act())) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(done) < len(acts):
        raise RuntimeError("somebody could not hand in")
    return sum(done)
