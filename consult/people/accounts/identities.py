"""Linked identities: a person who signs in through a provider, as one subject of it.

An unknown subject gets an account of its own. An account that is here already is never taken over,
whatever address the provider names: its owner signs in and links it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.foundation.core.db import db, random_id
from consult.foundation.core.errors import InvalidInput, NotFound
from consult.foundation.core.mail_addresses import tidy_address
from consult.foundation.core.names import name_fault, tidy_name
from consult.foundation.core.registries import add_new
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.accounts.factors import Change, tell
from consult.people.accounts.models import LinkedIdentity, Person
from consult.people.accounts.provider import Claims, home_of

LONGEST_SUBJECT = 255
# What a package above does with the organisations a provider names: (person, issuer, names, now).
OrganisationsNamed = Callable[[Person, str, tuple[str, ...], datetime], None]
_listeners: list[OrganisationsNamed] = []
HAS_ACCOUNT = _l(
    "There is an account with your e-mail address already. Sign in to it by your own means, and "
    "link it on the page Sign-in and security."
)
NOT_HERE = _l("You cannot sign in here with this. Ask who runs this platform.")


def on_organisations_named(listener: OrganisationsNamed) -> None:
    """Register what is done with the organisations that a provider names for a person."""
    add_new(_listeners, [listener])


def _listen(person: Person, issuer: str, names: tuple[str, ...], now: datetime) -> None:
    for listener in _listeners:
        listener(person, issuer, names, now)


def identities_of(person: Person) -> Sequence[LinkedIdentity]:
    """Return the identities that a person linked."""
    mine = select(LinkedIdentity).where(LinkedIdentity.person_id == person.id)
    return db.session.scalars(mine.order_by(LinkedIdentity.id)).all()


def _known(claims: Claims) -> LinkedIdentity | None:
    found: LinkedIdentity | None = db.session.scalar(
        select(LinkedIdentity).where(
            LinkedIdentity.issuer == claims.issuer, LinkedIdentity.subject == claims.subject
        )
    )
    return found


def come_in(claims: Claims, language: str, now: datetime) -> Person:
    """Return the person of an identity, who is made where it is new.

    Raises InvalidInput where an account has the address already, or the account is closed.
    """
    if not claims.subject or len(claims.subject) > LONGEST_SUBJECT:
        raise InvalidInput(NOT_HERE)
    found = _known(claims)
    if found is None:
        person = _new_person(claims, language, now)
        _link(person, claims, now)
        record(person, "person.registered", person, now)
    else:
        person = db.session.get_one(Person, found.person_id)
        if not person.active:
            raise InvalidInput(NOT_HERE)
        found.used_at = now
    _listen(person, claims.issuer, claims.organisations, now)
    return person


def _new_person(claims: Claims, language: str, now: datetime) -> Person:
    person = Person(
        email=tidy_address(claims.email or ""),
        display_name=str(_l("Participant")) if name_fault(claims.name) else tidy_name(claims.name),
        language=language,
        confirmed_at=now,
        create_datetime=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:
        return _unconfirmed(person, now)
    return person


def _unconfirmed(wanted: Person, now: datetime) -> Person:
    """Return the account with the address, if nobody ever proved to own it; else InvalidInput.

    Somebody made it, we do not know who: it becomes that of whoever does own the address.
    """
    address = Person.email == wanted.email
    there: Person | None = db.session.scalar(select(Person).where(address))
    if there is not None:
        lock_rows(there)
    if there is None or there.confirmed_at is not None or not there.active:
        raise InvalidInput(HAS_ACCOUNT)
    there.display_name, there.language, there.password = wanted.display_name, wanted.language, None
    there.fs_uniquifier, there.us_totp_secrets, there.confirmed_at = random_id(), None, now
    return there


def _link(person: Person, claims: Claims, now: datetime) -> None:
    made = LinkedIdentity(
        person_id=person.id, issuer=claims.issuer, subject=claims.subject,
        linked_at=now, used_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()


def link_identity(person: Person, claims: Claims, now: datetime) -> None:
    """Link an identity to one's account (InvalidInput if another account has it)."""
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    found = _known(claims)
    if found is not None and found.person_id == person.id:
        return
    if found is not None:
        raise InvalidInput(_l("Another account here is linked to this already."))
    _link(person, claims, now)
    record(person, "person.identity_linked", person, now)
    tell(person, Change.LINKED, now, name=home_of(claims.issuer))
    _listen(person, claims.issuer, claims.organisations, now)


def unlink_identity(person: Person, identity_id: int, now: datetime) -> None:
    """Unlink an identity; what the provider confirmed ends with it.

    NotFound if there is no such one, InvalidInput where nothing else would let the person in.
    """
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    found = db.session.get(LinkedIdentity, identity_id)
    if found is None or found.person_id != person.id:
        raise NotFound(_l("This is not linked to your account."))
    if not person.email:
        raise InvalidInput(
            _l("This is your only way in: your account has no e-mail address."),
            _l("Ask who runs this platform."),
        )
    issuer = found.issuer
    db.session.delete(found)
    record(person, "person.identity_unlinked", person, now)
    tell(person, Change.UNLINKED, now, name=home_of(issuer))
    _listen(person, issuer, (), now)
