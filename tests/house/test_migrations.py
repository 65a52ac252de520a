"""The migrations make exactly the models' tables, go back to nothing, and guard what must stay."""

from pathlib import Path

import pytest
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from consult.core.db import db
from tests.conftest import ENGINE, Databases, make_app

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
