"""Suspending an account and restoring it: an administrator does this, with a reason."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.foundation.core.db import db, random_id
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.text import clean_text
from consult.foundation.notifications.services import notify
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.accounts.services import hold_administrators
from consult.people.privacy.models import Suspension, Tombstone

SUSPENDED = "account-suspended"
RESTORED = "account-restored"
NO_REASON: dict[str, Sentence] = {"reason": _l("Say why. The person reads this in a mail.")}


def suspend_account(actor: Actor, person: Person, reason: str, now: datetime) -> Suspension:
    """Suspend an account: its sessions are dead at once, and the person gets the reason by mail.

    Raises InvalidInput without a reason, for oneself, and for an account that is not in use.
    """
    ensure(actor, Action.PERSON_MANAGE, None, now)
    reason = clean_text(reason)
    if not reason:
        raise InvalidInput(_l("This is not complete yet."), errors=NO_REASON)
    hold_administrators()
    lock_rows(person)
    _still_may(actor, now)
    if not person.active:
        raise InvalidInput(_l("This account is suspended or closed already."))
    if person.id == actor.actor_id:
        raise InvalidInput(
            _l("You cannot suspend your own account."), _l("Ask another administrator.")
        )
    person.active, person.fs_uniquifier, person.update_datetime = False, random_id(), now
    made = Suspension(
        person_id=person.id, reason=reason, suspended_at=now, suspended_by_id=actor.actor_id
    )
    db.session.add(made)
    db.session.flush()
    record(actor, "person.suspended", person, now, reason=reason)
    notify(person, SUSPENDED, now, reason=reason)
    return made


def _still_may(actor: Actor, now: datetime) -> None:
    """Ask again whether the actor may: of two administrators who suspend each other, one stays."""
    if isinstance(actor, Person):
        lock_rows(actor)
        actor.forget_grants()
        ensure(actor, Action.PERSON_MANAGE, None, now)


def restore_account(actor: Actor, person: Person, reason: str, now: datetime) -> None:
    """Let a suspended person in again; they sign in anew, and get the reason by mail.

    Raises InvalidInput without a reason, and for an account that is in use or closed.
    """
    ensure(actor, Action.PERSON_MANAGE, None, now)
    reason = clean_text(reason)
    if not reason:
        raise InvalidInput(_l("This is not complete yet."), errors=NO_REASON)
    lock_rows(person)
    if db.session.get(Tombstone, person.id) is not None:
        raise InvalidInput(
            _l("This account is closed. That cannot be undone."),
            _l("The person can make a new account with the same address."),
        )
    if person.active:
        raise InvalidInput(_l("This account is not suspended."))
    person.active, person.update_datetime = True, now
    running = select(Suspension).where(
        Suspension.person_id == person.id, Suspension.ended_at.is_(None)
    )
    for one in db.session.scalars(running):
        one.ended_at, one.end_reason, one.ended_by_id = now, reason, actor.actor_id
    record(actor, "person.restored", person, now, reason=reason)
    notify(person, RESTORED, now, reason=reason)
