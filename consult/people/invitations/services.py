"""What an organiser does with an invitation: send one, remind, send it again, revoke it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from consult.foundation.core.calendar import local_day, moment_of
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.mail_addresses import tidy_address
from consult.foundation.core.names import name_fault, tidy_name
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.notifications.services import erase_messages
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.invitations.letters import INVITE, REMIND, write_letter
from consult.people.invitations.models import Invitation, InvitationKey, InvitationState
from consult.people.invitations.queries import known_to
from consult.people.invitations.row_faults import REASONS
from consult.people.organisations.models import Body

LASTS = timedelta(days=30)
MAY_REMIND_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From when until when somebody is to be a member."""

    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class Offer:
    """Who is invited, and to what besides a seat."""

    address: str
    name: str
    organisation_id: int | None
    language: str
    note: str


def period_errors(period: Period, now: datetime) -> dict[str, Sentence]:
    """Say what is wrong with a period; nothing if it will do."""
    if period.ends_on is None:
        return {}
    if period.ends_on <= period.starts_on:
        return {"ends_on": _l("The end lies before the start.")}
    if period.ends_on <= local_day(now):
        return {"ends_on": _l("This day has passed.")}
    return {}


def expiry_of(period: Period, now: datetime) -> datetime:
    """Return until when an invitation can be answered: thirty days, or until the seat ends."""
    if period.ends_on is None:
        return now + LASTS
    return min(now + LASTS, moment_of(period.ends_on, time(0, 0)))


def invite(actor: Actor, body: Body, offer: Offer, period: Period, now: datetime) -> Invitation:
    """Invite one person to a body, by mail. Raises InvalidInput with all errors together."""
    ensure(actor, Action.INVITATION_SEND, body, now)
    errors = period_errors(period, now)
    address = tidy_address(offer.address)
    if offer.name and (fault := name_fault(offer.name)):
        errors["name"] = fault
    known = known_to(body, local_day(now), now)
    if address is None:
        errors["address"] = REASONS["not-an-address"]
    elif address in known.members:
        errors["address"] = REASONS["member"]
    elif address in known.invited:
        errors["address"] = REASONS["invited"]
    if errors or address is None:
        raise InvalidInput(_l("Nobody was invited."), errors=errors)
    expire(now, body)
    made = Invitation(
        body_id=body.id,
        address=address,
        name=tidy_name(offer.name),
        organisation_id=offer.organisation_id,
        language=offer.language,
        note=offer.note,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        invited_by_id=actor.actor_id,
        invited_at=now,
        expires_at=expiry_of(period, now),
    )
    db.session.add(made)
    db.session.flush()
    made.message_id = write_letter(made, INVITE, now)
    content = {"body": body.id, "organisation": offer.organisation_id}
    record(actor, "invitation.sent", made, now, content=content)
    return made


def remind(actor: Actor, invitation: Invitation, now: datetime) -> None:
    """Send a reminder by hand; the first link keeps working. At most one a day (InvalidInput)."""
    ensure(actor, Action.INVITATION_SEND, invitation.body, now)
    _hold_open(invitation, now)
    if invitation.state is InvitationState.WAITING:
        raise InvalidInput(_l("The invitation itself has not left yet."))
    last = select(InvitationKey.made_at).where(
        InvitationKey.invitation_id == invitation.id,
        InvitationKey.made_at > now - MAY_REMIND_AFTER,
    )
    if db.session.scalar(last.limit(1)) is not None:
        raise InvalidInput(
            _l("This person got a mail less than a day ago."), _l("Wait a day before the next one.")
        )
    write_letter(invitation, REMIND, now)
    record(actor, "invitation.reminded", invitation, now)


def resend(actor: Actor, invitation: Invitation, now: datetime) -> None:
    """Send an invitation again, for thirty days from now; every earlier link is dead.

    Raises InvalidInput when it was answered or revoked. One that expired gets its new days here.
    """
    ensure(actor, Action.INVITATION_SEND, invitation.body, now)
    lock_rows(invitation)
    period = Period(invitation.starts_on, invitation.ends_on)
    expired = invitation.state_at(now) is InvitationState.EXPIRED
    if not invitation.address or not (expired or invitation.is_open(now)):
        raise InvalidInput(_l("This invitation is over."), _l("Invite the person anew."))
    if errors := period_errors(period, now):
        raise InvalidInput(next(iter(errors.values())), _l("Invite the person anew."))
    if expired:
        _check_free(invitation, now)
    _end_keys([invitation.id], now, forget=True)
    invitation.state, invitation.closed_at, invitation.sent_at = InvitationState.WAITING, None, None
    invitation.reminded_at = invitation.warned_at = None
    invitation.expires_at = expiry_of(period, now)
    invitation.message_id = write_letter(invitation, INVITE, now)
    db.session.flush()
    record(actor, "invitation.sent_again", invitation, now)


def revoke(actor: Actor, invitation: Invitation, now: datetime) -> None:
    """Revoke an open invitation: its links are worth nothing from here on (InvalidInput)."""
    ensure(actor, Action.INVITATION_SEND, invitation.body, now)
    _hold_open(invitation, now)
    close(invitation, InvitationState.REVOKED, now)
    record(actor, "invitation.revoked", invitation, now)


def close(invitation: Invitation, state: InvitationState, now: datetime) -> None:
    """End an invitation; mails about it that wait are not sent any more."""
    invitation.state, invitation.closed_at = state, now
    db.session.flush()
    _end_keys([invitation.id], now, forget=False)


def expire(now: datetime, body: Body | None = None) -> int:
    """Expire every invitation whose end has passed, and return how many there were."""
    past = select(Invitation.id).where(
        Invitation.closed_at.is_(None), Invitation.expires_at <= now
    )  # fmt: skip
    if body is not None:
        past = past.where(Invitation.body_id == body.id)
    ids = db.session.scalars(past.with_for_update()).all()
    for some in (ids[at : at + 500] for at in range(0, len(ids), 500)):
        db.session.execute(
            update(Invitation)
            .where(Invitation.id.in_(some))
            .values(state=InvitationState.EXPIRED, closed_at=Invitation.expires_at)
        )
        _end_keys(some, now, forget=False)
    return len(ids)


def _hold_open(invitation: Invitation, now: datetime) -> None:
    lock_rows(invitation)
    if not invitation.is_open(now):
        raise InvalidInput(_l("This invitation is over."), _l("Invite the person anew."))


def _check_free(invitation: Invitation, now: datetime) -> None:
    known = known_to(invitation.body, local_day(now), now)
    for reason, taken in (("member", known.members), ("invited", known.invited)):
        if invitation.address in taken:
            raise InvalidInput(REASONS[reason])


def _end_keys(ids: Sequence[int], now: datetime, *, forget: bool) -> None:
    keys = InvitationKey.invitation_id.in_(ids)
    messages = db.session.scalars(select(InvitationKey.message_id).where(keys)).all()
    erase_messages(messages, now, unsent_only=True)
    if forget:
        db.session.execute(delete(InvitationKey).where(keys))
