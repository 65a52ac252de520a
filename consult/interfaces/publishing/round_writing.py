"""Writing the files of a round: by a thread, for who reads along, or by a job.

CSV and JSON are read while they are written. The thread that writes has the transaction; a reader
reads at its own pace, and whoever goes away, or is slow, keeps nothing open. A process writes one
public file of a kind at a time: who asks for the same one meanwhile reads along.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypedDict

import structlog
from flask import Flask, current_app

from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db, read_one_moment
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.cache import cache_file, cache_made
from consult.foundation.files.growing import GrowingFile, GrowingFileReader, Unread
from consult.foundation.jobs.services import enqueue, open_jobs
from consult.interfaces.exchange.exporting.files import FORMATS, export_of
from consult.interfaces.publishing.reading_copy import COPIES, make_reading_copy
from consult.interfaces.publishing.round_files import (
    RoundFile,
    Stamp,
    may_still_be_read,
    ready_file,
)
from consult.interfaces.publishing.round_job import JOB

log = structlog.get_logger()


class OtherBeingMade(Exception):  # noqa: N818
    """This process writes another file of the kind now."""


@dataclass(frozen=True)
class _Begun:
    file: GrowingFile
    stamp: Stamp


_lock = threading.Lock()
_begun: dict[RoundFile, _Begun] = {}
_complete = threading.Lock()


def read_along(wanted: RoundFile, now: datetime) -> tuple[Stamp, GrowingFileReader]:
    """Read a public file while it is written: by a thread that does already, or by a new one.

    Raises OtherBeingMade while this process writes another one of its kind, or this one of before a
    change.
    """
    stamp = Stamp.of(now)
    with _lock:
        found = _begun.get(wanted)
        if found is None and not any(one.kind == wanted.kind for one in _begun):
            begun = _Begun(GrowingFile(), stamp)
            _start(partial(_write_public, wanted, begun))
            _begun[wanted] = begun  # the thread takes it away again, and waits for the lock
            return stamp, begun.file.open()
        reading = found.file.open() if found else None
    if found and reading:
        if may_still_be_read(wanted.round_id, found.stamp, now):
            return found.stamp, reading
        reading.close()
    raise OtherBeingMade


def _write_public(wanted: RoundFile, begun: _Begun) -> None:
    whole = False
    try:
        begun.file.fill(_pieces(wanted, begun.stamp.at))
        whole = True
        db.session.rollback()
        with closing(begun.file.open()) as content:
            cache_file(wanted.place, begun.stamp.digest, content.so_far())
    except Exception:
        log.exception("a file of a round failed", place=wanted.place)
    finally:
        db.session.rollback()
        with _lock:
            del _begun[wanted]
        begun.file.end(whole=whole)


def read_complete(wanted: RoundFile, now: datetime) -> GrowingFileReader:
    """Read an export with everything while it is written; it is kept nowhere.

    Raises OtherBeingMade while this process writes another one of those.
    """
    if not _complete.acquire(blocking=False):
        raise OtherBeingMade
    file = GrowingFile()
    reading = file.open()
    try:
        _start(partial(_write_complete, wanted, file, now))
    except BaseException:
        _complete.release()
        raise
    return reading


def _write_complete(wanted: RoundFile, file: GrowingFile, now: datetime) -> None:
    whole = False
    try:
        file.fill(_pieces(wanted, now, complete=True), stop_unread=True)
        whole = True
    except Unread:
        log.info("a complete export was broken off", round=wanted.round_id)
    except Exception:
        log.exception("a complete export failed", round=wanted.round_id)
    finally:
        db.session.rollback()
        _complete.release()
        file.end(whole=whole)


def _start(work: Callable[[], None]) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001

    def run() -> None:
        with app.app_context():
            work()

    threading.Thread(target=run, name="round-file", daemon=True).start()


def _pieces(wanted: RoundFile, now: datetime, *, complete: bool = False) -> Iterator[bytes]:
    """Read a round at one moment, and yield a file of data about it piece by piece."""
    read_one_moment()
    round_ = db.session.get_one(Round, wanted.round_id)
    export = export_of(round_, now, complete=complete, language=wanted.language)
    yield from FORMATS[wanted.kind](export)


class _Asked(TypedDict):
    round: int
    kind: str
    language: str


@dataclass(frozen=True)
class Progress:
    """How far a file is that a job makes."""

    before: int
    """How many others are made first."""
    asked_at: datetime
    begun: bool
    failed: bool
    """Whether it was tried, and is tried again."""


def ask_file(wanted: RoundFile, now: datetime) -> Progress:
    """Ask a job for a file, unless it was asked for; return how far it is."""
    asked = _Asked(round=wanted.round_id, kind=wanted.kind, language=wanted.language)
    if found := _progress(asked):  # most have asked before, and looking takes no lock
        return found
    with unit_of_work():
        if found := _progress(asked):
            return found
        enqueue(JOB, asked, now)
    return _progress(asked) or Progress(0, now, begun=True, failed=False)


def _progress(asked: _Asked) -> Progress | None:
    for before, job in enumerate(open_jobs(JOB)):
        if job.payload == asked:
            begun, failed = job.claimed_until is not None, bool(job.last_error)
            return Progress(before, job.run_at, begun=begun, failed=failed)
    return None


def make_file(payload: _Asked, now: datetime) -> None:
    """Make a file that was asked for; nothing where it lies ready, or the round is gone."""
    wanted = RoundFile(payload["round"], payload["kind"], payload["language"])
    read_one_moment()
    try:
        round_ = db.session.get(Round, wanted.round_id)
        if round_ is None or ready_file(wanted, now):
            return
        stamp = Stamp.of(now)
        cache_made(wanted.place, stamp.digest, partial(_write, wanted, round_, now))
    finally:
        db.session.rollback()


def _write(wanted: RoundFile, round_: Round, now: datetime, path: Path) -> None:
    if wanted.kind in COPIES:
        make_reading_copy(round_, wanted.kind, path, now, language=wanted.language)
        return
    with path.open("wb") as file:
        file.writelines(FORMATS[wanted.kind](export_of(round_, now, language=wanted.language)))
