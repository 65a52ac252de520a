"""Writing messages in the transaction of the change, and sending them afterwards."""

from collections.abc import Mapping
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

SENSITIVE = "security-"
"""Messages of these kinds hold a key to an account: their text is not kept once they have left."""


class Recipient(Protocol):
    """Whoever can get a mail."""

    @property
    def id(self) -> int:
        """The person's number."""

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
