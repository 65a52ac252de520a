"""Roles on the whole platform, bound by the record as the roles on plans are."""

from sqlalchemy import inspect
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import History

from consult.foundation.record.rows import note_deleted, note_row
from consult.people.accounts.models import HeldPlatformRole, Person, PlatformRole


def note_platform_roles(session: Session, _context: UOWTransaction) -> None:
    """Note the roles that people got or lost in a flush: the next event binds them.

    The library keeps them as a list of the person, in a table that no object stands for.
    """
    for person in [one for one in (*session.new, *session.dirty) if isinstance(one, Person)]:
        history: History = inspect(person).attrs.roles.history
        for role in history.added or ():
            held = session.get(HeldPlatformRole, _key(person, role))
            if held is not None:
                note_row(held)
        note_deleted(HeldPlatformRole, [_key(person, role) for role in history.deleted or ()])


def _key(person: Person, role: PlatformRole) -> tuple[int, int]:
    return person.id, role.id
