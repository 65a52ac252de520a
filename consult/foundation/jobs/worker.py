"""The worker: does jobs until it is told to stop. A thread of the web process, or its own."""

import threading
import time
from collections.abc import Callable

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.foundation.core.errors import Clash
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.giving_way import begin_work, give_way
from consult.foundation.jobs.queues import drain, queues
from consult.foundation.jobs.schedule import ask_due
from consult.foundation.jobs.services import run_next
from consult.foundation.record.carrying import carry_rows, rows_wait
from consult.foundation.record.checkpoints import LogError, publish_log
from consult.foundation.record.notes import NoteError, TreeHead
from consult.foundation.record.queries import log_size
from consult.foundation.record.services import append_leaves, leaves_wait

log = structlog.get_logger()
PAUSE_SECONDS = 1.0
CHECKPOINT_SECONDS = 20.0
"""So long between two checkpoints of the public log."""


def append_pending_events() -> bool:
    """Append pending events to the public log, and return whether there were any."""
    if rows_wait():
        carry_rows(now())
    waiting = leaves_wait()
    db.session.rollback()
    if waiting:
        with unit_of_work():
            append_leaves()
    return waiting


def publish_entries() -> bool:
    """Publish what joined the public log under a checkpoint, and return whether more waits.

    Where the log does not follow from its last checkpoint, or its folder cannot be written, nothing
    is signed, and it is said; all other work goes on.
    """
    try:
        note = publish_log()
        return note is not None and TreeHead.read(note.text).size < log_size()
    except (LogError, NoteError, OSError) as error:
        log.exception("the log cannot be published", why=str(error))
        db.session.rollback()
        return False


def _turn(app: Flask, stop: threading.Event, busy: Callable[[], bool]) -> None:
    """Do this over and over, with a pause when there was nothing, and give way to who is answered.

    The database may be away, and so may the storage.
    """
    while not stop.is_set():
        begin_work()
        with app.app_context():
            try:
                found = busy()
            except (SQLAlchemyError, Clash, OSError) as error:
                log.warning("worker cannot write now", error=type(error).__name__)
                db.session.rollback()
                found = False
        if not found:
            stop.wait(PAUSE_SECONDS)
        else:
            give_way()


def work(app: Flask, stop: threading.Event) -> None:
    """Do jobs as they come, looking once a second; each queue is walked by a thread of its own.

    So a mail server that lets us wait keeps no job, and no entry of the log, waiting.
    """
    asked: set[str] = set()
    appended, signed = -PAUSE_SECONDS, -CHECKPOINT_SECONDS

    def jobs() -> bool:
        ask_due(now(), asked)
        did = run_next(now())
        nonlocal appended, signed
        if not did or time.monotonic() - appended >= PAUSE_SECONDS:
            did = append_pending_events() or did
            appended = time.monotonic()
        if time.monotonic() - signed >= CHECKPOINT_SECONDS:
            if publish_entries():
                return True
            signed = time.monotonic()
        return did

    walkers = [
        threading.Thread(
            target=_turn,
            args=(app, stop, lambda name=name: drain(name, now) > 0),
            name=f"queue-{name}",
            daemon=True,
        )
        for name in queues()
    ]
    for walker in walkers:
        walker.start()
    _turn(app, stop, jobs)
    for walker in walkers:
        walker.join(PAUSE_SECONDS)


def start_thread(app: Flask) -> threading.Event:
    """Start the worker as a daemon thread; set the event it gives back to stop it."""
    stop = threading.Event()
    threading.Thread(target=work, args=(app, stop), name="worker", daemon=True).start()
    return stop
