"""Writing messages in the transaction of the change, and sending them afterwards."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mailman import EmailMessage
from sqlalchemy import update

from consult.core.db import db
from consult.core.text import clean_line
from consult.core.unit_of_work import unit_of_work
from consult.jobs.services import enqueue, handles
from consult.notifications.models import Message
from consult.notifications.transport import LOCAL

SENSITIVE = ("security-", "invitation-")
"""Messages of these kinds hold a key: their text is not kept once they have left."""

AfterSending = Callable[[int, datetime], None]
_after_sending: dict[str, AfterSending] = {}


def after_sending(kind: str) -> Callable[[AfterSending], AfterSending]:
    """Register what is noted when a message of a kind has left, in the same transaction.

    It is given the number of the message and the moment.
    """

    def register(after: AfterSending) -> AfterSending:
        _after_sending[kind] = after
        return after

    return register


class Recipient(Protocol):
    """Whoever can get a mail."""

    @property
    def id(self) -> int | None:
        """The person's number; None for somebody without an account."""

    @property
    def email(self) -> str | None:
        """Where the mail goes; without an address nothing is sent."""

    @property
    def language(self) -> str:
        """The language to write in."""


def notify(recipient: Recipient | None, kind: str, now: datetime, **facts: Any) -> Message | None:
    """Write a message to one person from `templates/emails/<kind>.txt`.

    The first line of the template is the subject. Somebody without an address gets none.
    """
    if recipient is None or not recipient.email:
        return None
    with force_locale(recipient.language):
        text = render_template(
            f"emails/{kind}.txt",
            recipient=recipient,
            base_url=current_app.config["BASE_URL"],
            **facts,
        )
    subject, _, body = text.strip().partition("\n")
    return queue_message(
        recipient.email, kind, subject, body.strip(), recipient.language, now, recipient.id
    )


def queue_message(
    address: str,
    kind: str,
    subject: str,
    body: str,
    language: str,
    now: datetime,
    person_id: int | None = None,
) -> Message:
    """Put one message in the outbox, with the job that sends it."""
    message = Message(
        kind=kind,
        person_id=person_id,
        address=address,
        language=language,
        subject=clean_line(subject)[:300],  # a subject is one line, or no server takes it
        body=body,
        created_at=now,
    )
    db.session.add(message)
    db.session.flush()
    enqueue("send-message", {"message": message.id}, now, key=f"send-message:{message.id}")
    return message


def forget_messages(person_id: int, now: datetime) -> None:
    """Empty what was written to a person whose account is closed; what waits is not sent."""
    mine = update(Message).where(Message.person_id == person_id)
    db.session.execute(mine.values(address="", subject="", body=""))
    db.session.execute(mine.where(Message.sent_at.is_(None)).values(sent_at=now))


def erase_messages(ids: Sequence[int], now: datetime, *, unsent_only: bool = False) -> None:
    """Empty messages that are no longer right, or no longer needed; what waits is not sent."""
    waits = (Message.id.in_(ids), Message.sent_at.is_(None))
    if not unsent_only:
        every = update(Message).where(Message.id.in_(ids))
        db.session.execute(every.values(address="", subject="", body=""))
    db.session.execute(
        update(Message).where(*waits).values(address="", subject="", body="", sent_at=now)
    )


@handles("send-message")
def send_message(payload: Mapping[str, Any], now: datetime) -> None:
    """Send one message; a second try carries the same Message-ID."""
    message = db.session.get_one(Message, payload["message"])
    if message.sent_at is not None:
        return
    domain = current_app.config["MAIL_FROM"].rpartition("@")[2] or "localhost"
    EmailMessage(
        subject=message.subject,
        body=message.body,
        from_email=current_app.config["MAIL_FROM"],
        to=[message.address],
        headers={
            "Message-ID": f"<{message.public_id}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    ).send()
    with unit_of_work():
        message.sent_at = now
        if message.kind.startswith(SENSITIVE) and current_app.config["MAIL_URL"] != LOCAL:
            message.body = ""
        if after := _after_sending.get(message.kind):
            after(message.id, now)
