"""Who can get a mail: what the outbox needs to know of people."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from consult.foundation.core.db import Base, db
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can
from consult.people.accounts.models import Person


def people_with_address(ids: Collection[int]) -> dict[int, Person]:
    """Find those of these people who have an address and an account in use."""
    found = db.session.scalars(
        select(Person).where(Person.id.in_(ids), Person.email.is_not(None), Person.active.is_(True))
    )
    return {one.id: one for one in found}


def may_still(
    person_id: int, action: Action, subject: type[Base], subject_id: int, now: datetime
) -> bool:
    """Whether somebody with an account in use may do something with a stored row at this moment."""
    reader, found = as_reader(person_id), db.session.get(subject, subject_id)
    return (
        reader is not None
        and reader.is_active
        and found is not None
        and can(reader, action, found, now)
    )


def as_reader(person_id: int) -> Person | None:
    """Return a person whom the policy is asked about, with roles as they are at this moment."""
    person = db.session.get(Person, person_id, populate_existing=True)
    if person is not None:
        person.forget_grants()
    return person
