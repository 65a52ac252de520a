"""What went in comes out, the same in every byte, on either database."""

import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.proposals.services import save_draft
from consult.consultation.proposals.texts import ProposalText
from consult.foundation.core.db import Base, db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.models import Receipt
from consult.foundation.record.verify import verify_record
from consult.interfaces.backup import backup, restore
from consult.interfaces.backup.schema import LEFT_OUT
from tests.backup.conftest import Snapshot, Target, everything, migrate_and_close, quiet
from tests.cast import person, sign_in
from tests.conftest import make_app
from tests.factories import find_round


def again(app: Flask, source: Path, name: str) -> Path:
    """Restore into an application, and make a backup of it."""
    made = source.with_name(name)
    with app.app_context():
        restore(source, quiet)
        backup(made, quiet)
        db.session.remove()
    return made


def test_a_backup_of_the_restored_system_is_the_same_in_every_byte(
    archive: Path, whole: tuple[bytes, Snapshot], target: Target
) -> None:
    restored = target()
    assert again(restored, archive, "again.zip").read_bytes() == archive.read_bytes()
    with restored.app_context():
        assert everything() == whole[1]
        assert len(whole[1].files) == 3
        assert verify_record().sound


@pytest.mark.postgresql
def test_it_is_the_same_over_another_database_and_back(
    archive: Path, target: Target, tmp_path: Path
) -> None:
    folder = tmp_path / "sqlite"
    other = make_app(folder, f"sqlite:///{tmp_path}/other.sqlite")
    folder.mkdir(exist_ok=True)
    migrate_and_close(other)
    over = again(other, archive, "over.zip")
    back = again(target(), over, "back.zip")
    assert over.read_bytes() == archive.read_bytes() == back.read_bytes()


@pytest.mark.usefixtures("known_tables")
def test_the_restored_site_goes_on(archive: Path, target: Target, now: datetime) -> None:
    with target().test_request_context():
        assert not restore(archive, quiet).notes
        assert db.session.scalars(select(Receipt.code)).one()
        with unit_of_work():
            save_draft(person("pia"), find_round("open"), ProposalText(title="Nog een"), now)


@pytest.mark.usefixtures("known_tables")
def test_nobody_is_signed_in_to_a_restored_site(
    lived: Flask, target: Target, tmp_path: Path
) -> None:
    client = lived.test_client()
    sign_in(client, "pia")
    made = tmp_path / "backup.zip"
    backup(made, quiet)
    db.session.remove()
    with target().app_context():
        restore(made, quiet)
        assert not everything().rows["sign_in_session"]


def test_what_is_left_out_is_a_table_that_nothing_refers_to() -> None:
    tables = Base.metadata.tables
    assert LEFT_OUT.keys() <= tables.keys()
    referred = {key.column.table.name for table in tables.values() for key in table.foreign_keys}
    assert not referred & LEFT_OUT.keys()


def test_it_says_nothing_of_when_it_was_made(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        manifest = json.loads(opened.read("manifest.json"))
    assert manifest.keys() == {"format", "revision", "key", "lost", "members"}


@pytest.mark.usefixtures("known_tables")
def test_another_secret_key_is_named(archive: Path, target: Target) -> None:
    with target("other", SECRET_KEY="another-key-that-is-long-enough-too").app_context():
        notes = restore(archive, quiet).notes
    assert any("authenticator apps" in note for note in notes)
