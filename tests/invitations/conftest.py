"""Refusals are read in English here."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale


@pytest.fixture(autouse=True)
def _english(app: Flask) -> Iterator[None]:
    assert app
    with force_locale("en"):
        yield
