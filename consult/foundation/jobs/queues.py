"""Queues: work that depends on somebody else's server, beside the jobs and never in their way.

A queue is walked by one worker at a time, which holds it for a while and says so again after each
step; whoever dies in it lets go by itself. When the server at the other end is away, the whole
queue pauses, a little longer each time, and what waits in it is left alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update

from consult.foundation.core.db import db, random_id, rows_changed
from consult.foundation.core.errors import Clash
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.models import Queue

log = structlog.get_logger()

HELD = timedelta(minutes=5)
HELD_LONG = timedelta(hours=6)
SAID_ANEW = timedelta(seconds=30)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)

Clock = Callable[[], datetime]


@dataclass
class Lease:
    """That a worker holds a queue, and until when."""

    queue: str
    holder: str
    until: datetime
    failing: bool = False
    """Whether the other end was away when this worker came."""

    def keep(self, now: datetime) -> bool:
        """Hold on for longer, inside a unit of work; False when somebody else holds it now.

        Nobody else can have it for as long as we said, so that is said anew now and then only.
        """
        if self.until - now > HELD - SAID_ANEW:
            return True
        held = rows_changed(
            update(Queue)
            .where(Queue.name == self.queue, Queue.holder == self.holder)
            .values(held_until=now + HELD)
        )
        self.until = now + HELD if held else now
        return bool(held)

    def hold(self, now: datetime) -> None:
        """Hold on for hours: for work that cannot say in between that it goes on."""
        with unit_of_work():
            self.until = now + HELD_LONG
            db.session.execute(
                update(Queue)
                .where(Queue.name == self.queue, Queue.holder == self.holder)
                .values(held_until=self.until)
            )


WalkQueue = Callable[[Lease, Clock], int]
HasWaiting = Callable[[datetime], bool]
_queues: dict[str, tuple[WalkQueue, HasWaiting]] = {}


def add_queue(name: str, walk: WalkQueue, waits: HasWaiting) -> None:
    """Register who walks a queue: it does a part of what waits, and tells how much that was.

    `waits` tells, with a read alone, whether there is anything to do.
    """
    _queues[name] = walk, waits


def queues() -> list[str]:
    """Name the queues."""
    return list(_queues)


def state_of(name: str) -> Queue | None:
    """Return how a queue stands; None when nobody walked it yet."""
    return db.session.scalar(
        select(Queue).where(Queue.name == name).execution_options(populate_existing=True)
    )


def _is_closed(found: Queue | None, now: datetime) -> bool:
    if found is None:
        return False
    return any(at is not None and at > now for at in (found.held_until, found.paused_until))


def _enter(name: str, now: datetime) -> Lease | None:
    lease = Lease(name, random_id(), now + HELD)
    try:
        with unit_of_work():
            found = db.session.scalar(
                select(Queue)
                .where(Queue.name == name)
                .with_for_update(skip_locked=True)
                .execution_options(populate_existing=True)
            )
            if _is_closed(found, now):
                return None
            if found is None:
                # There is none, or somebody has it in hand: then this is refused.
                found = Queue(name=name)
                db.session.add(found)
            found.holder, found.held_until = lease.holder, lease.until
            lease.failing = bool(found.failures)
    except Clash:
        return None
    return lease


def _leave(lease: Lease) -> None:
    with unit_of_work():
        db.session.execute(
            update(Queue)
            .where(Queue.name == lease.queue, Queue.holder == lease.holder)
            .values(held_until=None)
        )


def pause(lease: Lease, reason: str, now: datetime) -> None:
    """Close the queue for a while, longer each time: the server at its other end is away."""
    with unit_of_work():
        found = db.session.get_one(Queue, lease.queue, populate_existing=True)
        wait = min(FIRST_PAUSE * 2 ** min(found.failures, 16), LONGEST_PAUSE)
        found.failures += 1
        found.failing_since = found.failing_since or now
        found.paused_until = now + wait
        found.last_error = reason[:500]
    log.warning("queue paused", queue=lease.queue, seconds=int(wait.total_seconds()))


def note_success(lease: Lease) -> None:
    """Forget the failures, inside a unit of work: the server answers again."""
    if lease.failing:
        lease.failing = False
        db.session.execute(
            update(Queue)
            .where(Queue.name == lease.queue, Queue.failures > 0)
            .values(failures=0, failing_since=None, paused_until=None, last_error="")
        )


def reopen(name: str) -> None:
    """End the pause of a queue, inside a unit of work: it is tried again at once."""
    db.session.execute(update(Queue).where(Queue.name == name).values(paused_until=None))


def drain(name: str, clock: Clock) -> int:
    """Do a part of what waits in a queue, and return how much: 0 also when it is held or paused."""
    walk, waits = _queues[name]
    found = state_of(name)
    idle = _is_closed(found, clock()) or not waits(clock())
    db.session.rollback()
    if idle or (lease := _enter(name, clock())) is None:
        return 0
    try:
        return walk(lease, clock)
    except Exception as error:  # noqa: BLE001  (whatever went wrong, the queue must not spin)
        db.session.rollback()
        pause(lease, type(error).__name__, clock())
        return 0
    finally:
        _leave(lease)


def walk_queues(clock: Clock) -> int:
    """Do a part of what waits in each queue."""
    return sum(drain(name, clock) for name in queues())
