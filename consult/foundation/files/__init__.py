"""Files: what people attach. The type is decided by us from the bytes, never by the sender.

A file lies under a random name in the storage that the setting names and is served only as a
download. No virus scanner is part of the product; the page says that a file was not scanned.
"""

from datetime import time

from flask import Flask

from consult.foundation.files import cache, personal, services
from consult.foundation.files.models import StoredFile, belongs
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.jobs.services import handle
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.record.rows import record_rows


def init_app(_app: Flask) -> None:
    """Register the work that deletes files, and what is kept about people."""
    record_rows(StoredFile, where=belongs)
    handle("discard-files", services.discard_files)
    handle("drop-cached-files", cache.drop)
    repeat("old-cached-files", cache.drop_old, Interval.DAY, time(4, 30))
    personal_data(*personal.PARTS)
