"""What is done with accounts: making one, changing a profile, naming an administrator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from consult.foundation.core.addresses import address_of
from consult.foundation.core.db import db, random_id
from consult.foundation.core.errors import InvalidInput, NotFound, Sentence
from consult.foundation.core.mail_addresses import NO_ADDRESS, tidy_address
from consult.foundation.core.names import name_fault, tidy_name
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.notifications.services import notify
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import (
    LinkedIdentity,
    Passkey,
    Person,
    PlatformRole,
    RecoveryCode,
    SignInSession,
)
from consult.people.accounts.registering import note_boxes
from consult.people.accounts.sessions import forget_sessions

PASSWORD_CHANGED = "security-password-changed"  # noqa: S105  (a kind of mail)


@dataclass(frozen=True)
class Registration:
    """What is said of a new account; a password, where there is one, is a hash already."""

    email: str
    display_name: str
    language: str
    password: str | None = None
    ticked: Mapping[str, bool] = field(default_factory=dict)
    """The boxes that packages above put on the form (registering.py), by name."""


def find_person(email: str) -> Person:
    """Find a person by e-mail address; NotFound when there is none."""
    found: Person | None = db.session.scalar(
        select(Person).where(Person.email == tidy_address(email))
    )
    if found is None:
        raise NotFound(_l("Nobody here has this e-mail address."), _l("Check how it is spelt."))
    return found


def _new_person(wanted: Registration, now: datetime) -> Person:
    email = tidy_address(wanted.email)
    wrong: dict[str, Sentence] = {} if email else {"email": NO_ADDRESS}
    if fault := name_fault(wanted.display_name):
        wrong["display_name"] = fault
    if wrong:
        both = _l("An account needs an e-mail address and a name.")
        raise InvalidInput(both if len(wrong) > 1 else next(iter(wrong.values())), errors=wrong)
    return Person(
        email=email,
        display_name=tidy_name(wanted.display_name),
        language=wanted.language,
        password=wanted.password,
        create_datetime=now,
    )


def create_person(actor: Actor, wanted: Registration, now: datetime) -> Person:
    """Make an account whose address is taken as confirmed (an operator does this)."""
    ensure(actor, Action.PLATFORM_ADMINISTER, None, now)
    person = _new_person(wanted, now)
    if db.session.scalar(select(Person.id).where(Person.email == person.email)):
        raise InvalidInput(_l("There is an account with this e-mail address already."))
    person.confirmed_at = now
    db.session.add(person)
    db.session.flush()
    record(actor, "person.created", person, now)
    return person


def welcome_person(wanted: Registration, now: datetime) -> Person:
    """Make an account for somebody who showed to own the address: it is confirmed at once.

    An account that was never confirmed was made by we do not know whom: it gets this name and
    loses its password, and whoever else knew it is signed out. Raises InvalidInput when the
    address has a confirmed or suspended account.
    """
    person = _new_person(wanted, now)
    there = db.session.scalar(select(Person).where(Person.email == person.email))
    if there is not None:
        lock_rows(there)
        if there.confirmed_at is not None or not there.active:
            raise InvalidInput(_l("There is an account with this e-mail address already."))
        there.display_name, there.password = person.display_name, person.password
        there.language, there.fs_uniquifier = person.language, random_id()
        there.us_totp_secrets = None
        person = there
    person.confirmed_at = now
    db.session.add(person)
    db.session.flush()
    record(person, "person.welcomed", person, now)
    note_boxes(person, wanted.ticked, now)
    return person


def confirm_address(person: Person, now: datetime) -> None:
    """Note that a person showed to be the owner of the address."""
    person.confirmed_at = now
    record(person, "person.confirmed", person, now)


def note_password_changed(person: Person, now: datetime) -> None:
    """Record that a person chose another password, and tell them: it may not have been they."""
    record(person, "person.password_changed", person, now)
    forgot = address_of("security.forgot_password", person.language)
    notify(person, PASSWORD_CHANGED, now, changed_at=now, forgot=forgot)


def change_profile(person: Person, display_name: str, language: str, now: datetime) -> None:
    """Change how others see a person, and the language of the mails; only one's own."""
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    if fault := name_fault(display_name):
        raise InvalidInput(fault, errors={"display_name": fault})
    person.display_name = tidy_name(display_name)
    person.language = language
    person.update_datetime = now
    record(person, "person.profile_changed", person, now)


def hold_administrators() -> None:
    """Let one at a time end the account or the role of an administrator: one always stays."""
    role = db.session.scalar(select(PlatformRole).where(PlatformRole.name == "administrator"))
    if role is not None:
        lock_rows(role)


def make_administrator(actor: Actor, person: Person, now: datetime) -> None:
    """Make a person an administrator of the platform; they sign in anew."""
    ensure(actor, Action.PLATFORM_ADMINISTER, None, now)
    lock_rows(person)
    if not person.active:
        raise InvalidInput(_l("This account is closed."))
    role = db.session.scalar(select(PlatformRole).where(PlatformRole.name == "administrator"))
    role = role or PlatformRole(name="administrator")
    if role in person.roles:
        return
    person.roles.append(role)
    person.fs_uniquifier = random_id()
    forget_sessions(person)
    person.forget_grants()
    record(actor, "person.made_administrator", person, now)


def set_password(actor: Actor, person: Person, password: str, now: datetime) -> None:
    """Set a person's password (its hash); signs them out everywhere."""
    ensure(actor, Action.PLATFORM_ADMINISTER, None, now)
    person.password = password
    person.fs_uniquifier = random_id()
    forget_sessions(person)
    record(actor, "person.password_set", person, now)


def end_session(person: Person, session_id: int, now: datetime) -> None:
    """End one of one's own sessions; NotFound if there is no such one (any more)."""
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    found = db.session.get(SignInSession, session_id)
    if found is None or found.person_id != person.id:
        raise NotFound(_l("There is no such session any more."))
    db.session.delete(found)
    record(person, "person.session_ended", person, now)


def end_other_sessions(person: Person, present: int, now: datetime) -> None:
    """End all of one's own sessions but the present one."""
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    forget_sessions(person, but=present)
    record(person, "person.sessions_ended", person, now)


def neutralise(person: Person, now: datetime) -> None:
    """Take the name, the address and every way in off an account; privacy closes the rest.

    Called by the service that closes an account (privacy/closing.py), which asked the policy.
    """
    person.display_name = f"Deelnemer {random_id()[:4]}"
    person.email = None
    person.password = None
    person.active = False
    person.roles.clear()
    person.fs_uniquifier = random_id()
    person.us_totp_secrets = None
    person.us_phone_number = None
    person.totp_secret = person.totp_counter = person.second_factor_at = None
    for model in (SignInSession, RecoveryCode, Passkey, LinkedIdentity):
        db.session.execute(delete(model).where(model.person_id == person.id))
    person.update_datetime = now
    person.forget_grants()
