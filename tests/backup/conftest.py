"""A world with texts, files and an erasure in it, its backup, and empty targets to restore into."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, MetaData, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.drafts import place_of
from consult.consultation.proposals.services import save_draft, submit_proposal
from consult.consultation.proposals.texts import ProposalText, SentForm
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.pending_uploads import SentFile, store_pending
from consult.foundation.files.services import storage
from consult.foundation.record.erasing import erase_about
from consult.foundation.record.services import append_leaves
from consult.interfaces.backup import backup
from consult.interfaces.backup.schema import tables_of
from tests.cast import person
from tests.conftest import make_app
from tests.databases import Databases
from tests.factories import PDF_FILE, filed, find_round, make_comment, make_meeting, make_proposal
from tests.world import NOON

MIGRATIONS = str(Path(__file__).parents[2] / "migrations")
Target = Callable[..., Flask]


TABLES: dict[str, MetaData] = {}


def tables_here(connection: Connection) -> MetaData:
    """Read the tables once for all tests: all targets have the same."""
    dialect = connection.dialect.name
    if dialect not in TABLES:
        TABLES[dialect] = tables_of(connection)
    return TABLES[dialect]


@pytest.fixture
def known_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the tests that restore many times the reading of what they all have."""
    monkeypatch.setattr("consult.interfaces.backup.restoring.tables_of", tables_here)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody who may be deleting a file."""
    monkeypatch.setattr("consult.interfaces.backup.writing.PATIENCE", 0)


def quiet(_sentence: str) -> None:
    """Say no progress."""


@dataclass
class Snapshot:
    """Everything that a target holds: rows by table, and the bytes of its storage."""

    rows: dict[str, list[tuple[object, ...]]]
    files: dict[str, bytes]

    def is_empty(self) -> bool:
        return not self.files and not any(self.rows.values())


def everything() -> Snapshot:
    """Read all that the present application holds, row by row and byte by byte."""
    db.session.rollback()
    with db.engine.connect() as connection:
        tables = tables_here(connection)
        rows = {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    # A migration back may leave columns in another order.
                    select(*sorted(table.columns, key=lambda column: column.name)).order_by(
                        *table.primary_key.columns
                    )
                )
            ]
            for table in tables.sorted_tables
        }
    files = {}
    for key in sorted(one.key for one in storage().list()):
        with storage().open(key).stream as stream:
            files[key] = stream.read()
    return Snapshot(rows, files)


def live(app: Flask) -> None:
    """Do something of each kind on a site, and erase something."""
    with app.test_request_context():
        text = ProposalText(title="Eén plek", problem="Ver\u2028spreid", action="Bundelen 🌱")
        with unit_of_work():
            draft = save_draft(person("pia"), find_round("open"), text, NOON)
            uploads = [
                SentFile(name, io.BytesIO(PDF_FILE)) for name in ("nota.pdf", "bijlage één.pdf")
            ]
            kept = store_pending(
                person("pia"), place_of(draft.public_id), uploads, [], 5, NOON
            ).files
            submit_proposal(
                person("pia"), find_round("open"), text, NOON, None, draft, SentForm(files=kept)
            )
        with unit_of_work():
            save_draft(person("pia"), find_round("open"), text, NOON)
        filed(make_meeting())
        make_comment(make_proposal("open", State.PUBLISHED))
        with unit_of_work():
            erase_about(SYSTEM, "proposal", [draft.id], NOON)
            append_leaves()


@pytest.fixture
def lived(app: Flask) -> Flask:
    """A site on which something of each kind was done."""
    live(app)
    return app


@pytest.fixture(scope="session")
def empty(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Migrate a database of this run's kind that holds nothing and return its name."""
    if databases.server is not None:
        databases.admin("DROP DATABASE IF EXISTS empty WITH (FORCE)", "CREATE DATABASE empty")
    app = make_app(tmp_path_factory.mktemp("empty"), databases.url("empty"))
    migrate_and_close(app)
    return "empty"


def migrate_and_close(app: Flask) -> None:
    with app.app_context():
        upgrade(directory=MIGRATIONS)
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        db.engine.dispose()


@pytest.fixture(scope="session")
def whole(
    databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[bytes, Snapshot]:
    """The bytes of a backup, and all that the site held of which it was made."""
    folder = tmp_path_factory.mktemp("source")
    databases.copy(template, "source")
    app = make_app(folder, databases.url("source"))
    with app.app_context():
        live(app)
        backup(folder / "backup.zip", quiet)
        held = everything()
        db.session.remove()
        db.engine.dispose()
    return (folder / "backup.zip").read_bytes(), held


@pytest.fixture
def archive(whole: tuple[bytes, Snapshot], tmp_path: Path) -> Path:
    """A backup of that site."""
    made = tmp_path / "backup.zip"
    made.write_bytes(whole[0])
    return made


@pytest.fixture
def target(databases: Databases, empty: str, tmp_path: Path) -> Iterator[Target]:
    """Yield a migrated and empty application of this run's kind; each name is another one."""
    made = []

    def make(name: str = "target", **settings: object) -> Flask:
        databases.copy(empty, name)
        app = make_app(tmp_path / name, databases.url(name), **settings)
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
