"""What invitations keep about people: who was invited, until some time after the end."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select

from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.personal_data.retention import DAY, Ids, Rule, deletes
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.invitations.daily import forget_invitations, forget_rows
from consult.people.invitations.models import Invitation, InvitationBatch, InvitationState
from consult.people.invitations.services import close as close_invitation


def _my_invitations(person_id: int) -> ColumnElement[bool]:
    mine = select(Person.email).where(Person.id == person_id).scalar_subquery()
    return or_(Invitation.accepted_by_id == person_id, Invitation.address == mine)


PARTS = (
    ExportPart(
        "invitations",
        _l("Invitations to me"),
        Invitation,
        (Invitation.accepted_by_id,),
        where=_my_invitations,
        leaves_out=("message_id", "batch_id"),
        place=23,
    ),
)


def forget_who_was_invited(actor: Actor, person_id: int, now: datetime) -> None:
    """Revoke the invitations that wait, and empty all that were for this address."""
    theirs = select(Invitation).where(_my_invitations(person_id))
    found = db.session.scalars(theirs).all()
    for one in found:
        if one.closed_at is None:
            close_invitation(one, InvitationState.REVOKED, now)
            record(actor, "invitation.revoked", one, now)
    forget_invitations([one.id for one in found], now)


def _ended_invitations(cut_off: datetime) -> Ids:
    return select(Invitation.id).where(Invitation.closed_at <= cut_off, Invitation.address != "")


def _unsent_files(cut_off: datetime) -> Ids:
    unsent = InvitationBatch.sent_at.is_(None)
    return select(InvitationBatch.id).where(unsent, InvitationBatch.made_at <= cut_off)


def _refused_rows(cut_off: datetime) -> Ids:
    refused = InvitationBatch.refused > 0
    return select(InvitationBatch.id).where(refused, InvitationBatch.sent_at <= cut_off)


RULES = (
    Rule(
        "invitations", _l("Who was invited, with address and name"), _l("the invitation ended"),
        90 * DAY, _l("emptied; that somebody was invited stays"),
        _l("Long enough to answer a question about it."), _ended_invitations, forget_invitations,
    ),
    Rule(
        "invitation_files", _l("Files of invitations that were never sent"), _l("it was read"),
        7 * DAY, _l("deleted"), _l("Long enough to look at it and send it."),
        _unsent_files, deletes(InvitationBatch),
    ),
    Rule(
        "invitation_rows", _l("Rows of such files that could not be taken"), _l("it was sent"),
        90 * DAY, _l("emptied"), _l("Long enough to mend them."), _refused_rows, forget_rows,
    ),
)  # fmt: skip
