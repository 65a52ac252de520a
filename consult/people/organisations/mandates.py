"""Who speaks for an organisation: asked for, recorded, confirmed by its contact, revoked.

A mandate holds from the day on which an organiser records it or the organisation's contact grants
it. The contact confirms what an organiser recorded, or ends it. Nothing is deleted: a mandate that
ends stays on record with its last day.
"""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.text import clean_line, clean_text
from consult.foundation.core.visible import says_nothing
from consult.foundation.notifications.services import notify
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.organisations.memberships import end_on, person_at
from consult.people.organisations.models import Mandate, MandateRequest, Organisation, holds_on
from consult.people.organisations.on_behalf import follow_decision
from consult.people.organisations.organisers import organisers_of
from consult.people.organisations.queries import contacts_of

KINDS = ("mandate-asked", "mandate-decided", "mandate-ended", "mandate-recorded")
"""The mails about mandates."""


def record_mandate(
    actor: Actor,
    organisation: Organisation,
    address: str,
    starts_on: date,
    note: str,
    now: datetime,
    *,
    is_contact: bool = False,
) -> Mandate:
    """Record that a person speaks for an organisation; the note says how that is known.

    Its contacts are told, and can revoke it. Raises InvalidInput when nobody has that address, or
    it was recorded already.
    """
    ensure(actor, Action.MANDATE_RECORD, organisation, now)
    person = person_at(address)
    if speaks_for(person.id, organisation, starts_on):
        errors: dict[str, Sentence] = {"address": _l("This was recorded already.")}
        raise InvalidInput(_l("Nothing was changed."), errors=errors)
    made = start_mandate(actor, person, organisation, starts_on, note, now, is_contact=is_contact)
    _tell_contacts(organisation, "mandate-recorded", person, actor, now, note)
    return made


def start_mandate(
    actor: Actor,
    person: Person,
    organisation: Organisation,
    starts_on: date,
    note: str,
    now: datetime,
    *,
    is_contact: bool = False,
    confirmed: bool = False,
    provider: str | None = None,
) -> Mandate:
    """Begin a mandate, record it; the callers asked the policy."""
    made = Mandate(
        person=person,
        organisation=organisation,
        starts_on=starts_on,
        recorded_by_id=actor.actor_id,
        note=note,
        is_contact=is_contact,
        confirmed_at=now if confirmed else None,
        provider=provider,
    )
    db.session.add(made)
    db.session.flush()
    content = {
        "person": made.person_id,
        "organisation": made.organisation_id,
        "from": starts_on.isoformat(),
        "contact": is_contact,
        "confirmed": confirmed,
        **({"provider": provider} if provider else {}),
    }
    record(actor, "mandate.recorded", made, now, content=content, reason=note)
    person.forget_grants()
    return made


def entrust_mandate(
    recorded_by: Person, person: Person, organisation: Organisation, note: str, now: datetime
) -> Mandate | None:
    """Record the mandate that somebody accepted together with a seat; the caller checked that.

    It stands on the name of whoever offered it, and the contacts of the organisation are told. Who
    speaks for it already keeps that mandate, and None is given.
    """
    lock_rows(organisation)
    today = local_day(now)
    if speaks_for(person.id, organisation, today):
        return None
    made = start_mandate(recorded_by, person, organisation, today, note, now)
    _tell_contacts(organisation, "mandate-recorded", person, recorded_by, now, note)
    return made


def speaks_for(person_id: int, organisation: Organisation, on: date) -> bool:
    """Whether a person has a mandate for an organisation on a day."""
    return _standing(person_id, organisation, on) is not None


def _standing(person_id: int, organisation: Organisation, on: date) -> Mandate | None:
    found = select(Mandate).where(
        Mandate.person_id == person_id,
        Mandate.organisation_id == organisation.id,
        holds_on(Mandate, on),
    )
    return db.session.scalars(found).first()


def _tell_contacts(
    organisation: Organisation,
    kind: str,
    person: Person,
    actor: Actor,
    now: datetime,
    note: str,
) -> None:
    for contact in contacts_of(organisation.id, local_day(now)):
        if contact.id not in {person.id, actor.actor_id}:
            notify(contact, kind, now, organisation=organisation, person=person, note=note)


def ask_mandate(
    person: Person, organisation: Organisation | None, note: str, now: datetime, named: str = ""
) -> MandateRequest:
    """Ask to speak for an organisation; its contact or an organiser decides.

    One that is not in the register is `named`: an organiser looks which it is, or puts it there.
    Raises InvalidInput when the person speaks for it already, or asked already.
    """
    ensure(person, Action.MANDATE_ASK, None, now)
    named = clean_line(named) if organisation is None else ""
    lock_rows(organisation if organisation is not None else person)
    errors = _asking_errors(person, organisation, named, now)
    if errors:
        raise InvalidInput(_l("Nothing was changed."), errors=errors)
    made = MandateRequest(
        person=person, organisation=organisation, named=named, note=note, asked_at=now
    )
    db.session.add(made)
    db.session.flush()
    content = {"person": person.id, "organisation": made.organisation_id}
    record(person, "mandate.asked", made, now, content=content, reason=note)
    person.forget_grants()
    _tell_who_decides(made, now)
    return made


