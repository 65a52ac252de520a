"""Files: what people attach. The type is decided by us from the bytes, never by the sender.

A file lies under a random name in the storage that the setting names and is served only as a
download. Where the settings name a virus scanner, nobody gets a file before the scanner has found
it clean (`scanning`).
"""

from datetime import time

from flask import Flask

from consult.foundation.core.labels import add_labels
from consult.foundation.files import cache, labels, personal, reading, scanning, services
from consult.foundation.files.models import StoredFile, belongs
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.jobs.services import handle
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.record.rows import record_rows


def init_app(app: Flask) -> None:
    """Register the work that scans and deletes files, and what is kept about people."""
    # What a scanner says, and a machine reads, is no part of what somebody handed in.
    record_rows(
        StoredFile,
        leaving_out=[StoredFile.scan_state, StoredFile.text_read, StoredFile.suspected],
        newer=[(StoredFile.withheld_at,)],
        where=belongs,
    )
    add_labels(*labels.LABELS)
    repeat("scan-unscanned-files", scanning.scan_files, Interval.HOUR)
    handle("scan-files", scanning.scan_files)
    repeat("read-unread-files", reading.read_files, Interval.HOUR)
    handle("read-files", reading.read_files)
    app.jinja_env.globals["is_held"] = scanning.is_held
    handle("discard-files", services.discard_files)
    handle("drop-cached-files", cache.drop)
    repeat("old-cached-files", cache.drop_old, Interval.DAY, time(4, 30))
    personal_data(*personal.PARTS)
