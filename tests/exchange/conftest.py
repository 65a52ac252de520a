from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from consult.foundation.core.db import db
from tests.conftest import make_app
from tests.databases import Databases


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else writes in these tests, so the import need not wait for them."""
    monkeypatch.setattr("consult.interfaces.exchange.bulk.BREATH", 0)


@pytest.fixture(autouse=True)
def in_english(request: pytest.FixtureRequest) -> Iterator[None]:
    """Sentences are in English here, as the command line says them."""
    if "app" in request.fixturenames:
        request.getfixturevalue("app")
    with force_locale("en"):
        yield


@pytest.fixture
def elsewhere(app: Flask, databases: Databases, template: str) -> Iterator[Flask]:
    """Another installation with a database of its own."""
    del app
    databases.copy(template, "elsewhere")
    other = make_app(databases.folder, databases.url("elsewhere"))
    yield other
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """A folder for files of this test."""
    return tmp_path
