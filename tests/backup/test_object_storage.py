"""A site whose files lie in object storage is backed up and restored as any other."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.files.models import StoredFile
from consult.foundation.files.services import storage
from consult.foundation.record.verify import verify_record
from consult.foundation.settings.environment import ROOT
from consult.interfaces.backup import BackupError, backup, restore
from consult.interfaces.backup.staging import LISTED, ObjectStaging
from tests.backup.conftest import Snapshot, Target, everything, quiet
from tests.object_server import ObjectServer

pytestmark = [pytest.mark.usefixtures("known_tables"), pytest.mark.long_on_postgresql]
Whole = tuple[bytes, Snapshot]
Bucket = Callable[..., Flask]


@pytest.fixture
def bucket(target: Target, object_server: ObjectServer, tmp_path: Path) -> Bucket:
    """Make an empty application whose files lie in object storage, each below its own prefix."""
    return lambda name="target": target(name, **object_server.settings(f"{tmp_path.name}/{name}"))


def refused(act: Callable[..., Any], path: Path, **options: Any) -> str:
    with pytest.raises(BackupError) as refusal:
        act(path, quiet, **options)
    return str(refusal.value)


@pytest.mark.both_engines
def test_it_gives_the_same_backup_as_a_folder(
    archive: Path, whole: Whole, bucket: Bucket, target: Target
) -> None:
    over, back = archive.with_name("over.zip"), archive.with_name("back.zip")
    with bucket().app_context():
        assert restore(archive, quiet).files == 3
        assert everything() == whole[1]
        backup(over, quiet)
        db.session.remove()
    with target("folder").app_context():
        restore(over, quiet)
        backup(back, quiet)
    assert archive.read_bytes() == over.read_bytes() == back.read_bytes()


def test_a_prefix_in_use_is_refused(archive: Path, bucket: Bucket) -> None:
    with bucket().app_context():
        storage().write("of-somebody", b"precious")
        assert "'of-somebody'" in refused(restore, archive)
        storage().delete("of-somebody")
        for passed_by in ("made/plan-1.x", ".trial/x"):
            storage().write(passed_by, b"x")
        assert restore(archive, quiet).files == 3


def test_a_commit_that_fails_takes_the_files_back(
    archive: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote = ObjectStaging.promote

    def then_fail(self: ObjectStaging, *rest: Any) -> None:
        promote(self, *rest)
        assert len(list(storage().list())) == 4
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ObjectStaging, "promote", then_fail)
    with bucket().app_context():
        assert "No space left" in refused(restore, archive)
        assert everything().is_empty()


def killed(app: Flask, source: Path, where: str, times: int) -> None:
    """Restore in a process of its own that kills itself with -9 before a call, the so-manyeth."""
    access = app.config["STORAGE_ACCESS"]
    said = {
        "folder": str(app.config["INSTANCE"]), "url": app.config["SQLALCHEMY_DATABASE_URI"],
        "storage": app.config["STORAGE_URL"], "source": str(source), "where": where,
        "access": [access.access_key_id, access.secret_access_key, access.endpoint],
        "times": times,
    }  # fmt: skip
    code = """
