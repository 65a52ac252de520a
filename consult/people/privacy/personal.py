"""What an export holds from the packages below: account, consents, mails, memberships, record."""

from datetime import datetime
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, or_, select, update

from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.errors import Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.templating import day
from consult.foundation.core.unit_of_work import IdempotentRequest
from consult.foundation.files.models import StoredFile
from consult.foundation.files.services import discard_later
from consult.foundation.notifications.delivery import SENSITIVE
from consult.foundation.notifications.models import Message, Notice, Preference
from consult.foundation.notifications.services import forget_messages
from consult.foundation.record.models import Event, Receipt
from consult.foundation.record.services import record
from consult.people.accounts.models import (
    LinkedIdentity,
    Passkey,
    Person,
    PlatformRole,
    SignInSession,
    person_platform_role,
)
from consult.people.accounts.services import hold_administrators
from consult.people.invitations.daily import forget_invitations
from consult.people.invitations.models import Invitation, InvitationState
from consult.people.invitations.services import close as close_invitation
from consult.people.organisations.models import (
    Body,
    Mandate,
    MandateRequest,
    Membership,
    Organisation,
    holds_on,
)
from consult.people.privacy.consents import end_consents
from consult.people.privacy.models import AccountUse, Consent, DataExport, Suspension
from consult.people.privacy.parts import AtClosing, ExportPart, Plain

NAMED = (Organisation.slug, Body.slug, Event.public_id)

# How the platform sends a mail tells its reader nothing.
SENDING = (
    "public_id", "about_type", "about_id", "key", "due_at", "attempts", "failure", "failed_at",
    "left_out_at", "settled_at", "expires_at", "digest_id",
)  # fmt: skip


def _without_keys(row: Plain) -> Plain:
    """Leave the text of a mail that holds a key to the account out of a file that travels."""
    return {**row, "body": ""} if str(row["kind"]).startswith(SENSITIVE) else row


def _my_invitations(person_id: int) -> ColumnElement[bool]:
    mine = select(Person.email).where(Person.id == person_id).scalar_subquery()
    return or_(Invitation.accepted_by_id == person_id, Invitation.address == mine)


