"""Writing messages in the transaction of the change: at once, for a digest, or not at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, render_template
from flask_babel import force_locale
from sqlalchemy import delete, select, update

from consult.foundation.core.db import db
from consult.foundation.core.languages import pick
from consult.foundation.core.text import clean_line
from consult.foundation.notifications.kinds import (
    AT_A_DESK,
    AT_ONE_TIME,
    BELOW_THE_FOOT,
    DEFAULTS,
    Frequency,
    MessageKind,
    Topic,
    kind_of,
)
from consult.foundation.notifications.models import Message, Notice, Preference
from consult.foundation.notifications.readers import Recipient

LONGEST_SUBJECT, LONGEST_LINE = 300, 500


@dataclass(frozen=True)
class Written:
    """What a template says to one reader, and what it is about."""

    subject: str
    body: str
    line: str
    heading: str
    about_type: str = ""
    about_id: int | None = None
    expires_at: datetime | None = None

    @property
    def link(self) -> str:
        """The first line of the text that is an address of ours."""
        ours = current_app.config["BASE_URL"]
        lines = (one.strip() for one in self.body.splitlines())
        return next((one for one in lines if one.startswith(ours)), "")[:LONGEST_LINE]

    @property
    def shared(self) -> dict[str, object]:
        """What a message and a notice have in common, as columns."""
        return {
            "about_type": self.about_type,
            "about_id": self.about_id,
            "expires_at": self.expires_at,
        }


def write(recipient: Recipient, kind: MessageKind, facts: Mapping[str, object]) -> Written:
    """Write `templates/emails/<kind>.txt` for a reader; its first line is the subject."""
    with force_locale(recipient.language):
        text = render_template(
            f"emails/{kind.name}.txt",
            recipient=recipient,
            base_url=current_app.config["BASE_URL"],
            below_the_foot=BELOW_THE_FOOT,
            **facts,
        )
        about = facts.get(kind.about)
        round_ = facts.get("round") or getattr(about, "round", None)
        title: dict[str, str] | None = getattr(round_, "title", None)
        heading = pick(title)[0] if title is not None else ""
    expires_at = facts.get("expires_at")
    subject, _, body = text.strip().partition("\n")
    subject = clean_line(subject)  # a subject is one line, or no server takes it
    return Written(
        subject=subject[:LONGEST_SUBJECT],
        body=body.strip(),
        line=_line(subject, facts.get("proposal") or about)[:LONGEST_LINE],
        heading=clean_line(heading)[:LONGEST_SUBJECT],
        about_type=getattr(about, "__tablename__", ""),
        about_id=getattr(about, "id", None),
        expires_at=expires_at if isinstance(expires_at, datetime) else None,
    )


def _line(subject: str, named: object) -> str:
    """Return the line of a digest: the subject, with the title of what it is about.

    A title that is not for publication stands in no message.
    """
    if getattr(named, "not_for_publication", False):
        return subject
    title, number = getattr(named, "title", None), getattr(named, "number", None)
    if not isinstance(title, str) or title in subject:
        return subject
    return clean_line(f"{subject}: #{number} {title}")


def frequencies(ids: Collection[int], topic: Topic) -> dict[int, Frequency]:
    """Return how often people want to hear about a topic: those only who chose."""
    rows = db.session.execute(
        select(Preference.person_id, Preference.frequency).where(
            Preference.person_id.in_(ids), Preference.topic == topic
        )
    )
    return {row[0]: row[1] for row in rows}


def choices_of(person_id: int) -> dict[Topic, Frequency]:
    """Return what a person chose, by topic."""
    rows = db.session.execute(
        select(Preference.topic, Preference.frequency).where(Preference.person_id == person_id)
    )
    return {row[0]: row[1] for row in rows}


def frequency_of(person_id: int | None, kind: MessageKind) -> Frequency:
    """Return when a message of a kind is for a person; without an account nothing is chosen."""
    if kind.always or person_id is None:
        return Frequency.IMMEDIATELY
    return frequencies([person_id], kind.topic).get(person_id, DEFAULTS[kind.topic])


def notify(
    recipient: Recipient | None, kind: str, now: datetime, **facts: object
) -> Message | None:
    """Notify one person, by `templates/emails/<kind>.txt`, where they want to hear of it.

    The first line of the template is the subject. Somebody without an address gets none. Gives
    the message; None where it waits for a digest or is not wanted. What they can choose about
    stands among their notices on the site too. The fact `expires_at`, where there is one, says
    from when on it makes no sense to send it.
    """
    if recipient is None or not recipient.email:
        return None
    declared = kind_of(kind)
    when = frequency_of(recipient.id, declared)
    if when is Frequency.OFF:
        return None
    written = write(recipient, declared, facts)
    if not declared.always:
        db.session.add(Notice(**notice_row(recipient, declared, written, when, now)))
    if when is Frequency.IMMEDIATELY:
        return queue_message(
            recipient.email, kind, written.subject, written.body, recipient.language, now,
            recipient.id, **written.shared,
        )  # fmt: skip
    return None


def notice_row(
    recipient: Recipient, kind: MessageKind, written: Written, when: Frequency, now: datetime
) -> dict[str, object]:
    """Return the columns of a notice; it waits for a digest where one was chosen."""
    return {
        "kind": kind.name, "person_id": recipient.id,
        "heading": written.heading, "line": written.line, "link": written.link,
        "created_at": now, "settled_at": None if when in AT_ONE_TIME else now,
        "read_at": now if kind.topic in AT_A_DESK else None, **written.shared,
    }  # fmt: skip


def message_row(
    recipient: Recipient, kind: str, written: Written, now: datetime
) -> dict[str, object]:
    """Return the columns of a message."""
    return {
        "kind": kind, "person_id": recipient.id, "address": recipient.email,
        "language": recipient.language, "subject": written.subject, "body": written.body,
        "created_at": now, "due_at": now, **written.shared,
    }  # fmt: skip


def queue_message(
    address: str,
    kind: str,
    subject: str,
    body: str,
    language: str,
    now: datetime,
    person_id: int | None = None,
    **more: object,
) -> Message:
    """Put one message in the outbox; `more` are further columns of it."""
    message = Message(
        kind=kind,
        person_id=person_id,
        address=address,
        language=language,
        subject=clean_line(subject)[:LONGEST_SUBJECT],
        body=body,
        created_at=now,
        due_at=now,
        **more,
    )
    db.session.add(message)
    db.session.flush()
    return message


def choose(person_id: int, chosen: Mapping[Topic, Frequency], now: datetime) -> bool:
    """Keep how often a person wants to hear about topics; tells whether that changed anything."""
    known = {
        one.topic: one
        for one in db.session.scalars(
            select(Preference).where(Preference.person_id == person_id).with_for_update()
        )
    }
    changed = False
    for topic, frequency in chosen.items():
        present = known[topic].frequency if topic in known else DEFAULTS[topic]
        if present is frequency:
            continue
        changed = True
        if topic not in known:
            db.session.add(
                Preference(person_id=person_id, topic=topic, frequency=frequency, changed_at=now)
            )
        else:
            known[topic].frequency, known[topic].changed_at = frequency, now
    return changed


def forget_messages(person_id: int, now: datetime) -> None:
    """Empty what was written to a person whose account is closed; what waits is not sent."""
    mine = update(Message).where(Message.person_id == person_id)
    db.session.execute(mine.values(address="", subject="", body=""))
    db.session.execute(
        mine.where(Message.settled_at.is_(None)).values(left_out_at=now, settled_at=now)
    )
    db.session.execute(delete(Notice).where(Notice.person_id == person_id))
    db.session.execute(delete(Preference).where(Preference.person_id == person_id))


def erase_messages(ids: Sequence[int], now: datetime, *, unsent_only: bool = False) -> None:
    """Empty messages that are no longer right, or no longer needed; what waits is not sent."""
    these = update(Message).where(Message.id.in_(ids))
    unsent = these.where(Message.sent_at.is_(None))
    erased = unsent if unsent_only else these
    db.session.execute(erased.values(address="", subject="", body=""))
    waiting = unsent.where(Message.settled_at.is_(None))
    db.session.execute(waiting.values(left_out_at=now, settled_at=now))