import json, os, signal, sys
from pathlib import Path
from consult.foundation.storage.object_storage import ObjectStorage, StorageAccess
from consult.interfaces.backup import restore, restoring
from consult.interfaces.backup.staging import ObjectStaging
from tests.conftest import make_app
said = json.loads(sys.argv[1])
key, secret, endpoint = said["access"]
app = make_app(
    Path(said["folder"]), said["url"], STORAGE_URL=said["storage"],
    STORAGE_ACCESS=StorageAccess(key, secret, endpoint=endpoint),
)
holder, name = said["where"].split(".")
where = {"ObjectStorage": ObjectStorage, "restoring": restoring, "ObjectStaging": ObjectStaging}
original, left = getattr(where[holder], name), [said["times"]]
def die(*rest, **more):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*rest, **more)
setattr(where[holder], name, die)
with app.app_context():
    restore(Path(said["source"]), lambda _sentence: None)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(said)], cwd=ROOT, check=False, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize(
    ("where", "times", "is_whole"),
    [
        pytest.param(
            "ObjectStorage.write", 2, False, marks=pytest.mark.long
        ),  # the list lies there
        ("ObjectStorage.write", 4, False),  # some files lie there
        pytest.param("restoring._put", 20, False, marks=pytest.mark.long),
        pytest.param("ObjectStaging.promote", 1, False, marks=pytest.mark.long),
        ("ObjectStaging.forget", 2, True),  # all is committed, the list not taken away yet
    ],
)
def test_killed_in_the_middle_it_leaves_nothing_or_all(
    where: str, times: int, is_whole: bool, archive: Path, whole: Whole, bucket: Bucket
) -> None:
    app = bucket()
    with app.app_context():
        db.engine.dispose()
    killed(app, archive, where, times)
    with app.app_context():
        assert LISTED in {one.key for one in storage().list()}
        if is_whole:
            assert "is not empty" in refused(restore, archive)
        else:
            assert not any(everything().rows.values())
            restore(archive, quiet)
        assert everything() == whole[1]
        assert verify_record().sound


def test_another_restore_that_took_over_is_left_alone(
    archive: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = ObjectStaging.fill

    def then_another(self: ObjectStaging, *rest: Any) -> None:
        fill(self, *rest)
        storage().write(LISTED, b"another\nits-file")
        storage().write("its-file", b"x")

    monkeypatch.setattr(ObjectStaging, "fill", then_another)
    with bucket().app_context():
        assert "Another restore began" in refused(restore, archive)
        held = everything()
        assert not any(held.rows.values())
        assert {LISTED, "its-file"} <= held.files.keys()


def test_what_a_list_names_leads_nowhere_else(archive: Path, bucket: Bucket) -> None:
    """Names that somebody wrote into it are those of files, or they are passed by."""
    with bucket().app_context():
        storage().write("made/plan-1.x", b"x")
        storage().write(LISTED, b"mark\n../other\nmade/plan-1.x\n/a")
        restore(archive, quiet)
        assert storage().info("made/plan-1.x").size == 1


def test_a_storage_that_is_away_makes_no_file_a_lost_one(
    archive: Path, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, made = bucket(), tmp_path / "made.zip"
    with app.app_context():
        restore(archive, quiet)
        ids = list(db.session.scalars(select(StoredFile.public_id)))
        monkeypatch.setitem(app.config, "STORAGE_URL", "s3://not-there")
        assert "has no such bucket" in refused(backup, made, lost=ids)
        access = type(app.config["STORAGE_ACCESS"])("a", "b", endpoint="http://127.0.0.1:9")
        monkeypatch.setitem(app.config, "STORAGE_ACCESS", access)
        assert "does not answer" in refused(backup, made, lost=ids)
        assert not made.exists()


def test_a_storage_that_is_away_takes_no_backup(
    archive: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = bucket()
    with app.app_context():
        access = type(app.config["STORAGE_ACCESS"])("a", "b", endpoint="http://127.0.0.1:9")
        monkeypatch.setitem(app.config, "STORAGE_ACCESS", access)
        assert "The database is as it was." in refused(restore, archive)
        monkeypatch.undo()
        restore(archive, quiet)


def test_the_commands_say_it_first(
    archive: Path, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = bucket()
    monkeypatch.setitem(app.config, "STORAGE_URL", "s3://not-there")
    for arguments in (
        ["backup", str(tmp_path / "made.zip")], ["restore", str(archive)], ["work", "--once"]
    ):  # fmt: skip
        with app.app_context():
            done = app.test_cli_runner().invoke(args=["consult", *arguments])
        assert (done.exit_code, done.stdout) == (1, ""), arguments
        assert "CONSULT_STORAGE_URL names the bucket not-there" in done.stderr
