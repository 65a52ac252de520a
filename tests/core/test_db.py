"""What SQLite is told on every connection."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from consult.foundation.core.db import listen_to_databases


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
