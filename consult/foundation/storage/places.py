"""Opening the storage that an address names."""

from functools import cache
from pathlib import Path

from consult.foundation.storage.local_storage import LocalStorage
from consult.foundation.storage.object_storage import SCHEME, ObjectStorage, StorageAccess
from consult.foundation.storage.storage import Storage


@cache
def storage_at(url: str, access: StorageAccess, setting: str) -> Storage:
    """Return the storage at an address: `s3://bucket/prefix`, or the path of a folder.

    `setting` is what names it, for what an operator is told. A folder may stand behind `file:`.
    """
    if url.startswith(f"{SCHEME}:"):
        return ObjectStorage(url, access, setting)
    return LocalStorage(Path(url.removeprefix("file:")), setting)
