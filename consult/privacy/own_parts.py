"""What an export holds from the floors below: account, consents, mails, memberships, the record."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select, update

from consult.accounts.models import Person, PlatformRole, person_platform_role
from consult.core.calendar import local_day
from consult.core.db import db
from consult.core.errors import Sentence
from consult.core.people import Actor
from consult.core.unit_of_work import Once
from consult.files.models import StoredFile
from consult.notifications.models import Message
from consult.notifications.services import SENSITIVE, forget_messages
from consult.organisations.models import (
    Body,
    Mandate,
    MandateRequest,
    Membership,
    Organisation,
    holds_on,
)
from consult.privacy.consents import end_consents
from consult.privacy.models import AccountUse, Consent, DataExport, Suspension
from consult.privacy.parts import (
    Part,
    Plain,
    forbids_closing,
    names_rows,
    on_closing,
    personal_data,
)
from consult.record.models import Event, Receipt
from consult.record.services import record

names_rows(Organisation.slug, Body.slug, Event.public_id)


def _without_keys(row: Plain) -> Plain:
    """Leave the text of a mail that holds a key to the account out of a file that travels."""
    return {**row, "body": ""} if str(row["kind"]).startswith(SENSITIVE) else row


def register_own_parts() -> None:
    """Register the tables of this floor."""
    for part in (
        Part("account", _l("My account"), Person, where=lambda me: Person.id == me, place=10),
        Part("sign_in", _l("When I last signed in"), AccountUse, (AccountUse.person_id,), place=11),
        Part(
            "suspensions", _l("When my account was suspended"), Suspension,
            (Suspension.person_id,), place=12,
        ),
        Part("consents", _l("What I agreed to"), Consent, (Consent.person_id,), authored=True,
             place=13),
        Part("memberships", _l("Bodies that I am a member of"), Membership,
             (Membership.person_id,), place=20),
        Part("mandates", _l("Organisations that I speak for"), Mandate, (Mandate.person_id,),
             place=21),
        Part("mandate_requests", _l("Mandates that I asked for"), MandateRequest,
             (MandateRequest.person_id,), authored=True, place=22),
        Part("files", _l("Files that I attached"), StoredFile, (StoredFile.uploaded_by_id,),
             place=60),
        Part("messages", _l("Mails that I got"), Message, (Message.person_id,), place=80,
             tidy=_without_keys),
        Part("receipts", _l("My receipts"), Receipt, (Receipt.person_id,), place=81),
        Part("exports", _l("Exports of my data"), DataExport, (DataExport.person_id,), place=90),
    ):  # fmt: skip
        personal_data(part)


register_own_parts()


def platform_roles(person_id: int) -> list[str]:
    """Give the roles of a person on the whole platform."""
    return list(
        db.session.scalars(
            select(PlatformRole.name)
            .join(person_platform_role)
            .where(person_platform_role.c.person_id == person_id)
        )
    )


@forbids_closing
def _last_administrator(person: Person, lock: bool) -> Sentence | None:
    if "administrator" not in platform_roles(person.id):
        return None
    role = select(PlatformRole.id).where(PlatformRole.name == "administrator")
    db.session.execute(role.with_for_update() if lock else role)
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


@on_closing
def _end_memberships_and_mandates(actor: Actor, person: Person, now: datetime) -> None:
    """Let what the person was a member of, and spoke for, end today."""
    today = local_day(now)
    kinds: tuple[tuple[Any, str], ...] = (
        (Membership, "membership.ended"),
        (Mandate, "mandate.ended"),
    )
    for model, verb in kinds:
        running = or_(holds_on(model, today), model.starts_on > today)
        for one in db.session.scalars(select(model).where(model.person_id == person.id, running)):
            one.ends_on = max(today, one.starts_on)
            record(actor, verb, one, now, content={"until": one.ends_on.isoformat()})


@on_closing
def _close_requests(actor: Actor, person: Person, now: datetime) -> None:
    """Close what the person asked and nobody decided."""
    waiting = select(MandateRequest).where(
        MandateRequest.person_id == person.id, MandateRequest.decided_at.is_(None)
    )
    for one in db.session.scalars(waiting):
        one.decided_at, one.granted = now, False
        record(actor, "mandate.refused", one, now)


@on_closing
def _empty_what_was_written(_actor: Actor, person: Person, now: datetime) -> None:
    """Empty the mails to the person, and forget which forms they sent and when they came."""
    forget_messages(person.id, now)
    db.session.execute(delete(Once).where(Once.actor == str(person.id)))
    db.session.execute(delete(AccountUse).where(AccountUse.person_id == person.id))
    end_consents(person.id, now)
    db.session.execute(
        update(MandateRequest).where(MandateRequest.person_id == person.id).values(note="")
    )
    notes = update(Mandate).where(Mandate.person_id == person.id).values(note="", end_reason="")
    db.session.execute(notes)
