"""What happens to invitations by itself, day by day: reminders and expiry; and forgetting them.

Whatever day the worker looks, it does what is due then and was not done: each invitation gets each
of its two reminders at most once, and none after its end.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import joinedload

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.services import erase_messages
from consult.people.invitations.letters import AT_A_TIME, REMIND, write_letter
from consult.people.invitations.models import (
    Invitation,
    InvitationBatch,
    InvitationKey,
    InvitationState,
)
from consult.people.invitations.services import expire

FIRST_AFTER = timedelta(days=7)
LAST_BEFORE = timedelta(days=3)


def daily(_payload: Mapping[str, object], now: datetime) -> None:
    """Close what has expired, and remind who did not answer."""
    with unit_of_work():
        expire(now)
    while remind_some(now):
        pass


def remind_some(now: datetime) -> bool:
    """Remind some of those who are due; tells whether there were any.

    Where both reminders are due at once the last one is enough.
    """
    first = and_(Invitation.reminded_at.is_(None), Invitation.sent_at <= now - FIRST_AFTER)
    last = Invitation.expires_at <= now + LAST_BEFORE
    with unit_of_work():
        due = db.session.scalars(
            select(Invitation)
            .where(
                Invitation.state == InvitationState.SENT,
                Invitation.closed_at.is_(None),
                Invitation.expires_at > now,
                Invitation.warned_at.is_(None),
                or_(first, last),
            )
            .options(joinedload(Invitation.body), joinedload(Invitation.organisation))
            .order_by(Invitation.id)
            .limit(AT_A_TIME)
            .with_for_update(of=Invitation, skip_locked=True)
            .execution_options(populate_existing=True)
        ).all()
        for one in due:
            write_letter(one, REMIND, now)
            one.reminded_at = one.reminded_at or now
            if one.expires_at <= now + LAST_BEFORE:
                one.warned_at = now
    return bool(due)


def forget_invitations(ids: Sequence[int], now: datetime) -> int:
    """Empty whatever says who was invited; of whoever accepted, the account knows the address."""
    keys = InvitationKey.invitation_id.in_(ids)
    messages = db.session.scalars(select(InvitationKey.message_id).where(keys)).all()
    erase_messages(messages, now)
    db.session.execute(delete(InvitationKey).where(keys))
    db.session.execute(
        update(Invitation)
        .where(Invitation.id.in_(ids))
        .values(address="", name="", note="", decline_reason="")
    )
    return len(ids)


def forget_rows(ids: Sequence[int], _now: datetime) -> int:
    """Empty what files of invitations said that could not be taken."""
    these = update(InvitationBatch).where(InvitationBatch.id.in_(ids))
    db.session.execute(these.values(bad_rows=[], refused=0, note=""))
    return len(ids)
