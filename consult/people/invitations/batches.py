"""Inviting from a file: it is checked whole and shown first, and then sent at once.

Checking happens before the unit of work, so that nobody waits for the lock meanwhile; what was
checked is kept as a batch. Sending stores all invitations in one transaction; the mails follow.
"""

from collections.abc import Iterator
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert

from consult.foundation.core.calendar import local_day
from consult.foundation.core.csv_files import written
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.invitations.letters import ask_writing
from consult.people.invitations.models import Invitation, InvitationBatch, InvitationState
from consult.people.invitations.queries import known_to
from consult.people.invitations.row_faults import reason_of
from consult.people.invitations.services import Period, expire, expiry_of, period_errors
from consult.people.invitations.sheet import COLUMNS, Checked, check, decode
from consult.people.organisations.models import Body


def check_file(
    actor: Actor, body: Body, content: bytes | str, language: str, now: datetime
) -> Checked:
    """Check a file or a pasted text, and change nothing; InvalidInput if it is no list at all.

    `language` is the one of rows that name none.
    """
    ensure(actor, Action.INVITATION_SEND, body, now)
    text, encoding = decode(content)
    return check(text, encoding, language, known_to(body, local_day(now), now))


def keep_batch(
    actor: Actor, body: Body, checked: Checked, period: Period, note: str, now: datetime
) -> InvitationBatch:
    """Keep a file that was checked, to be looked at and then sent. Raises InvalidInput."""
    ensure(actor, Action.INVITATION_SEND, body, now)
    if errors := period_errors(period, now):
        raise InvalidInput(_l("Nobody was invited."), errors=errors)
    made = InvitationBatch(
        body_id=body.id,
        made_by_id=actor.actor_id,
        made_at=now,
        encoding=checked.encoding,
        rows=checked.rows,
        bad_rows=checked.bad_rows,
        invited=len(checked.rows),
        refused=len(checked.bad_rows),
        note=note,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
    )
    db.session.add(made)
    db.session.flush()
    content = {"body": body.id, "good": made.invited, "bad": made.refused}
    record(actor, "invitations.checked", made, now, content=content)
    return made


def send_batch(actor: Actor, batch: InvitationBatch, now: datetime) -> int:
    """Invite everybody in a file that was checked, all or nobody, and return how many.

    Who became a member or was invited meanwhile is left out. Raises InvalidInput when the file
    was sent already, or nobody is left.
    """
    ensure(actor, Action.INVITATION_SEND, batch.body, now)
    lock_rows(batch)
    if batch.sent_at is not None:
        raise InvalidInput(_l("This file was sent already."))
    period = Period(batch.starts_on, batch.ends_on)
    if errors := period_errors(period, now):
        raise InvalidInput(next(iter(errors.values())), _l("Bring the file again."))
    expire(now, batch.body)
    known = known_to(batch.body, local_day(now), now)
    taken = known.members | known.invited
    rows = [row for row in batch.rows if row["address"] not in taken]
    if not rows:
        raise InvalidInput(_l("There is nobody left to invite in this file."))
    same = {
        "body_id": batch.body_id,
        "batch_id": batch.id,
        "starts_on": batch.starts_on,
        "ends_on": batch.ends_on,
        "note": batch.note,
        "state": InvitationState.WAITING,
        "invited_by_id": actor.actor_id,
        "invited_at": now,
        "expires_at": expiry_of(period, now),
    }
    db.session.execute(insert(Invitation), [{**same, **row} for row in rows])
    batch.sent_at, batch.rows, batch.invited = now, [], len(rows)
    db.session.flush()
    content = {"body": batch.body_id, "invited": len(rows)}
    record(actor, "invitations.sent", batch, now, content=content)
    ask_writing(now)
    return len(rows)


def rows_to_mend(batch: InvitationBatch, headings: list[str]) -> Iterator[str]:
    """Write the rows that were refused as CSV to mend, with line and reason in each."""
    rows = (
        [*(row["said"][name] for name in COLUMNS), row["line"], reason_of(row)]
        for row in batch.bad_rows
    )
    return written([headings, *rows])


EXAMPLE = [
    ["jamila@voorbeeld.example", "Jamila Bakri", "", "nl"],
    ["tom@voorbeeld.example", "Tom de Wit", "Stichting Voorbeeld", "en"],
]


def example(headings: list[str]) -> Iterator[str]:
    """Write a small CSV file that shows the format."""
    return written([headings, *EXAMPLE])
