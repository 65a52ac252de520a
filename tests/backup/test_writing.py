"""A backup is whole, or it is not made: whatever stood in its place before still stands there."""

import errno
import os
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from consult.consultation.meetings.models import MeetingFile
from consult.consultation.proposals.models import Attachment
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import StoredFile
from consult.foundation.record.rows import NOTED
from consult.interfaces.backup import BackupError, backup, packing, restore
from consult.interfaces.backup.schema import tables_of
from tests.backup.conftest import Target, everything, quiet
from tests.stored_files import path_of


def attached() -> StoredFile:
    """A file with the proposal that was handed in."""
    return db.session.scalars(select(StoredFile).join(Attachment).order_by(StoredFile.id)).first()  # type: ignore[return-value]


def refused(made: Path, **options: Any) -> str:
    with pytest.raises(BackupError) as refusal:
        backup(made, quiet, **options)
    return str(refusal.value)


def test_a_missing_and_a_changed_file_are_named_and_no_archive_is_left(
    lived: Flask, tmp_path: Path
) -> None:
    assert lived
    made = tmp_path / "backup.zip"
    missing, changed = db.session.scalars(select(StoredFile).order_by(StoredFile.id)).all()[1:]
    path_of(missing).unlink()
    path_of(changed).write_bytes(b"%PDF-1.4 another text")
    sentence = refused(made)
    assert "“bijlage één.pdf”" in sentence
    assert missing.public_id in sentence
    assert "(number 1 in round open) is missing" in sentence
    assert "“agenda.pdf”" in sentence
    assert "of meeting 1 was changed" in sentence
    assert not list(tmp_path.iterdir())


def test_what_is_lost_for_good_is_left_out_by_name_alone(
    lived: Flask, tmp_path: Path, target: Target
) -> None:
    assert lived
    lost = attached()
    path_of(lost).unlink()
    refused(tmp_path / "backup.zip", lost=["another"])
    backup(tmp_path / "backup.zip", quiet, lost=[lost.public_id])
    assert stat.S_IMODE((tmp_path / "backup.zip").stat().st_mode) == 0o600
    db.session.remove()
    with target().app_context():
        done = restore(tmp_path / "backup.zip", quiet)
        assert (done.files, done.lost) == (2, 1)
        assert any(lost.storage_key in note for note in done.notes)
        assert lost.storage_key not in everything().files


def test_a_file_that_was_rightly_deleted_meanwhile_begins_it_again(
    lived: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lived
    gone = attached()
    tries: list[int] = []

    def then_it_goes(connection: Any) -> Any:
        """Let somebody delete the file right after the moment of the backup began."""
        tables = tables_of(connection)
        connection.execute(select(StoredFile.id)).all()
        if not tries:
            with unit_of_work():
                db.session.execute(delete(Attachment).where(Attachment.file_id == gone.id))
                lost = delete(StoredFile).where(StoredFile.id == gone.id)
                db.session.execute(lost.execution_options(**NOTED))
            path_of(gone).unlink()
        tries.append(1)
        return tables

    monkeypatch.setattr("consult.interfaces.backup.writing.tables_of", then_it_goes)
    counts = backup(tmp_path / "backup.zip", quiet)
    assert (counts["stored_file"], counts["attachment"], len(tries)) == (2, 1, 2)
    with zipfile.ZipFile(tmp_path / "backup.zip") as made:
        assert not [name for name in made.namelist() if gone.storage_key in name]


def test_a_full_disk_leaves_the_backup_of_yesterday(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app
    made = tmp_path / "backup.zip"
    backup(made, quiet)
    yesterday = made.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("consult.interfaces.backup.packing.os.fsync", full)
    assert "No space left" in refused(made)
    assert made.read_bytes() == yesterday
    assert [path.name for path in tmp_path.iterdir()] == ["backup.zip"]
    assert "is not there" in refused(tmp_path / "missing" / "backup.zip")


def test_what_is_no_backup_is_not_written_over(app: Flask, tmp_path: Path) -> None:
    assert app
    precious = tmp_path / "consult.sqlite"
    precious.write_text("the database itself")
    assert "is no backup" in refused(precious)
    assert precious.read_text() == "the database itself"


def test_two_at_once_do_not_write_to_one_file(app: Flask, tmp_path: Path) -> None:
    assert app
    with packing.put_whole(tmp_path / "backup.zip"):
        assert "Another backup" in refused(tmp_path / "backup.zip")
        assert (tmp_path / "backup.zip.part").exists()


def test_a_backup_that_could_not_be_restored_is_not_made(lived: Flask, tmp_path: Path) -> None:
    assert lived
    with unit_of_work():
        attached().storage_key = "../outside"
        db.session.execute(delete(MeetingFile).execution_options(**NOTED))
    assert "leads out of the storage" in refused(tmp_path / "backup.zip")
