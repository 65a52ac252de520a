"""Closing an account: the link to the person goes, texts and numbering stay (docs/decisions/0016).

Whoever closes, it is done here: the person, an administrator, an operator, the retention job.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, cast, delete, select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.jobs.models import Job
from consult.foundation.personal_data.closing import obstacles, run_closing
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.erasing import erase_what_they_said
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.accounts.services import neutralise
from consult.people.privacy.models import ClosedBy, Suspension, Tombstone

RULES_VERSION = 1
"""Which version of these rules a tombstone was made under; docs/privacy.md says them."""
SHORTEST_NAME = 5
"""A shorter name is a word like any other: looking for it would empty too much."""


def close_account(actor: Actor, person: Person, now: datetime, by: ClosedBy) -> None:
    """Close an account: the name becomes a neutral one, address and keys go, texts stay.

    Raises InvalidInput where something must be done first (the last organiser of a plan, the last
    administrator), or the account is closed already.
    """
    own = actor.actor_id is not None and actor.actor_id == person.id
    ensure(actor, Action.MY_DATA_KEEP if own else Action.PERSON_MANAGE, None, now)
    lock_rows(person)
    if db.session.get(Tombstone, person.id) is not None:
        raise InvalidInput(_l("This account is closed already."))
    if own and by is not ClosedBy.SELF:
        raise InvalidInput(_l("This is your own account."), _l("Close it on your page “My data”."))
    if in_the_way := obstacles(person.id, lock=True):
        raise InvalidInput(
            _l("This account cannot be closed yet."),
            " ".join(str(said) for said in in_the_way),
        )
    name, address = person.display_name, person.email
    run_closing(actor, person.id, now)
    neutralise(person, now)
    _forget_waiting_letters(address)
    _end_suspension(person, now)
    db.session.add(
        Tombstone(person_id=person.id, closed_at=now, closed_by=by, rules_version=RULES_VERSION)
    )
    db.session.flush()
    record(actor, "person.closed", person, now, content={"by": by.value, "rules": RULES_VERSION})
    _erase_from_record(actor, person, [name, address or ""], now)


def _erase_from_record(actor: Actor, person: Person, words: list[str], now: datetime) -> None:
    """Empty what was said in the record where the person can still be read from it."""
    said = [word for word in words if len(word) >= SHORTEST_NAME]
    erase_what_they_said(actor, person.id, said, now)


def _forget_waiting_letters(address: str | None) -> None:
    """Delete the jobs that hold the address: letters that a stranger asked for."""
    if address:
        held = cast(Job.payload, String).contains(address, autoescape=True)
        db.session.execute(delete(Job).where(Job.kind == "account-letter", held))


def _end_suspension(person: Person, now: datetime) -> None:
    running = select(Suspension).where(
        Suspension.person_id == person.id, Suspension.ended_at.is_(None)
    )
    for one in db.session.scalars(running):
        one.ended_at = now
