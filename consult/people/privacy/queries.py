"""Reading what an administrator sees: one account at a time, and the retention log."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotFound, Sentence
from consult.foundation.core.mail_addresses import tidy_address
from consult.foundation.core.pages import Keyset, Page
from consult.foundation.personal_data.closing import facts_about, obstacles
from consult.people.accounts.models import Person
from consult.people.accounts.personal import platform_roles
from consult.people.privacy.models import AccountState, RetentionRun, Suspension, Tombstone

NOBODY: dict[str, Sentence] = {
    "address": _l("Nobody here has this e-mail address. Check how it is spelt.")
}


@dataclass(frozen=True)
class Account:
    """What an administrator sees of one account."""

    person: Person
    administrator: bool
    suspensions: Sequence[Suspension]
    tombstone: Tombstone | None
    facts: Sequence[tuple[Sentence, Sentence]]
    obstacles: Sequence[Sentence]

    @property
    def state(self) -> AccountState:
        """Where the account stands: closed, suspended, unconfirmed or in use."""
        if self.tombstone is not None:
            return AccountState.CLOSED
        if not self.person.active:
            return AccountState.SUSPENDED
        return AccountState.IN_USE if self.person.confirmed_at else AccountState.UNCONFIRMED


def find_account(address: str) -> Person:
    """Find an account by the exact address (InvalidInput); part of one finds nobody."""
    found: Person | None = db.session.scalar(
        select(Person).where(Person.email == tidy_address(address))
    )
    if found is None:
        raise InvalidInput(_l("Nobody was found."), errors=NOBODY)
    return found


def get_person(public_id: str) -> Person:
    """Find a person by their id (NotFound)."""
    found: Person | None = db.session.scalar(select(Person).where(Person.public_id == public_id))
    if found is None:
        raise NotFound(_l("There is nothing here."), _l("Check the address, or search."))
    return found


def account_of(person: Person) -> Account:
    """Put together what an administrator sees of an account."""
    suspensions = db.session.scalars(
        select(Suspension)
        .where(Suspension.person_id == person.id)
        .order_by(Suspension.id.desc())
    ).all()  # fmt: skip
    tombstone = db.session.get(Tombstone, person.id)
    return Account(
        person=person,
        administrator="administrator" in platform_roles(person.id),
        suspensions=suspensions,
        tombstone=tombstone,
        facts=facts_about(person.id),
        obstacles=[] if tombstone else obstacles(person.id),
    )


def retention_log(cursor: str | None = None) -> Page[RetentionRun]:
    """Return a page of the retention log, newest first."""
    return Keyset(RetentionRun.id, descending=True).page(select(RetentionRun), cursor)
