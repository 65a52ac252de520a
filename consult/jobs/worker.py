"""The worker: does jobs until it is told to stop. A thread of the web process, or its own."""

import threading

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from consult.core.clock import now
from consult.core.db import db
from consult.core.unit_of_work import unit_of_work
from consult.jobs.services import run_next
from consult.jobs.timetable import ask_due
from consult.record.services import append_leaves, leaves_wait

log = structlog.get_logger()
PAUSE_SECONDS = 1.0


def keep_log() -> bool:
    """Give new events their place in the public log; tells whether there were any."""
    waiting = leaves_wait()
    db.session.rollback()
    if waiting:
        with unit_of_work():
            append_leaves()
    return waiting


def work(app: Flask, stop: threading.Event) -> None:
    """Do jobs as they come, looking once a second; survives a database that is away."""
    asked: set[str] = set()
    while not stop.is_set():
        with app.app_context():
            try:
                ask_due(now(), asked)
                busy = run_next(now()) or keep_log()
            except SQLAlchemyError as error:
                log.warning("worker cannot reach the database", error=type(error).__name__)
                db.session.rollback()
                busy = False
        if not busy:
            stop.wait(PAUSE_SECONDS)


def start_thread(app: Flask) -> threading.Event:
    """Start the worker as a daemon thread; set the event it gives back to stop it."""
    stop = threading.Event()
    threading.Thread(target=work, args=(app, stop), name="worker", daemon=True).start()
    return stop
