"""Where the tests find the bytes of stored files: the folder of the application of a test."""

from pathlib import Path

from consult.foundation.files.local_storage import LocalStorage
from consult.foundation.files.models import StoredFile
from consult.foundation.files.services import storage


def path_of_key(key: str) -> Path:
    here = storage()
    assert isinstance(here, LocalStorage)
    return here.folder / key


def path_of(stored: StoredFile) -> Path:
    return path_of_key(stored.storage_key)
