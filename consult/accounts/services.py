"""What is done with accounts: making one, changing a profile, naming an administrator, closing."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from sqlalchemy import select

from consult.accounts.models import Person, PlatformRole
from consult.core.db import db, random_id
from consult.core.errors import InvalidInput, NotFound
from consult.core.people import Actor
from consult.core.text import clean_line
from consult.policy.actions import Action
from consult.policy.services import ensure
from consult.record.services import record

SHORTEST_PASSWORD = 12


def find_person(email: str) -> Person:
    """Find a person by e-mail address; NotFound when there is none."""
    found: Person | None = db.session.scalar(
        select(Person).where(Person.email == email.strip().lower())
    )
    if found is None:
        raise NotFound(_l("Nobody here has this e-mail address."), _l("Check how it is spelt."))
    return found


def _checked(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(_l("A password needs at least 12 characters. A sentence is fine."))
    hashed: str = hash_password(password)
    return hashed


def create_person(
    actor: Actor, email: str, display_name: str, password: str, language: str, now: datetime
) -> Person:
    """Make an account whose address is taken as confirmed (an operator does this)."""
    ensure(actor, Action.PLATFORM_ADMINISTER, None, now)
    email, display_name = email.strip().lower(), clean_line(display_name)
    if "@" not in email or not display_name:
        raise InvalidInput(_l("An account needs an e-mail address and a name."))
    if db.session.scalar(select(Person.id).where(Person.email == email)):
        raise InvalidInput(_l("There is an account with this e-mail address already."))
    person = Person(
        email=email,
        display_name=display_name[:120],
        language=language,
        password=_checked(password),
        confirmed_at=now,
        create_datetime=now,
    )
    db.session.add(person)
    db.session.flush()
    record(actor, "person.created", person, now)
    return person


def change_profile(person: Person, display_name: str, language: str, now: datetime) -> None:
    """Change how others see a person, and the language of the mails; only one's own."""
    ensure(person, Action.HOME_READ, None, now)
    person.display_name = clean_line(display_name)
    person.language = language
    person.update_datetime = now
    record(person, "person.profile_changed", person, now)


def make_administrator(actor: Actor, person: Person, now: datetime) -> None:
    """Give a person the role of administrator of the platform."""
    ensure(actor, Action.PLATFORM_ADMINISTER, None, now)
    role = db.session.scalar(select(PlatformRole).where(PlatformRole.name == "administrator"))
    if role is None:
        role = PlatformRole(name="administrator")
        db.session.add(role)
    if role not in person.roles:
        person.roles.append(role)
    person.forget_standing()
    record(actor, "person.made_administrator", person, now)


def set_password(actor: Actor, person: Person, password: str, now: datetime) -> None:
    """Set a person's password; signs them out everywhere."""
    ensure(actor, Action.PLATFORM_ADMINISTER, None, now)
    person.password = _checked(password)
    person.fs_uniquifier = random_id()
    record(actor, "person.password_set", person, now)


def close_account(actor: Actor, person: Person, now: datetime) -> None:
    """Close an account: the name becomes a neutral one, address and password go, texts stay."""
    ensure(actor, Action.PLATFORM_ADMINISTER, None, now)
    person.display_name = f"Deelnemer {person.public_id[:4]}"
    person.email = None
    person.password = None
    person.active = False
    person.roles.clear()
    person.fs_uniquifier = random_id()
    person.us_totp_secrets = None
    record(actor, "person.closed", person, now)
