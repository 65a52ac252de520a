"""The mails of invitations. The key in a link is made here, goes into the mail, and is not kept.

An invitation is written by the worker in the transaction that notes it, a hundred at a time, so
that a long file keeps nobody from writing, and a worker that dies leaves nothing half-done.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from consult.foundation.core.addresses import address_of
from consult.foundation.core.db import db
from consult.foundation.core.languages import pick
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import enqueue
from consult.foundation.notifications.services import notify
from consult.people.invitations.models import Invitation, InvitationKey, InvitationState
from consult.people.invitations.queries import digest_of

KEY_BYTES = 32
AT_A_TIME = 100
INVITE = "invitation-sent"
REMIND = "invitation-reminder"
WRITE = "write-invitations"


@dataclass(frozen=True)
class Invitee:
    """Whom a mail goes to: perhaps somebody without an account."""

    email: str
    language: str
    display_name: str
    id: int | None = None


def write_letter(invitation: Invitation, kind: str, now: datetime) -> int:
    """Put a mail with a new key in the outbox and return the number of the message."""
    token = secrets.token_urlsafe(KEY_BYTES)
    language = invitation.language
    inviter = invitation.invited_by
    message = notify(
        Invitee(invitation.address, language, invitation.name),
        kind,
        now,
        invitation=invitation,
        body_name=pick(invitation.body.name, language)[0],
        inviter=inviter.display_name if inviter is not None else "",
        link=address_of("invitations.show", language, token=token),
    )
    if message is None:
        raise LookupError(f"invitation {invitation.id} has no address")
    db.session.add(
        InvitationKey(
            invitation_id=invitation.id,
            digest=digest_of(token),
            message_id=message.id,
            made_at=now,
        )
    )
    return message.id


def ask_writing(now: datetime, *, after: int = 0) -> None:
    """Ask the worker to write what waits, beginning after a number."""
    enqueue(WRITE, {"after": after}, now)


def write_waiting(payload: Mapping[str, object], now: datetime) -> None:
    """Write some of the mails that wait, and ask for the rest; other work comes in between."""
    with unit_of_work():
        waiting = db.session.scalars(
            select(Invitation)
            .where(
                Invitation.id > payload["after"],
                Invitation.state == InvitationState.WAITING,
                Invitation.message_id.is_(None),
                Invitation.closed_at.is_(None),
                Invitation.expires_at > now,
            )
            .options(joinedload(Invitation.body), joinedload(Invitation.organisation))
            .order_by(Invitation.id)
            .limit(AT_A_TIME)
            .with_for_update(of=Invitation, skip_locked=True)
            .execution_options(populate_existing=True)
        ).all()
        for one in waiting:
            one.message_id = write_letter(one, INVITE, now)
        if len(waiting) == AT_A_TIME:
            ask_writing(now, after=waiting[-1].id)


def note_sent(message_id: int, now: datetime) -> None:
    """Note that the mail of an invitation has left."""
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.message_id == message_id,
            Invitation.state == InvitationState.WAITING,
            Invitation.closed_at.is_(None),
        )
        .values(state=InvitationState.SENT, sent_at=now)
    )
