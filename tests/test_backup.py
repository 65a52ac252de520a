"""Everything goes into one archive, comes back on either database, and verifies."""

import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from consult.backup import BackupError, backup, restore
from consult.core.db import Base, db
from consult.core.unit_of_work import unit_of_work
from consult.proposals.services import save_draft, submit_proposal
from consult.proposals.texts import ProposalText
from consult.record.models import Receipt
from consult.record.verify import verify_record
from tests.cast import person
from tests.conftest import make_app
from tests.factories import find_round


@pytest.fixture
def archive(app: Flask, now: datetime, tmp_path: Path) -> Path:
    """A backup of a world in which Pia has handed in a proposal and begun another."""
    with app.test_request_context(), unit_of_work():
        text = ProposalText(title="Eén plek", problem="Verspreid", action="Bundelen")
        submit_proposal(person("pia"), find_round("open"), text, now, None)
        save_draft(person("pia"), find_round("open"), text, now)
    target = tmp_path / "backup.zip"
    backup(target, lambda _sentence: None)
    return target


def rows() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def empty_app(folder: Path) -> Flask:
    """An empty, migrated SQLite database beside the test's own, whatever that is."""
    app = make_app(folder, f"sqlite:///{folder}/restored.sqlite")
    with app.app_context():
        upgrade(directory="migrations")
    return app


def test_what_went_in_comes_out(archive: Path, tmp_path: Path, now: datetime) -> None:
    before = rows()
    code = db.session.scalars(select(Receipt.code)).one()
    db.session.remove()
    with empty_app(tmp_path).app_context():
        restore(archive, lambda _sentence: None)
        assert rows() == before
        assert verify_record().sound
        assert db.session.scalars(select(Receipt.code)).one() == code
        with unit_of_work():
            save_draft(person("pia"), find_round("open"), ProposalText(title="Nog een"), now)
        db.session.remove()
        db.engine.dispose()


def test_it_is_not_put_into_a_database_in_use(archive: Path) -> None:
    before = rows()
    with pytest.raises(BackupError, match="not empty"):
        restore(archive, lambda _sentence: None)
    assert rows() == before


def test_a_damaged_archive_is_refused_whole(archive: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "tables/proposal.jsonl":
                content = content.replace("Eén plek".encode(), b"Twee plekken")
                content = content.replace(b"E\\u00e9n plek", b"Twee plekken")
            new.writestr(name, content)
    db.session.remove()
    with empty_app(tmp_path).app_context():
        with pytest.raises(BackupError, match="damaged"):
            restore(damaged, lambda _sentence: None)
        assert not any(rows().values())
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("app")
def test_a_file_that_is_no_archive_is_refused_with_a_sentence(tmp_path: Path) -> None:
    nonsense = tmp_path / "notes.zip"
    nonsense.write_text("this is no archive")
    with pytest.raises(BackupError, match="not a whole backup"):
        restore(nonsense, lambda _sentence: None)


@pytest.mark.usefixtures("app")
def test_a_full_disk_leaves_no_half_archive(tmp_path: Path) -> None:
    target = tmp_path / "missing-folder" / "backup.zip"
    with pytest.raises(BackupError):
        backup(target, lambda _sentence: None)
    assert not target.exists()
