"""Who can get a mail: what the outbox needs to know of people."""

from collections.abc import Collection

from sqlalchemy import select

from consult.foundation.core.db import db
from consult.people.accounts.models import Person


def people_with_address(ids: Collection[int]) -> dict[int, Person]:
    """Find those of these people who have an address and an account in use."""
    found = db.session.scalars(
        select(Person).where(Person.id.in_(ids), Person.email.is_not(None), Person.active.is_(True))
    )
    return {one.id: one for one in found}


def as_reader(person_id: int) -> Person | None:
    """Return a person whom the policy is asked about, with roles as they are at this moment."""
    person = db.session.get(Person, person_id, populate_existing=True)
    if person is not None:
        person.forget_grants()
    return person
