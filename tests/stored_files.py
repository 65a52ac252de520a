"""Where the tests find the bytes of stored files and of the record: folders of the test."""

from pathlib import Path

from flask import current_app

from consult.foundation.files.models import StoredFile
from consult.foundation.files.services import storage
from consult.foundation.storage.local_storage import LocalStorage


def path_of_key(key: str) -> Path:
    here = storage()
    assert isinstance(here, LocalStorage)
    return here.folder / key


def path_of(stored: StoredFile) -> Path:
    return path_of_key(stored.storage_key)


def record_folder() -> Path:
    """Return the folder with the published logs and their keys."""
    return Path(current_app.config["RECORD"])


def log_folder(number: int = 1) -> Path:
    """Return the folder with the public files of a log."""
    return record_folder() / "log" / str(number)
