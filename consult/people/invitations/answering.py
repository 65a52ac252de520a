"""Answering an invitation: with its link, or signed in with the address it is for.

Whoever holds the link showed to own the address, so no account is needed to decline, and one that
is made here is confirmed. A link is looked up and locked in the same transaction as the answer:
of two at the same instant one answers, and the other is told that it was answered.
"""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed, NotFound
from consult.foundation.core.people import Actor, Anonymous
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.text import clean_text
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.accounts.services import Registration, welcome_person
from consult.people.invitations.models import Invitation, InvitationState
from consult.people.invitations.queries import find_by_token, find_invitation
from consult.people.invitations.services import close
from consult.people.organisations.mandates import entrust_mandate
from consult.people.organisations.memberships import join_body

LONGEST_REASON = 1000


def open_by_token(token: str, now: datetime) -> Invitation:
    """Return the open invitation of a link, held until the end of the transaction.

    Raises NotFound when no mail holds this link, and NotAllowed when the invitation is over.
    """
    found = find_by_token(token)
    if found is None:
        raise NotFound(_l("This link does not work."))
    _hold(found)
    if find_by_token(token) is None:  # while we waited, other links were sent
        raise NotFound(_l("This link does not work."))
    if not found.is_open(now):
        raise NotAllowed(_l("This invitation was answered, or it is no longer valid."))
    return found


def accept_as_newcomer(
    token: str,
    display_name: str,
    language: str,
    now: datetime,
    ticked: Mapping[str, bool] | None = None,
) -> Person:
    """Make an account with the link of an invitation, and accept with it.

    `ticked` are the boxes that packages above put on the form (accounts/registering.py).

    Raises NotFound and NotAllowed as `open_by_token`, and InvalidInput when the address has an
    account, which then has to sign in.
    """
    invitation = open_by_token(token, now)
    wanted = Registration(invitation.address, display_name, language, ticked=ticked or {})
    person = welcome_person(wanted, now)
    _accept(invitation, person, now)
    return person


def accept(actor: Actor, invitation_id: int, now: datetime) -> Invitation:
    """Accept an invitation for the address of one's account."""
    invitation = _own(actor, invitation_id, now)
    if not isinstance(actor, Person):
        raise NotFound(_l("There is no such invitation."))
    _accept(invitation, actor, now)
    return invitation


def _accept(invitation: Invitation, person: Person, now: datetime) -> None:
    ensure(person, Action.INVITATION_ANSWER, invitation, now)
    close(invitation, InvitationState.ACCEPTED, now)
    invitation.accepted_by_id = person.id
    db.session.flush()
    record(person, "invitation.accepted", invitation, now, content={"body": invitation.body_id})
    join_body(person, invitation.body, invitation.starts_on, invitation.ends_on, now)
    if invitation.organisation is not None and invitation.invited_by is not None:
        note = str(_l("Accepted by invitation"))
        entrust_mandate(invitation.invited_by, person, invitation.organisation, note, now)


def decline(actor: Actor, invitation_id: int, reason: str, now: datetime) -> None:
    """Decline an invitation for the address of one's account."""
    _decline(_own(actor, invitation_id, now), actor, reason, now)


def decline_by_token(token: str, reason: str, now: datetime) -> None:
    """Decline with the link of an invitation, without an account (NotFound, NotAllowed)."""
    _decline(open_by_token(token, now), Anonymous(), reason, now)


def _decline(invitation: Invitation, actor: Actor, reason: str, now: datetime) -> None:
    reason = clean_text(reason)
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(
            _l("Nothing was changed."),
            errors={"reason": _l("At most %(most)s characters.", most=LONGEST_REASON)},
        )
    invitation.decline_reason = reason
    close(invitation, InvitationState.DECLINED, now)
    record(actor, "invitation.declined", invitation, now, content={"body": invitation.body_id})


def _own(actor: Actor, invitation_id: int, now: datetime) -> Invitation:
    found = find_invitation(invitation_id)
    if found is None:
        raise NotFound(_l("There is no such invitation."))
    _hold(found)
    ensure(actor, Action.INVITATION_ANSWER, found, now)
    return found


def _hold(invitation: Invitation) -> None:
    """Hold the body and then the invitation: in that order who invites holds them too."""
    lock_rows(invitation.body)
    lock_rows(invitation)
