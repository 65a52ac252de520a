"""What a machine reads in files: how many pieces of each kind may be personal data.

A file is read by a process of its own (`analysis.look_into_file`) with little time and memory: a
file that is made to break whoever reads it breaks that process alone, and counts as one in which
there is nothing to read. What is kept is numbers, never a piece of the file.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import select

import consult
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import ScanState, StoredFile, TextRead
from consult.foundation.files.services import storage
from consult.foundation.jobs.services import enqueue

log = structlog.get_logger()

_HOME = Path(consult.__file__).parents[1]
_PROGRAM = "from consult.foundation.analysis.look_into_file import main; main()"
_PATIENCE = 60
"""Seconds in which a file must be read, the start of the process included."""
_AT_ONCE = 50
_PICTURES = {"image/png", "image/jpeg"}


def read_later(now: datetime) -> None:
    """Ask to read the files that were stored."""
    enqueue("read-files", {}, now)


def read_files(_payload: Mapping[str, object], _now: datetime) -> None:
    """Read every file that was not read yet, those before there was anything to read them too."""
    while True:
        found = db.session.scalars(
            select(StoredFile.id).where(StoredFile.text_read.is_(None)).limit(_AT_ONCE)
        ).all()
        db.session.rollback()
        for id_ in found:
            read_file(id_)
        if len(found) < _AT_ONCE:
            return


def read_file(id_: int) -> None:
    """Read a file that was not read yet, and note what may be personal data in it."""
    file = db.session.get(StoredFile, id_)
    if file is None or file.text_read is not None:
        return
    key, media_type, infected = file.storage_key, file.media_type, file.scan_state
    db.session.rollback()
    read, kinds = TextRead.UNREADABLE, dict[str, int]()
    if media_type not in _PICTURES and infected is not ScanState.INFECTED:
        read, kinds = _look(media_type, key)
    with unit_of_work():
        file = db.session.get(StoredFile, id_)
        if file is not None:
            file.text_read, file.suspected = read, kinds


def _look(media_type: str, key: str) -> tuple[TextRead, dict[str, int]]:
    try:
        with storage().open(key).stream as stream:
            content = stream.read()
        done = subprocess.run(  # noqa: S603  (our own program, and no word of a sender)
            [sys.executable, "-c", _PROGRAM, media_type],
            input=content,
            capture_output=True,
            timeout=_PATIENCE,
            cwd=_HOME,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_HOME)},
            check=True,
        )
        said = json.loads(done.stdout)
        return TextRead(said["read"]), dict(said["kinds"])
    except FileNotFoundError:
        return TextRead.UNREADABLE, {}
    except (subprocess.SubprocessError, ValueError) as error:
        log.warning("a file cannot be read", key=key, error=type(error).__name__)
        return TextRead.UNREADABLE, {}
