"""Asking for work, claiming it and doing it."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam, func, select, update

from consult.foundation.core.db import db, random_id
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.queues import Clock, walk_queues

log = structlog.get_logger()

# Each handler says what stands in its payload; what was asked for is kept as JSON.
Handler = Callable[[Any, datetime], None]
_handlers: dict[str, Handler] = {}

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 12
LONGEST_WAIT = timedelta(hours=6)


_NEXT = (
    select(Job.id)
    .where(Job.done_at.is_(None), Job.failed_at.is_(None), Job.run_at <= bindparam("now"))
    .where((Job.claimed_until.is_(None)) | (Job.claimed_until < bindparam("now")))
    .order_by(Job.run_at, Job.id)
    .limit(1)
)
_CLAIM = (
    update(Job)
    .where(Job.id == _NEXT.with_for_update(skip_locked=True).scalar_subquery())
    .values(claimed_until=bindparam("until"), attempts=Job.attempts + 1)
    .returning(Job)
    .execution_options(populate_existing=True)
)


STALLS_AFTER = timedelta(minutes=15)
"""A job that is due for so long is not done by anybody."""
_SEEN = timedelta(days=1)
_STALLED = (
    select(func.count())
    .select_from(Job)
    .where(Job.done_at.is_(None))
    .where(
        (Job.failed_at.is_(None) & (Job.run_at <= bindparam("late")))
        | (Job.failed_at >= bindparam("lately"))
    )
)


def stalled_jobs(now: datetime) -> int:
    """Count the jobs that should be done by now, and those that failed for good since yesterday."""
    return db.session.scalar(_STALLED, {"late": now - STALLS_AFTER, "lately": now - _SEEN}) or 0


def handle(kind: str, handler: Handler) -> None:
    """Register what a kind of job does.

    A handler opens its own unit of work, short, around what it changes, and may be run again
    after a crash: it must be able to bear that.
    """
    _handlers[kind] = handler


def known_kinds() -> set[str]:
    """Name the kinds of jobs that this version can do."""
    return set(_handlers)


def enqueue(
    kind: str,
    payload: Mapping[str, object],
    now: datetime,
    *,
    key: str | None = None,
    run_at: datetime | None = None,
) -> Job:
    """Ask for work after the commit, or at `run_at`; the same key is never asked twice (unique)."""
    job = Job(kind=kind, payload=dict(payload), key=key or random_id(), run_at=run_at or now)
    db.session.add(job)
    return job


def was_asked(key: str) -> bool:
    """Whether work was asked for under this key, done or not."""
    return db.session.scalar(select(Job.id).where(Job.key == key)) is not None


def open_jobs(kind: str) -> Sequence[Job]:
    """Return the jobs of a kind that are still to be done, in the order in which they come."""
    return db.session.scalars(
        select(Job)
        .where(Job.done_at.is_(None), Job.failed_at.is_(None), Job.kind == kind)
        .order_by(Job.run_at, Job.id)
        .execution_options(populate_existing=True)
    ).all()


def claim(now: datetime) -> Job | None:
    """Claim the next job that is due, for a while; None when there is none."""
    if db.session.scalar(_NEXT, {"now": now}) is None:
        # Looking takes no write lock; most looks find nothing.
        db.session.rollback()
        return None
    with unit_of_work():
        return db.session.scalar(_CLAIM, {"now": now, "until": now + LEASE})


def run_next(now: datetime) -> bool:
    """Do the next job that is due; tells whether there was one.

    A failure is noted, and the job is tried again after a wait that doubles each time.
    """
    job = claim(now)
    if job is None:
        return False
    try:
        _handlers[job.kind](job.payload, now)
    except Exception as error:  # noqa: BLE001  (whatever went wrong, the job must stay visible)
        log.warning("job failed", job=job.id, kind=job.kind, error=type(error).__name__)
        _note_failure(job.id, now)
    else:
        with unit_of_work():
            done = db.session.get_one(Job, job.id)
            done.done_at = now
            done.last_error = ""
    return True


def _note_failure(job_id: int, now: datetime) -> None:
    db.session.rollback()
    with unit_of_work():
        job = db.session.get_one(Job, job_id, populate_existing=True)
        job.last_error = traceback.format_exc(limit=3)[-2000:]
        job.claimed_until = None
        job.run_at = now + min(timedelta(seconds=30) * 2**job.attempts, LONGEST_WAIT)
        if job.attempts >= MOST_ATTEMPTS:
            job.failed_at = now


def run_all(now: datetime, limit: int = 100_000, clock: Clock | None = None) -> int:
    """Do the jobs that are due and what waits in the queues, and return how many were tried.

    Queues that take long are walked by `clock`; without one, time stands still.
    """
    done = 0
    while done < limit:
        walked = 1 if run_next(now) else walk_queues(clock or (lambda: now))
        if not walked:
            break
        done += walked
    return done
