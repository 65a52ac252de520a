"""The migrations make exactly the models' tables, go back to nothing, and guard what must stay."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.carrying import carry_rows, rows_wait
from consult.foundation.record.verify import verify_record
from tests.cast import person
from tests.conftest import ENGINE, make_app
from tests.databases import Databases
from tests.factories import make_comment, make_proposal

DIRECTORY = str(Path(__file__).parents[2] / "migrations")


def test_up_check_down(databases: Databases) -> None:
    if ENGINE == "postgresql":
        databases.admin("DROP DATABASE IF EXISTS migrated WITH (FORCE)", "CREATE DATABASE migrated")
    app = make_app(databases.folder, databases.url("migrated"))
    with app.app_context():
        upgrade(directory=DIRECTORY)
        check(directory=DIRECTORY)
        assert "proposal" in inspect(db.engine).get_table_names()
        downgrade(directory=DIRECTORY, revision="base")
        left = set(inspect(db.engine).get_table_names())
        assert left <= {"alembic_version"}
        upgrade(directory=DIRECTORY)
        db.engine.dispose()


TALLIES = {"tally_slot", "round_tally"}
"""Where a round is counted: in as many rows as connections counted there, and before in one."""


def rows() -> dict[str, int]:
    names = {name for name in inspect(db.engine).get_table_names() if "search_index" not in name}
    return {
        name: db.session.scalar(select(func.count()).select_from(table(name))) or 0
        for name in names - TALLIES - {"alembic_version"}
    }


def received() -> int:
    (here,) = TALLIES.intersection(inspect(db.engine).get_table_names())
    return db.session.scalar(text(f"SELECT sum(received) FROM {here}")) or 0


def test_what_is_stored_survives_every_step_down_and_up(app: Flask, now: datetime) -> None:
    with app.test_request_context():
        proposal = make_proposal("open", State.PENDING)
        make_comment(make_proposal("open"))
        with unit_of_work():
            decide(person("mo"), proposal, Judgement(Verb.PUBLISH), now)
    before, counted = rows(), received()
    db.session.remove()
    steps = len(list((Path(DIRECTORY) / "versions").glob("*.py"))) - 1
    for _step in range(steps):
        downgrade(directory=DIRECTORY, revision="-1")
    kept = rows()
    assert {name: before.get(name, 0) for name in kept} == kept
    assert received() == counted == 2
    db.session.remove()
    upgrade(directory=DIRECTORY)
    after = rows()
    kept = {name: number for name, number in kept.items() if name in after}
    # The record says that it was carried over, and every event has its place in the new log.
    events = kept["event"] + 1
    kept |= {"event": events, "event_detail": events, "leaf": events}
    assert {name: after[name] for name in kept} == kept, "what a step takes away comes back empty"
    assert after.keys() == before.keys()
    assert received() == counted
    check(directory=DIRECTORY)
    db.session.rollback()
    assert verify_record().faults == [], "the old record is carried over"
    assert rows_wait()
    assert carry_rows(now) > 30
    verdict = verify_record()
    assert verdict.faults == []
    assert verdict.rows > 30


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("act", ["UPDATE plan_version SET label = 'x'", "DELETE FROM plan_version"])
def test_a_frozen_version_cannot_be_changed(act: str) -> None:
    db.session.execute(
        text(
            "INSERT INTO plan_version (plan_id, number, label, content, digest, frozen_at) "
            "VALUES (1, 1, 'a', '{}', 'x', '2026-01-01')"
        )
    )
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(act))
    db.session.rollback()
