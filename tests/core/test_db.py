"""How databases are connected to: what SQLite is told, and a PostgreSQL that ended it."""

from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import create_engine

from consult.foundation.core.db import db, engine_options, listen_to_databases
from tests.databases import Databases


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 5000), ("foreign_keys", 1)],
)
def test_sqlite_loses_nothing_that_was_committed(
    tmp_path: Path, pragma: str, value: object
) -> None:
    listen_to_databases()
    engine = create_engine(f"sqlite:///{tmp_path}/new.sqlite")
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    engine.dispose()


@pytest.mark.postgresql
def test_a_connection_that_was_ended_meanwhile_fails_nobody(
    app: Flask, databases: Databases
) -> None:
    assert app
    ours = db.session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar()
    db.session.rollback()
    databases.admin(f"SELECT pg_terminate_backend({ours})")
    assert db.session.connection().exec_driver_sql("SELECT 1").scalar() == 1


@pytest.mark.postgresql
def test_an_answer_that_was_made_is_given_though_the_database_ends_before_it_is_sent(
    app: Flask, databases: Databases
) -> None:
    def die(answer: Response) -> Response:
        ours = db.session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar()
        databases.admin(f"SELECT pg_terminate_backend({ours})")
        return answer

    app.after_request_funcs.setdefault(None, []).append(die)
    answer = app.test_client().get("/nl/plans")
    assert answer.status_code == 200
    app.after_request_funcs[None].remove(die)
    assert app.test_client().get("/nl/plans").status_code == 200


def test_a_server_that_says_nothing_counts_as_away_in_time() -> None:
    known = engine_options("postgresql+psycopg://db/consult?connect_timeout=3")
    patience = known["connect_args"]
    assert isinstance(patience, dict)
    assert "connect_timeout" not in patience, "what the address says stays so"
    assert patience["tcp_user_timeout"] == 60_000
    assert engine_options("sqlite:////tmp/consult.sqlite") == {}
