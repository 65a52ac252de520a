"""The queue of the mail: sends what waits, several messages over one connection.

A message is marked right after the server took it, so whoever is killed in between repeats that
one at most. A server that is away stops the queue and touches no message (one that leaves with a
message in hand costs that one a try); one that says no to a message makes that one wait, or fail
for good, and the others go on.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from flask import current_app
from flask_mailman.backends.base import BaseEmailBackend
from sqlalchemy import exists, or_, select, update

from consult.foundation.core.db import db, rows_changed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.giving_way import give_way
from consult.foundation.jobs.queues import Clock, Lease, note_success, pause, reopen
from consult.foundation.notifications.digests import write_digest
from consult.foundation.notifications.email import Email, letter_of
from consult.foundation.notifications.kinds import DIGEST, Frequency, kind_of
from consult.foundation.notifications.models import Message
from consult.foundation.notifications.readers import may_still_read
from consult.foundation.notifications.services import frequency_of
from consult.foundation.notifications.transport import LOCAL, DeliveryVerdict, reason_of, verdict_on

log = structlog.get_logger()

MAIL = "mail"
BATCH = 100
MOST_ATTEMPTS = 20
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
"""Twenty tries, each after twice the wait, are spread over three days."""
IN_DOUBT = timedelta(minutes=10)
"""So long a message waits whose sender died with it in hand: all others go first, so that who is
killed again and again repeats many messages once, and none twice."""
IN_A_ROW = 5
"""So many messages put off one after another: then it is the server, and the queue pauses."""
SENSITIVE = ("security-", "invitation-")
"""Messages of these kinds hold a key: their text is not kept once they have left."""

AfterSending = Callable[[int, datetime], None]
_after_sending: dict[str, AfterSending] = {}


def after_sending(kind: str, after: AfterSending) -> None:
    """Register what is noted when a message of a kind has left, in the same transaction.

    It is given the number of the message and the moment.
    """
    _after_sending[kind] = after


def mail_waits(now: datetime) -> bool:
    """Whether there is a message to send now."""
    waiting = exists().where(Message.settled_at.is_(None), Message.due_at <= now)
    return bool(db.session.scalar(select(waiting)))


def _due(now: datetime) -> Sequence[int]:
    found = db.session.scalars(
        select(Message.id)
        .where(Message.settled_at.is_(None), Message.due_at <= now)
        .order_by(Message.due_at, Message.id)
        .limit(BATCH)
    ).all()
    db.session.rollback()
    return found


def deliver(lease: Lease, clock: Clock) -> int:
    """Send what is due, at most one batch, and return how many messages were dealt with."""
    due = _due(clock())
    try:
        connection = current_app.extensions["mailman"].get_connection()
        connection.open()
    except OSError as error:
        pause(lease, reason_of(error), clock())
        return 0
    done = put_off = 0
    try:
        for message_id in due:
            if clock() >= lease.until:
                break
            verdict = _deliver_one(message_id, connection, lease, clock)
            done += 1
            give_way()
            put_off = put_off + 1 if verdict is DeliveryVerdict.LATER else 0
            if verdict is DeliveryVerdict.AWAY or put_off >= IN_A_ROW:
                pause(lease, _last_failure(message_id), clock())
                break
    finally:
        connection.close()
    return done


def _last_failure(message_id: int) -> str:
    found = db.session.scalar(select(Message.failure).where(Message.id == message_id))
    db.session.rollback()
    return found or ""


def _deliver_one(
    message_id: int, connection: BaseEmailBackend, lease: Lease, clock: Clock
) -> DeliveryVerdict:
    """Send one message and note what became of it; no transaction is open while it is sent."""
    try:
        letter = _prepare(message_id, clock())
    except Exception as error:  # noqa: BLE001  (a fault in one message must not stop the others)
        db.session.rollback()
        log.warning("message cannot be written", message=message_id, error=type(error).__name__)
        return _fail(message_id, DeliveryVerdict.LATER, type(error).__name__, lease, clock())
    if letter is None:
        _leave_out(message_id, lease, clock())
        return DeliveryVerdict.TAKEN
    _mark_in_flight(message_id, lease, clock())
    try:
        connection.send_messages([letter.mail()])
    except Exception as error:  # noqa: BLE001  (sorted out in verdict_on)
        return _fail(message_id, verdict_on(error), reason_of(error), lease, clock())
    _mark_sent(message_id, letter, lease, clock())
    return DeliveryVerdict.TAKEN


def _prepare(message_id: int, now: datetime) -> Email | None:
    """Write the letter, of what its reader may read at this moment; None where nothing is left."""
    message = db.session.get_one(Message, message_id, populate_existing=True)
    wanted = message.settled_at is None and bool(message.address) and _is_wanted(message, now)
    letter = letter_of(message) if wanted else None
    db.session.rollback()
    return letter


def _is_wanted(message: Message, now: datetime) -> bool:
    if message.expires_at is not None and message.expires_at <= now:
        return False
    if message.kind == DIGEST:
        with db.session.no_autoflush:
            return write_digest(message, now)
    kind = kind_of(message.kind)
    if frequency_of(message.person_id, kind) in {Frequency.OFF, Frequency.SITE}:
        return False
    return may_still_read(
        message.person_id, message.kind, message.about_type, message.about_id, now
    )


def _mark_in_flight(message_id: int, lease: Lease, now: datetime) -> None:
    """Put a message at the end before it is sent: what becomes of it is noted afterwards."""
    with unit_of_work():
        db.session.execute(
            update(Message)
            .where(Message.id == message_id)
            .values(due_at=now + IN_DOUBT)
            .execution_options(synchronize_session=False)
        )
        lease.keep(now)


def _mark_sent(message_id: int, letter: Email, lease: Lease, now: datetime) -> None:
    with unit_of_work():
        mark = (
            update(Message)
            .where(Message.id == message_id)
            .values(sent_at=now, settled_at=now, failure="")
            .execution_options(synchronize_session=False)
        )
        if letter.kind == DIGEST:
            # Not for an account that was closed meanwhile: what was written to it is forgotten.
            still = mark.where(Message.address != "")
            db.session.execute(still.values(subject=letter.subject, body=letter.said))
        if letter.kind.startswith(SENSITIVE) and current_app.config["MAIL_URL"] != LOCAL:
            mark = mark.values(body="")
        db.session.execute(mark)
        if after := _after_sending.get(letter.kind):
            after(message_id, now)
        note_success(lease)
        lease.keep(now)


def _leave_out(message_id: int, lease: Lease, now: datetime) -> None:
    with unit_of_work():
        db.session.execute(
            update(Message)
            .where(Message.id == message_id, Message.settled_at.is_(None))
            .values(left_out_at=now, settled_at=now)
        )
        lease.keep(now)


def _fail(
    message_id: int, verdict: DeliveryVerdict, reason: str, lease: Lease, now: datetime
) -> DeliveryVerdict:
    """Let the message wait for longer each time, or give it up where the server said never."""
    with unit_of_work():
        message = db.session.get_one(Message, message_id, populate_existing=True)
        message.failure = reason
        message.attempts += 1
        wait = min(FIRST_WAIT * 2 ** min(message.attempts - 1, 16), LONGEST_WAIT)
        message.due_at = now + wait
        if verdict is DeliveryVerdict.NEVER or message.attempts >= MOST_ATTEMPTS:
            message.failed_at = message.settled_at = now
            if message.kind.startswith(SENSITIVE):
                message.body = ""  # whoever needs the key asks for a new one
        lease.keep(now)
    return verdict


def try_again(now: datetime, message_id: int | None = None) -> int:
    """Send what failed for good once more (one message, or all), and return how many."""
    failed = update(Message).where(
        Message.failed_at.is_not(None), Message.sent_at.is_(None), Message.address != ""
    )
    failed = failed.where(or_(Message.kind == DIGEST, Message.body != ""))
    if message_id is not None:
        failed = failed.where(Message.id == message_id)
    return rows_changed(failed.values(failed_at=None, settled_at=None, attempts=0, due_at=now))


def try_now(now: datetime) -> None:
    """Try now what waits, also where the queue pauses."""
    reopen(MAIL)
    db.session.execute(
        update(Message).where(Message.settled_at.is_(None), Message.due_at > now).values(due_at=now)
    )
