"""What notifications keep about people: which mails they want, and those they got."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.notifications.delivery import SENSITIVE
from consult.foundation.notifications.models import Message, Notice, Preference
from consult.foundation.notifications.services import forget_messages
from consult.foundation.personal_data.export_parts import ExportPart, Plain
from consult.foundation.personal_data.retention import DAY, Ids, Rule, before, deletes

# How the platform sends a mail tells its reader nothing.
SENDING = (
    "public_id", "about_type", "about_id", "key", "due_at", "attempts", "failure", "failed_at",
    "left_out_at", "settled_at", "expires_at", "digest_id",
)  # fmt: skip


def _without_keys(row: Plain) -> Plain:
    """Leave the text of a mail that holds a key to the account out of a file that travels."""
    return {**row, "body": ""} if str(row["kind"]).startswith(SENSITIVE) else row


PARTS = (
    ExportPart(
        "preferences", _l("Which mails I want"), Preference, (Preference.person_id,), place=17
    ),
    ExportPart(
        "notices",
        _l("Notices to me"),
        Notice,
        (Notice.person_id,),
        leaves_out=SENDING,
        place=79,
    ),
    ExportPart(
        "messages",
        _l("Mails that I got"),
        Message,
        (Message.person_id,),
        place=80,
        tidy=_without_keys,
        leaves_out=SENDING,
    ),
)


def forget_mails(_actor: Actor, person_id: int, now: datetime) -> None:
    """Empty the mails to somebody whose account closes."""
    forget_messages(person_id, now)


def _empty_messages(ids: Sequence[int], _now: datetime) -> int:
    emptied = update(Message).where(Message.id.in_(ids)).values(address="", subject="", body="")
    db.session.execute(emptied)
    return len(ids)


def _sent_messages(cut_off: datetime) -> Ids:
    return select(Message.id).where(Message.settled_at <= cut_off, Message.address != "")


RULES = (
    Rule(
        "notices", _l("Notices"), _l("they were written or sent"), 90 * DAY,
        _l("deleted"), _l("Long enough to read them, and to answer a question about them."),
        before(Notice.settled_at), deletes(Notice),
    ),
    Rule(
        "messages", _l("Text and address of mails"), _l("the mail was sent"), 90 * DAY,
        _l("emptied; that a mail was sent stays"), _l("Long enough to answer a question about it."),
        _sent_messages, _empty_messages,
    ),
)  # fmt: skip
