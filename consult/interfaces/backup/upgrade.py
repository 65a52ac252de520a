"""Bringing a database to the schema of this version: looked at first, with a backup, verified.

The migrations run in one transaction on both databases: one that fails leaves the schema and the
rows as they were. What went wrong after it has a way back, and the backup leads there.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from consult.foundation.core.db import db
from consult.foundation.core.folders import is_writable, nearest
from consult.foundation.files.services import storage
from consult.foundation.jobs.models import Job, Queue
from consult.foundation.jobs.services import known_kinds
from consult.foundation.record.verify import verify_record
from consult.foundation.settings.environment import ROOT
from consult.foundation.storage.storage import StorageError
from consult.interfaces.backup import BackupError, backup
from consult.interfaces.backup.schema import revision_of, tables_of

MEGABYTE = 1024 * 1024
SPARE = 32 * MEGABYTE


class UpgradeError(BackupError):
    """The upgrade was not made, or not well; the sentences say what holds now and what to do."""


@dataclass(frozen=True)
class UpgradeCheck:
    """One thing that was looked at before an upgrade, and whether it stands in the way."""

    sentence: str
    stands_in_the_way: bool = False


@dataclass(frozen=True)
class UpgradePlan:
    """From which schema to which, by which steps; `old` is None for an empty database."""

    old: str | None
    new: str
    steps: tuple[Script, ...]


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    found: Config = current_app.extensions["migrate"].migrate.get_config(str(ROOT / "migrations"))
    return found


def plan_upgrade() -> UpgradePlan:
    """Find out what is to be done; UpgradeError where the database is newer than this version."""
    try:
        with db.engine.connect() as connection:
            old = revision_of(connection)
    except DBAPIError as error:
        raise UpgradeError(f"The database cannot be read: {error.orig}.") from error
    scripts = _scripts()
    new = str(scripts.get_current_head())
    try:
        steps = tuple(scripts.iterate_revisions(new, old or "base"))[::-1]
    except (CommandError, RevisionError):
        raise UpgradeError(
            f"The database is at schema {old}, which this version does not know: it knows up to "
            f"{new}. A newer version made it. Install that version, or restore the backup that "
            "was made before it. Nothing was changed."
        ) from None
    return UpgradePlan(old, new, steps)


def look_first(plan: UpgradePlan, folder: Path) -> list[UpgradeCheck]:
    """Look at everything that an upgrade needs, and change nothing."""
    findings = [UpgradeCheck(f"schema {plan.old or 'none'}, this version has {plan.new}")]
    if not plan.steps:
        return findings
    db.session.remove()
    db.engine.dispose()
    findings.append(_who_else())
    with db.engine.connect() as connection:
        findings += [*_work(connection, current_app.config["CLOCK"]()), *_room(connection, folder)]
    good = is_writable(folder)
    said = f"the folder for backups {folder} can{'' if good else 'not'} be written"
    return [*findings, _storage_check(), UpgradeCheck(said, not good)]


def _storage_check() -> UpgradeCheck:
    """Try whether the storage can be written to."""
    try:
        storage().check()
    except StorageError as fault:
        said = f"the storage {storage().name} cannot be written. {fault}"
        return UpgradeCheck(said, stands_in_the_way=True)
    return UpgradeCheck(f"the storage {storage().name} can be written")


def _who_else() -> UpgradeCheck:
    """Whether a site or a worker has the database open."""
    if db.engine.dialect.name == "sqlite":
        others = _is_open(str(db.engine.url.database))
    else:
        with db.engine.connect() as connection:
            others = bool(
                connection.scalar(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                        "AND usename = current_user AND pid <> pg_backend_pid()"
                    )
                )
            )
    if others:
        return UpgradeCheck(
            "the database is in use: stop the site and the worker first (what they write between "
            "the backup and the migration would be in no backup)",
            stands_in_the_way=True,
        )
    return UpgradeCheck("nobody else uses the database")


def _is_open(path: str) -> bool:
    """Whether another process has a SQLite database open: it then cannot be had alone."""
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return True
    return False


def _work(connection: Connection, now: datetime) -> Iterator[UpgradeCheck]:
    if not inspect(connection).has_table("job"):
        return
    is_open = Job.done_at.is_(None) & Job.failed_at.is_(None)
    counted = select(Job.kind, func.count()).where(is_open).group_by(Job.kind)
    kinds = {kind: number for kind, number in connection.execute(counted)}  # noqa: C416
    taken = select(Job.id).where(is_open, Job.claimed_until > now)
    held = select(Queue.name).where(Queue.held_until > now)
    has_queues = inspect(connection).has_table(Queue.__tablename__)
    if connection.scalar(select(taken.exists())) or (
        has_queues and connection.scalar(select(held.exists()))
    ):
        yield UpgradeCheck(
            "a worker has work in hand: stop it, or wait five minutes if it was killed",
            stands_in_the_way=True,
        )
    if unknown := kinds.keys() - known_kinds():
        yield UpgradeCheck(
            f"jobs wait that this version does not know ({', '.join(sorted(unknown))}): do them "
            "with the present version first (flask consult work --once)",
            stands_in_the_way=True,
        )
    yield UpgradeCheck(f"{sum(kinds.values())} jobs wait, and are done afterwards")


def _room(connection: Connection, folder: Path) -> Iterator[UpgradeCheck]:
    """Compare what a backup and a migration may take with what is free, disk by disk."""
    files = sum(one.size for one in storage().list() if "/" not in one.key)
    needs = {folder: files}
    if connection.dialect.name == "sqlite":
        database = Path(str(db.engine.url.database)).absolute()
        size = database.stat().st_size
        needs[database.parent] = 2 * size  # a table is made anew beside the old, and logged
    else:
        size = int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    needs[folder] += size
    disks: dict[int, tuple[Path, int]] = {}
    for place, need in needs.items():
        found = nearest(place)
        first, before = disks.get(found.stat().st_dev, (found, SPARE))
        disks[found.stat().st_dev] = (first, before + need)
    for place, need in disks.values():
        free = shutil.disk_usage(place).free
        yield UpgradeCheck(
            f"{need // MEGABYTE} MB may be needed on the disk of {place}, "
            f"{free // MEGABYTE} MB are free",
            stands_in_the_way=need > free,
        )


def upgrade(plan: UpgradePlan, folder: Path, say: Callable[[str], None]) -> Path | None:
    """Make a backup, migrate, verify, and return where the backup lies.

    UpgradeError says in which state everything is when something went wrong.
    """
    made = _back_up(plan, folder, say) if plan.old else None
    before = _counts()
    for step in plan.steps:
        say(f"migrating to {step.revision}: {step.doc}")
    try:
        command.upgrade(_config(), plan.new)
    except Exception as error:
        raise _failed(plan, made, error) from error
    say("verifying")
    if faults := _verify(before):
        raise UpgradeError(
            "\n".join(
                [
                    f"The database is at schema {plan.new} now, and is not what it must be:",
                    *(f"- {fault}" for fault in faults),
                    *way_back(plan, made),
                ]
            )
        )
    return made


def _back_up(plan: UpgradePlan, folder: Path, say: Callable[[str], None]) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = current_app.config["CLOCK"]()
    made = folder / f"consult-{at:%Y-%m-%d-%H%M}-schema-{plan.old}.zip"
    backup(made, say)
    say(f"backup: {made}")
    return made


def _failed(plan: UpgradePlan, made: Path | None, error: Exception) -> UpgradeError:
    db.session.remove()
    with db.engine.connect() as connection:
        now_at = revision_of(connection)
    what = f"The migration failed: {str(error).splitlines()[0] if str(error) else error!r}."
    if now_at == plan.old:
        return UpgradeError(
            f"{what} Nothing was changed: the database is at schema {plan.old or 'none'} as "
            "before, and the version that you had works on. (`flask db upgrade` shows where it "
            "fails.)"
        )
    return UpgradeError("\n".join([f"{what} It is at schema {now_at}.", *way_back(plan, made)]))


def _counts() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables_of(connection).sorted_tables
        }


def _verify(before: dict[str, int]) -> list[str]:
    """Compare the numbers of rows, look at every reference, and recompute the record."""
    after = _counts()
    faults = [
        f"table {name} had {number} rows and has {after[name]}"
        for name, number in before.items()
        # A migration may add something: what it did stands in the record.
        if name in after and after[name] < number
    ]
    faults += [f"table {name} is gone, and had rows" for name in before.keys() - after.keys()]
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            faults += [f"row {row[1]} of table {row[0]} refers to no {row[2]}" for row in lost]
    faults += verify_record().faults
    db.session.rollback()
    return faults


def way_back(plan: UpgradePlan, made: Path | None) -> list[str]:
    """Say how to come back to the version that was there before, command by command."""
    if made is None:
        return ["There was nothing before: begin again with an empty database."]
    return [
        f"The way back to schema {plan.old}, into a new database beside the present one:",
        "  export CONSULT_DATABASE_URL=...   # a new, empty database",
        "  export CONSULT_STORAGE_URL=...    # a new, empty folder, or another prefix of a bucket",
        f"  flask db upgrade {plan.old}",
        f"  flask consult restore {made}",
        "Then install the version that you had, and start it with these two settings.",
    ]
