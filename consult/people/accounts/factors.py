"""Second factors: an authenticator app, passkeys, and codes for whoever lost them.

A person has a second factor from the first app or passkey on, and none when the last is gone. Each
change is recorded and mailed: it may not have been they.
"""

import enum
import hmac
from collections.abc import Sequence
from datetime import datetime

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, func, or_, select, update

from consult.foundation.core.addresses import address_of
from consult.foundation.core.db import db, random_id, rows_changed
from consult.foundation.core.errors import InvalidInput, NotFound
from consult.foundation.core.people import Actor
from consult.foundation.core.readable_codes import new_code
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.text import clean_line
from consult.foundation.notifications.services import notify
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.accounts.authenticator import DIGITS, step_of
from consult.people.accounts.models import (
    Passkey,
    Person,
    RecoveryCode,
    SecondFactor,
    SignInSession,
)
from consult.people.accounts.passkeys import PasskeyAssertion, PasskeyRegistration
from consult.people.accounts.sessions import forget_sessions

HOW_MANY = 10
LONGEST_NAME = 80
MOST_PASSKEYS = 20
_GROUPS, _GROUP = 3, 4


class Change(enum.StrEnum):
    """What changed in how somebody signs in; the mail says it."""

    APP_ON = "app-on"
    APP_OFF = "app-off"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    CODE_USED = "code-used"
    CODES_MADE = "codes-made"
    RESET = "reset"
    LINKED = "linked"
    UNLINKED = "unlinked"


CHANGED = "security-changed"


def tell(person: Person, change: Change, now: datetime, **facts: str | int) -> None:
    """Mail somebody what changed in how they sign in."""
    where = address_of("security.overview", person.language)
    forgot = address_of("security.forgot_password", person.language)
    notify(
        person, CHANGED, now,
        change=change.value, changed_at=now, where=where, forgot=forgot, **facts,
    )  # fmt: skip


def _digest(person: Person, code: str) -> str:
    key = f"recovery:{current_app.config['SECRET_KEY']}".encode()
    return hmac.new(key, f"{person.public_id}:{code}".encode(), "sha256").hexdigest()


def _bare(typed: str) -> str:
    return "".join(sign for sign in typed.upper() if sign.isalnum())[:64]


def codes_left(person: Person) -> int:
    """Count the recovery codes that were not used."""
    mine = select(func.count()).where(RecoveryCode.person_id == person.id)
    return db.session.scalar(mine) or 0


def passkeys_of(person: Person) -> Sequence[Passkey]:
    """Return the passkeys of a person, in the order in which they were added."""
    mine = select(Passkey).where(Passkey.person_id == person.id)
    return db.session.scalars(mine.order_by(Passkey.id)).all()


def _make_codes(person: Person) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [new_code(_GROUPS, _GROUP) for _ in range(HOW_MANY)]
    db.session.add_all(
        RecoveryCode(person_id=person.id, digest=_digest(person, _bare(code))) for code in codes
    )
    return codes


def make_recovery_codes(person: Person, now: datetime) -> list[str]:
    """Make new recovery codes, which are given here and never again; the old ones are dead."""
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    lock_rows(person)
    if person.second_factor_at is None:
        raise InvalidInput(_l("You have no second factor yet."))
    codes = _make_codes(person)
    record(person, "person.recovery_codes_made", person, now)
    tell(person, Change.CODES_MADE, now)
    return codes


def _first_codes(person: Person) -> list[str]:
    """Make recovery codes for whoever has none."""
    return [] if codes_left(person) else _make_codes(person)


def turn_on_authenticator(person: Person, secret: str, code: str, now: datetime) -> list[str]:
    """Take an authenticator app into use once it gave a right code; an earlier one is replaced.

    Gives the recovery codes if they are new. Raises InvalidInput when the code is not right.
    """
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    lock_rows(person)
    step = step_of(secret, _bare(code), None, now)
    if step is None:
        wrong = _l("This code is not right. Type the six digits that the app shows now.")
        raise InvalidInput(_l("Nothing was changed."), errors={"code": wrong})
    person.totp_secret, person.totp_counter = secret, step
    person.second_factor_at = person.second_factor_at or now
    record(person, "person.authenticator_on", person, now)
    tell(person, Change.APP_ON, now)
    return _first_codes(person)


def turn_off_authenticator(person: Person, now: datetime) -> None:
    """Stop asking for the codes of an app."""
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    lock_rows(person)
    if person.totp_secret is None:
        raise InvalidInput(_l("You have no authenticator app here."))
    person.totp_secret = person.totp_counter = None
    _note_what_is_left(person)
    record(person, "person.authenticator_off", person, now)
    tell(person, Change.APP_OFF, now)


