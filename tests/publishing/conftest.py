"""A bare application with a few Dutch words, so that documents are tested without the whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel

DUTCH = {"Contents": "Inhoud", "From the programme": "Bedrag"}


@pytest.fixture(scope="session")
def dictionary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a compiled Dutch catalogue of a few words."""
    folder = tmp_path_factory.mktemp("translations")
    catalogue = Catalog(locale="nl")
    for english, dutch in DUTCH.items():
        catalogue.add(english, dutch)
    place = folder / "nl" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    return folder


@pytest.fixture
def words(dictionary: Path) -> Iterator[Flask]:
    """An application that knows no more than the words of the dictionary, in its context."""
    app = Flask("words")
    Babel(app, default_translation_directories=str(dictionary))
    with app.app_context():
        yield app
