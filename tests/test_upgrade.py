"""An upgrade is looked at first, backed up, verified, and has a way back that leads back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.runtime.migration import HeadMaintainer
from flask import Flask
from flask_migrate import downgrade
from flask_migrate import upgrade as migrate
from sqlalchemy import create_engine, text

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.models import Job
from consult.foundation.record.verify import Verdict
from consult.interfaces.backup import backup, restore
from consult.interfaces.backup.upgrade import (
    UpgradeError,
    UpgradePlan,
    look_first,
    plan_upgrade,
    upgrade,
    way_back,
)
from tests.backup.conftest import MIGRATIONS, TABLES, Snapshot, everything, live, quiet
from tests.conftest import Clock, make_app
from tests.databases import Databases


@contextmanager
def ready() -> Iterator[None]:
    """Let nothing of this test have the database open, as a command that begins."""
    TABLES.clear()
    db.session.remove()
    db.engine.dispose()
    yield
    db.session.remove()


@pytest.fixture
def yesterday(app: Flask) -> Iterator[Snapshot]:
    """The site as the version before this one left it, one schema back."""
    live(app)
    db.session.remove()
    downgrade(directory=MIGRATIONS, revision="-1")
    with ready():
        yield everything()
    TABLES.clear()


def in_the_way(plan: UpgradePlan, folder: Path) -> list[str]:
    return [one.sentence for one in look_first(plan, folder) if one.stands_in_the_way]


def rows(held: Snapshot) -> dict[str, int]:
    return {name: len(found) for name, found in held.rows.items()}


def test_everything_is_there_after_it_and_the_way_back_leads_back(
    yesterday: Snapshot, databases: Databases, tmp_path: Path
) -> None:
    plan = plan_upgrade()
    assert len(plan.steps) == 1
    assert not in_the_way(plan, tmp_path)
    said: list[str] = []
    made = upgrade(plan, tmp_path, said.append)
    assert made is not None
    assert any(line.startswith("migrating to ") for line in said)
    with ready():
        assert rows(yesterday).items() <= rows(everything()).items()
    assert not plan_upgrade().steps

    assert f"  flask db upgrade {plan.old}" in way_back(plan, made)
    if databases.server is not None:
        databases.admin("DROP DATABASE IF EXISTS back WITH (FORCE)", "CREATE DATABASE back")
    assert plan.old is not None
    old = make_app(tmp_path / "back", databases.url("back"))
    with old.app_context():
        migrate(directory=MIGRATIONS, revision=plan.old)
        done = restore(made, quiet)
        # Of another schema nothing can be said; where only a trigger differs, it is sound.
        assert done.verdict is None or done.verdict.sound
        TABLES.clear()
        held = everything()
        assert held.rows == yesterday.rows
        assert len(held.files) == 3
        backup(tmp_path / "again.zip", quiet)
        db.session.remove()
        db.engine.dispose()
    assert (tmp_path / "again.zip").read_bytes() == made.read_bytes()
    TABLES.clear()


def test_a_check_changes_nothing(app: Flask, yesterday: Snapshot, tmp_path: Path) -> None:
    before = yesterday
    arguments = ["consult", "upgrade", "--check", "--backups", str(tmp_path / "kept")]
    done = app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 0, done.output
    assert "The upgrade can begin: 1 steps" in done.stdout
    assert not (tmp_path / "kept").exists()
    with ready():
        assert everything() == before


def test_a_migration_that_fails_leaves_everything_as_it_was(
    app: Flask, yesterday: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk I/O error")

    monkeypatch.setattr(HeadMaintainer, "update_to_step", fail)
    done = app.test_cli_runner().invoke(args=["consult", "upgrade", "--backups", str(tmp_path)])
    assert done.exit_code == 1
    assert "The migration failed: " in done.stderr
    assert "disk I/O error" in done.stderr
    assert "Nothing was changed" in done.stderr
    assert "Traceback" not in done.output
    assert len(list(tmp_path.glob("*.zip"))) == 1
    with ready():
        assert everything() == yesterday


def test_what_is_wrong_afterwards_is_said_with_the_way_back(
    yesterday: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert yesterday
    monkeypatch.setattr(
        "consult.interfaces.backup.upgrade.verify_record", lambda: Verdict(faults=["event 3: x"])
    )
    with pytest.raises(UpgradeError) as refusal:
        upgrade(plan_upgrade(), tmp_path, quiet)
    assert "- event 3: x" in str(refusal.value)
    assert "flask consult restore" in str(refusal.value)


def test_without_room_it_does_not_begin(
    app: Flask, yesterday: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1_000_000})()
    monkeypatch.setattr("consult.interfaces.backup.upgrade.shutil.disk_usage", lambda _path: usage)
    done = app.test_cli_runner().invoke(args=["consult", "upgrade", "--backups", str(tmp_path)])
    assert done.exit_code == 1
    assert "0 MB are free" in done.stderr
    assert "The upgrade cannot begin. Nothing was changed." in done.stderr
    assert not list(tmp_path.iterdir())
    with ready():
        assert everything() == yesterday


def test_while_the_site_or_a_worker_is_at_work_it_does_not_begin(
    app: Flask, yesterday: Snapshot, clock: Clock, tmp_path: Path
) -> None:
    assert yesterday
    with ready(), unit_of_work():
        job = Job(kind="brew-coffee", payload={}, key="x", run_at=clock(), attempts=1)
        job.claimed_until = clock.forward(minutes=1)
        db.session.add(job)
    clock.forward(minutes=-1)
    site = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with ready(), site.connect() as connection:
        connection.execute(text("SELECT 1 FROM plan")).all()
        found = in_the_way(plan_upgrade(), tmp_path)
    site.dispose()
    assert [sentence.split(":")[0] for sentence in found] == [
        "the database is in use",
        "a worker has work in hand",
        "jobs wait that this version does not know (brew-coffee)",
    ]


def test_a_database_of_a_newer_version_is_left_alone(app: Flask) -> None:
    with ready(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UpgradeError, match="schema 9999, which this version does not know"):
        plan_upgrade()
    done = app.test_cli_runner().invoke(args=["consult", "upgrade"])
    assert (done.exit_code, done.stdout) == (1, "")


def test_a_database_that_is_away_is_a_sentence(tmp_path: Path) -> None:
    app = make_app(tmp_path, "postgresql+psycopg://nobody@127.0.0.1:1/none")
    for command in (["upgrade"], ["backup", str(tmp_path / "x.zip")]):
        with app.app_context():
            done = app.test_cli_runner().invoke(args=["consult", *command])
        assert done.exit_code == 1
        assert "could not be read" in done.stderr or "cannot be read" in done.stderr
        assert "Traceback" not in done.output


def test_there_is_nothing_to_do_twice(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["consult", "upgrade"])
    assert done.exit_code == 0
    assert "Nothing to do" in done.stdout


def test_an_empty_database_needs_no_backup(databases: Databases, tmp_path: Path) -> None:
    if databases.server is not None:
        databases.admin("DROP DATABASE IF EXISTS fresh WITH (FORCE)", "CREATE DATABASE fresh")
    app = make_app(tmp_path / "fresh", databases.url("fresh"))
    with app.app_context():
        plan = plan_upgrade()
        assert plan.old is None
        assert not in_the_way(plan, tmp_path)
        assert upgrade(plan, tmp_path, quiet) is None
        assert not plan_upgrade().steps
        db.session.remove()
        db.engine.dispose()
    assert not list(tmp_path.glob("*.zip"))