def add_passkey(person: Person, made: PasskeyRegistration, name: str, now: datetime) -> list[str]:
    """Add a passkey and return the recovery codes if they are new.

    Raises InvalidInput when it has no name, is known already, or there are very many.
    """
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    lock_rows(person)
    if not (name := clean_line(name)[:LONGEST_NAME]):
        raise InvalidInput(_l("Nothing was changed."), errors={"name": _l("Type a name.")})
    if len(passkeys_of(person)) >= MOST_PASSKEYS:
        raise InvalidInput(_l("You have very many passkeys. Remove one first."))
    added = Passkey(
        person_id=person.id, name=name, credential=made.credential,
        public_key=made.public_key, sign_count=made.sign_count, added_at=now,
    )  # fmt: skip
    known = exists().where(Passkey.credential == made.credential)
    if db.session.scalar(select(known)):
        raise InvalidInput(_l("This passkey was added already."))
    db.session.add(added)
    person.second_factor_at = person.second_factor_at or now
    record(person, "person.passkey_added", person, now)
    tell(person, Change.PASSKEY_ADDED, now, name=name)
    return _first_codes(person)


def remove_passkey(person: Person, passkey_id: int, now: datetime) -> None:
    """Remove a passkey; NotFound if the person has no such one."""
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    lock_rows(person)
    found = db.session.get(Passkey, passkey_id)
    if found is None or found.person_id != person.id:
        raise NotFound(_l("You have no such passkey."))
    name = found.name
    db.session.delete(found)
    db.session.flush()
    _note_what_is_left(person)
    record(person, "person.passkey_removed", person, now)
    tell(person, Change.PASSKEY_REMOVED, now, name=name)


def _note_what_is_left(person: Person) -> None:
    """After the last factor is gone, no session counts as having given one."""
    has_passkey = select(exists().where(Passkey.person_id == person.id))
    if person.totp_secret is not None or db.session.scalar(has_passkey):
        return
    person.second_factor_at = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    mine = update(SignInSession).where(SignInSession.person_id == person.id)
    db.session.execute(mine.values(second=None))
    if person.second_factor_given:
        person.second_factor_given = False
    person.forget_grants()


def is_code_of_app(typed: str) -> bool:
    """Whether what was typed looks like the code of an app, and not like a recovery code."""
    bare = _bare(typed)
    return len(bare) == DIGITS and bare.isascii() and bare.isdecimal()


def use_code(person: Person, typed: str, now: datetime) -> SecondFactor | None:
    """Use a code of the app, or a recovery code; tells which it was, None if it is not right.

    No code works twice, at the same instant neither.
    """
    bare = _bare(typed)
    if is_code_of_app(bare):
        step = step_of(person.totp_secret, bare, person.totp_counter, now)
        if step is None:
            return None
        unused = or_(Person.totp_counter.is_(None), Person.totp_counter < step)
        taken = update(Person).where(Person.id == person.id, unused).values(totp_counter=step)
        return SecondFactor.AUTHENTICATOR if rows_changed(taken) else None
    mine = (RecoveryCode.person_id == person.id, RecoveryCode.digest == _digest(person, bare))
    if not rows_changed(delete(RecoveryCode).where(*mine)):
        return None
    record(person, "person.recovery_code_used", person, now)
    tell(person, Change.CODE_USED, now, left=codes_left(person))
    return SecondFactor.RECOVERY


def passkey_named(credential: str) -> tuple[Passkey, Person] | None:
    """Find a passkey of somebody who may sign in, with its person."""
    found = select(Passkey, Person).join(Person, Person.id == Passkey.person_id)
    found = found.where(Passkey.credential == credential, Person.active)
    first = db.session.execute(found).first()
    return (first[0], first[1]) if first else None


def note_passkey_used(passkey: Passkey, used: PasskeyAssertion, now: datetime) -> None:
    """Keep how often a passkey was used: a copy of it would lag behind."""
    passkey.sign_count, passkey.used_at = used.sign_count, now


def reset_second_factor(actor: Actor, person: Person, now: datetime) -> None:
    """Take all second factors of somebody who lost them away; signs them out everywhere.

    An operator does this, after having made sure who asks.
    """
    ensure(actor, Action.PLATFORM_ADMINISTER, None, now)
    lock_rows(person)
    if person.second_factor_at is None:
        raise InvalidInput(_l("This person has no second factor."))
    person.totp_secret = person.totp_counter = person.second_factor_at = None
    for model in (RecoveryCode, Passkey):
        db.session.execute(delete(model).where(model.person_id == person.id))
    forget_sessions(person)
    person.fs_uniquifier = random_id()
    person.forget_grants()
    record(actor, "person.second_factor_reset", person, now)
    tell(person, Change.RESET, now)