PARTS = (
    ExportPart("account", _l("My account"), Person, where=lambda me: Person.id == me, place=10),
    ExportPart(
        "sign_in", _l("When I last signed in"), AccountUse, (AccountUse.person_id,), place=11
    ),
    ExportPart(
        "suspensions",
        _l("When my account was suspended"),
        Suspension,
        (Suspension.person_id,),
        place=12,
    ),
    ExportPart(
        "consents", _l("What I agreed to"), Consent, (Consent.person_id,), authored=True, place=13
    ),
    ExportPart(
        "sessions", _l("Where I am signed in"), SignInSession, (SignInSession.person_id,), place=14
    ),
    ExportPart("passkeys", _l("My passkeys"), Passkey, (Passkey.person_id,), place=15),
    ExportPart(
        "identities",
        _l("Through whom I sign in too"),
        LinkedIdentity,
        (LinkedIdentity.person_id,),
        place=16,
    ),
    ExportPart(
        "preferences", _l("Which mails I want"), Preference, (Preference.person_id,), place=17
    ),
    ExportPart(
        "memberships",
        _l("Bodies that I am a member of"),
        Membership,
        (Membership.person_id,),
        place=20,
    ),
    ExportPart(
        "mandates", _l("Organisations that I speak for"), Mandate, (Mandate.person_id,), place=21
    ),
    ExportPart(
        "mandate_requests",
        _l("Mandates that I asked for"),
        MandateRequest,
        (MandateRequest.person_id,),
        authored=True,
        place=22,
    ),
    ExportPart(
        "invitations",
        _l("Invitations to me"),
        Invitation,
        (Invitation.accepted_by_id,),
        where=_my_invitations,
        leaves_out=("message_id", "batch_id"),
        place=23,
    ),
    ExportPart(
        "files",
        _l("Files that I attached"),
        StoredFile,
        (StoredFile.uploaded_by_id,),
        place=60,
        leaves_out=("waits_for",),
    ),
    ExportPart(
        "notices",
        _l("Lines that wait for a digest"),
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
    ExportPart("receipts", _l("My receipts"), Receipt, (Receipt.person_id,), place=81),
    ExportPart("exports", _l("Exports of my data"), DataExport, (DataExport.person_id,), place=90),
)


def platform_roles(person_id: int) -> list[str]:
    """Return the roles of a person on the whole platform."""
    return list(
        db.session.scalars(
            select(PlatformRole.name)
            .join(person_platform_role)
            .where(person_platform_role.c.person_id == person_id)
        )
    )


def second_factor(person: Person) -> tuple[Sentence, Sentence]:
    """Return since when somebody has a second factor, for an administrator."""
    since = person.second_factor_at
    return _l("Second factor"), _l("since %(day)s", day=day(since)) if since else _l("none")


def last_administrator(person: Person, lock: bool) -> Sentence | None:
    """Return why who alone looks after the platform cannot go."""
    if "administrator" not in platform_roles(person.id):
        return None
    if lock:
        hold_administrators()
    others = (
        select(Person.id)
        .join(person_platform_role, person_platform_role.c.person_id == Person.id)
        .join(PlatformRole, PlatformRole.id == person_platform_role.c.platform_role_id)
        .where(PlatformRole.name == "administrator", Person.id != person.id, Person.active)
    )
    if db.session.scalar(others.limit(1)) is not None:
        return None
    return _l(
        "You are the last administrator of the platform. First make somebody else administrator."
    )


Term = TypeVar("Term", Membership, Mandate)


def _end_memberships_and_mandates(actor: Actor, person: Person, now: datetime) -> None:
    """Let what the person was a member of, and spoke for, end today."""
    _end_all(Membership, "membership.ended", actor, person, now)
    _end_all(Mandate, "mandate.ended", actor, person, now)


def _end_all(model: type[Term], verb: str, actor: Actor, person: Person, now: datetime) -> None:
    today = local_day(now)
    running = or_(holds_on(model, today), model.starts_on > today)
    for one in db.session.scalars(select(model).where(model.person_id == person.id, running)):
        one.ends_on = max(today, one.starts_on)
        record(actor, verb, one, now, content={"until": one.ends_on.isoformat()})


def _close_requests(actor: Actor, person: Person, now: datetime) -> None:
    """Close what the person asked and nobody decided."""
    waiting = select(MandateRequest).where(
        MandateRequest.person_id == person.id, MandateRequest.decided_at.is_(None)
    )
    for one in db.session.scalars(waiting):
        one.decided_at, one.granted = now, False
        record(actor, "mandate.refused", one, now)


def _discard_exports(_actor: Actor, person: Person, now: datetime) -> None:
    """Discard the exports: each holds all that is made neutral."""
    mine = DataExport.person_id == person.id
    discard_later(db.session.scalars(select(DataExport.stored_as).where(mine)).all(), now)
    db.session.execute(delete(DataExport).where(mine))


def _forget_who_was_invited(actor: Actor, person: Person, now: datetime) -> None:
    """Revoke the invitations that wait, and empty all that were for this address."""
    theirs = select(Invitation).where(_my_invitations(person.id))
    found = db.session.scalars(theirs).all()
    for one in found:
        if one.closed_at is None:
            close_invitation(one, InvitationState.REVOKED, now)
            record(actor, "invitation.revoked", one, now)
    forget_invitations([one.id for one in found], now)


def _empty_what_was_written(_actor: Actor, person: Person, now: datetime) -> None:
    """Empty the mails to the person, and forget which forms they sent and when they came."""
    forget_messages(person.id, now)
    db.session.execute(delete(IdempotentRequest).where(IdempotentRequest.actor == str(person.id)))
    db.session.execute(delete(AccountUse).where(AccountUse.person_id == person.id))
    end_consents(person.id, now)
    db.session.execute(
        update(MandateRequest).where(MandateRequest.person_id == person.id).values(note="")
    )
    notes = update(Mandate).where(Mandate.person_id == person.id).values(note="", end_reason="")
    db.session.execute(notes)


AT_CLOSING: tuple[AtClosing, ...] = (
    _end_memberships_and_mandates,
    _close_requests,
    _discard_exports,
    _forget_who_was_invited,
    _empty_what_was_written,
)
"""What is done when an account closes."""