def _asking_errors(
    person: Person, organisation: Organisation | None, named: str, now: datetime
) -> dict[str, Sentence]:
    if organisation is None and says_nothing(named):
        return {"named": _l("Choose an organisation from the list, or write its name here.")}
    waiting = select(MandateRequest.id).where(
        MandateRequest.person_id == person.id,
        MandateRequest.organisation_id == (organisation.id if organisation else None),
        MandateRequest.named == named,
        MandateRequest.decided_at.is_(None),
    )
    field = "organisation_id" if organisation is not None else "named"
    if organisation is not None and speaks_for(person.id, organisation, local_day(now)):
        return {field: _l("You speak for this organisation already.")}
    if db.session.scalar(waiting) is not None:
        return {field: _l("You asked this already. You get a mail about it.")}
    return {}


def _tell_who_decides(request: MandateRequest, now: datetime) -> None:
    """Tell the contacts of the organisation; where there is none, who keeps the register."""
    organisation, person = request.organisation, request.person
    contacts = contacts_of(organisation.id, local_day(now)) if organisation is not None else []
    for one in contacts or organisers_of(None):
        if one.id != person.id:
            notify(one, "mandate-asked", now, asked=request, person=person, contact=bool(contacts))


def place_request(
    actor: Actor, request: MandateRequest, organisation: Organisation, now: datetime
) -> None:
    """Say which organisation somebody meant who asked for one that they did not find."""
    ensure(actor, Action.ORGANISATION_MANAGE, organisation, now)
    lock_rows(request)
    if request.organisation is not None or request.decided_at is not None:
        raise InvalidInput(_l("Somebody decided about this already."))
    request.organisation = organisation
    db.session.flush()
    record(actor, "mandate.request_placed", request, now, content={"organisation": organisation.id})


def decide_request(
    actor: Actor, request: MandateRequest, *, granted: bool, reason: str, now: datetime
) -> None:
    """Grant what was asked, from today on, or refuse it with a reason; the person is told.

    What they wrote meanwhile for the organisation becomes its own. Raises InvalidInput when it was
    decided already, a refusal has no reason, or it is not known which organisation is meant.
    """
    ensure(actor, Action.MANDATE_DECIDE, request, now)
    reason = clean_text(reason)
    organisation = request.organisation
    if request.decided_at is not None:
        raise InvalidInput(_l("Somebody decided about this already."))
    if not granted and not reason:
        raise InvalidInput(
            _l("This decision needs a reason."), _l("The person who asked reads it.")
        )
    if granted and organisation is None:
        raise InvalidInput(_l("First say which organisation of the register is meant."))
    lock_rows(organisation if organisation is not None else request)
    request.decided_at, request.granted, request.reason = now, granted, reason
    db.session.flush()
    record(actor, "mandate.granted" if granted else "mandate.refused", request, now, reason=reason)
    request.person.forget_grants()
    mandate: Mandate | None = None
    if granted and organisation is not None:
        mandate = _standing(request.person_id, organisation, local_day(now)) or start_mandate(
            actor, request.person, organisation, local_day(now), request.note, now,
            confirmed=can(actor, Action.MANDATE_CONFIRM, request, now),
        )  # fmt: skip
    follow_decision(actor, request, mandate, now)
    notify(request.person, "mandate-decided", now, asked=request, granted=granted, reason=reason)


def confirm_mandate(actor: Actor, mandate: Mandate, now: datetime) -> None:
    """Confirm, as the contact of the organisation, that somebody speaks for it (InvalidInput)."""
    ensure(actor, Action.MANDATE_CONFIRM, mandate, now)
    if mandate.confirmed_at is not None:
        raise InvalidInput(_l("This was confirmed already."))
    mandate.confirmed_at = now
    db.session.flush()
    record(actor, "mandate.confirmed", mandate, now)


def end_mandate(
    actor: Actor, mandate: Mandate, ends_on: date, now: datetime, reason: str = ""
) -> None:
    """End a mandate: from that day on the person no longer speaks for the organisation.

    An organiser, the organisation's contact or the person does this. Raises InvalidInput when it
    ended already or the day lies before its start.
    """
    ensure(actor, Action.MANDATE_END, mandate, now)
    end_on(mandate, ends_on, now)
    mandate.end_reason = clean_text(reason)
    db.session.flush()
    content = {"until": ends_on.isoformat()}
    record(actor, "mandate.ended", mandate, now, content=content, reason=mandate.end_reason)
    mandate.person.forget_grants()
    if mandate.person_id != actor.actor_id:
        notify(
            mandate.person, "mandate-ended", now,
            organisation=mandate.organisation, ends_on=ends_on, reason=mandate.end_reason,
        )  # fmt: skip


def appoint_contact(actor: Actor, mandate: Mandate, now: datetime, *, is_contact: bool) -> None:
    """Make who speaks for an organisation its contact, or no longer; an organiser does this."""
    ensure(actor, Action.MANDATE_RECORD, mandate.organisation, now)
    lock_rows(mandate)
    mandate.is_contact = is_contact
    db.session.flush()
    record(actor, "mandate.contact_changed", mandate, now, content={"contact": is_contact})
    mandate.person.forget_grants()
