"""A restore is all or nothing, rows and files together, also when it is killed in the middle."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.plans.models import Plan
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import enqueue
from consult.foundation.record.checkpoints import kept_heads, publish_log
from consult.foundation.record.models import Log
from consult.foundation.record.queries import log_size
from consult.foundation.record.services import append_leaves, record
from consult.foundation.record.verify import verify_record
from consult.interfaces.backup import BackupError, restore, restoring
from consult.interfaces.backup.staging import ASIDE, Staging
from tests.backup.conftest import Snapshot, Target, everything, quiet
from tests.backup.forging import Forged
from tests.conftest import make_app
from tests.databases import Databases
from tests.stored_files import path_of_key
from tests.world import NOON

pytestmark = pytest.mark.usefixtures("known_tables")
Whole = tuple[bytes, Snapshot]


def refused(source: Path, **options: Any) -> str:
    with pytest.raises(BackupError) as refusal:
        restore(source, quiet, **options)
    return str(refusal.value)


def test_it_is_not_put_into_a_database_in_use(archive: Path, lived: Flask) -> None:
    assert lived
    before = everything()
    assert "is not empty" in refused(archive)
    assert everything() == before


def test_one_row_of_anything_is_in_use(archive: Path, target: Target) -> None:
    with target().app_context():
        with unit_of_work():
            enqueue("send", {}, NOON)
        assert "table job has rows" in refused(archive)
        assert len(everything().rows["job"]) == 1


def test_it_is_not_put_into_a_storage_in_use(archive: Path, target: Target) -> None:
    with target().app_context():
        path_of_key("").mkdir()
        path_of_key("of-somebody").write_bytes(b"precious")
        assert "'of-somebody'" in refused(archive)
        held = everything()
        assert held.files == {"of-somebody": b"precious"}
        assert not any(held.rows.values())


def test_a_storage_that_cannot_be_written_is_said(archive: Path, target: Target) -> None:
    app = target()
    with app.app_context():
        path_of_key("").parent.mkdir(exist_ok=True)
        path_of_key("").write_text("a file in the place of the folder")
        assert "could not be restored" in refused(archive)
        path_of_key("").unlink()
        assert everything().is_empty()


def test_a_database_without_tables_is_told_what_it_needs(
    archive: Path, databases: Databases, tmp_path: Path
) -> None:
    if databases.server is not None:
        databases.admin("DROP DATABASE IF EXISTS bare WITH (FORCE)", "CREATE DATABASE bare")
    app = make_app(tmp_path / "bare", databases.url("bare"))
    with app.app_context():
        assert "flask db upgrade" in refused(archive)
        db.engine.dispose()


def test_no_room_for_the_files_is_said_before_anything(
    archive: Path, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    with target().app_context():
        usage = type("Usage", (), {"free": 1000})()
        monkeypatch.setattr(
            "consult.interfaces.backup.staging.shutil.disk_usage", lambda _path: usage
        )
        assert "1000 are free" in refused(archive)
        assert everything().is_empty()
        assert not path_of_key("").exists()


def test_a_record_that_is_not_sound_is_taken_only_knowingly(
    archive: Path, target: Target, tmp_path: Path
) -> None:
    forged = Forged.of(archive)
    forged.change("event", lambda row: row.update(verb="x"), 1)
    altered = forged.write(tmp_path / "altered.zip")
    with target().app_context():
        assert "not sound" in refused(altered)
        assert everything().is_empty()
        verdict = restore(altered, quiet, unsound=True).verdict
        assert verdict is not None
        assert not verdict.sound


def test_a_commit_that_fails_takes_the_files_back(
    archive: Path, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote = Staging.promote

    def then_fail(self: Staging, *rest: Any) -> None:
        promote(self, *rest)
        assert len(everything_in_storage(self.storage)) == 3
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Staging, "promote", then_fail)
    with target().app_context():
        assert "No space left" in refused(archive)
        assert everything().is_empty()


def everything_in_storage(storage: Path) -> list[Path]:
    return [path for path in storage.iterdir() if path.name != ASIDE]


def killed(app: Flask, source: Path, arm: Callable[[pytest.MonkeyPatch], None]) -> None:
    """Restore in a process of its own that kills itself with -9 where `arm` says."""
    child = os.fork()
    if child == 0:
        with app.app_context(), pytest.MonkeyPatch.context() as patch:
            db.engine.dispose(close=False)
            arm(patch)
            restore(source, quiet)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def before(where: Any, name: str, times: int = 1) -> Callable[[pytest.MonkeyPatch], None]:
    """Kill before a function is called, at the so-manyeth time."""
    left = [times]

    def arm(patch: pytest.MonkeyPatch) -> None:
        original = getattr(where, name)

        def die(*rest: Any, **more: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*rest, **more)

        patch.setattr(where, name, die)

    return arm


@pytest.mark.parametrize(
    ("where", "name", "times", "is_whole"),
    [
        pytest.param(Staging, "fill", 1, False, marks=pytest.mark.long),
        pytest.param(os, "fsync", 2, False, marks=pytest.mark.long),  # some files lie aside
        pytest.param(restoring, "_put", 20, False, marks=pytest.mark.long_on_postgresql),
        pytest.param(Staging, "promote", 1, False, marks=pytest.mark.long),
        pytest.param(Path, "rename", 2, False, marks=pytest.mark.long_on_postgresql),
        pytest.param(restoring, "_tidy", 1, False, marks=pytest.mark.long),
        (Staging, "forget", 2, True),  # all is committed, the folder not taken away yet
    ],
)
def test_killed_in_the_middle_it_leaves_nothing_or_all(
    where: Any, name: str, times: int, is_whole: bool, archive: Path, whole: Whole, target: Target
) -> None:
    app = target()
    arm = before(where, name, times)
    if name == "_tidy":

        def arm(patch: pytest.MonkeyPatch) -> None:
            def fail(*_: object, **__: object) -> None:
                raise OSError

            patch.setattr(restoring, "_verify", fail)
            before(restoring, "_tidy")(patch)

    with app.app_context():
        db.engine.dispose()
    killed(app, archive, arm)
    with app.app_context():
        if is_whole:
            assert "is not empty" in refused(archive)
        else:
            assert not any(everything().rows.values())
            restore(archive, quiet)
        assert everything() == whole[1]
        assert verify_record().sound


def test_a_folder_that_an_early_end_left_leads_nowhere_else(
    archive: Path, target: Target, tmp_path: Path
) -> None:
    """Names that somebody wrote into its list are not followed out of the storage."""
    outside = tmp_path / "outside"
    outside.write_text("precious")
    with target().app_context():
        (path_of_key("") / ASIDE).mkdir(parents=True)
        (path_of_key("") / ASIDE / "names").write_text(f"../../outside\n{outside}\n")
        restore(archive, quiet)
    assert outside.read_text() == "precious"


def published(app: Flask) -> int:
    """Give every event its place, publish the log, and return how many entries it has."""
    with app.app_context():
        with unit_of_work():
            while append_leaves():
                pass
        publish_log()
        return log_size()


def test_a_log_that_went_on_after_the_backup_is_never_called_whole(
    archive: Path, target: Target
) -> None:
    first = target("first")
    record_of_first = first.config["RECORD"]
    with first.app_context():
        assert not any("begun" in note for note in restore(archive, quiet).notes)
    size = published(first)
    with first.app_context(), unit_of_work():
        plan = db.session.scalars(select(Plan)).one()
        for _ in range(3):
            record(SYSTEM, "plan.praised", plan, NOON)
    assert published(first) == size + 3

    second = target("second", RECORD=record_of_first)
    with second.app_context():
        [note] = [one for one in restore(archive, quiet).notes if "published log" in one]
        assert "had 3 entries more than this backup" in note
        verdict = verify_record(kept_heads())
        assert verdict.faults == []
        assert "3 were lost, and a new log began" in "".join(verdict.losses), verdict
    assert published(second) == 1
    with second.app_context():
        assert [log.id for log in db.session.scalars(select(Log))] == [1, 2]
        done = second.test_cli_runner().invoke(args=["consult", "verify"])
        assert "sound but for what was lost" in done.stdout
        again = second.test_cli_runner().invoke(args=["consult", "begin-log-again"])
        assert again.exit_code == 1
        assert "no reason for another" in again.stderr


def test_where_the_log_stands_as_in_the_backup_it_goes_on(archive: Path, target: Target) -> None:
    first = target("first")
    with first.app_context():
        restore(archive, quiet)
    size = published(first)
    second = target("second", RECORD=first.config["RECORD"])
    with second.app_context():
        assert not any("published log" in note for note in restore(archive, quiet).notes)
        assert verify_record(kept_heads()).losses == []
    assert published(second) == size
