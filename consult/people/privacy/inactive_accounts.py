"""Accounts that nobody uses: noted at sign-in, warned a month before, then closed.

When somebody last signed in stands in a row of its own; without one, the day on which the account
was made counts.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, exists, func, or_, select

from consult.foundation.core.addresses import address_of
from consult.foundation.core.clock import now as present_moment
from consult.foundation.core.db import db
from consult.foundation.core.errors import Sentence
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.templating import moment
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.services import notify
from consult.foundation.personal_data.closing import obstacles
from consult.foundation.personal_data.retention import Ids, Rule
from consult.people.accounts.models import LinkedIdentity, Person
from consult.people.privacy.closing import close_account
from consult.people.privacy.models import AccountUse, ClosedBy

UNUSED = "account-unused"
YEARS = timedelta(days=3 * 365)
WARNING = timedelta(days=30)
UNCONFIRMED = timedelta(days=30)


def note_use(person_id: int, now: datetime) -> None:
    """Note that somebody signed in: a warning that their account will close is off."""
    use = db.session.get(AccountUse, person_id)
    if use is None:
        db.session.add(AccountUse(person_id=person_id, last_at=now))
    else:
        use.last_at, use.warned_at = now, None


def at_sign_in(_app: Flask, user: Person, **_more: object) -> None:
    """Note that somebody signs in."""
    with unit_of_work():
        lock_rows(user)  # who signs in on two devices at once is noted by one after the other
        note_use(user.id, present_moment())


def last_use(person_id: int) -> tuple[Sentence, Sentence]:
    """Return when somebody last signed in, for an administrator."""
    use = db.session.get(AccountUse, person_id)
    return _l("Last signed in"), moment(use.last_at) if use else _l("not known")


def _last_used() -> ColumnElement[datetime]:
    return func.coalesce(AccountUse.last_at, Person.create_datetime, Person.confirmed_at)


def _unused(cut_off: datetime) -> Ids:
    """Return the accounts by which somebody can sign in: with an address, or through a provider."""
    linked = exists().where(LinkedIdentity.person_id == Person.id)
    return (
        select(Person.id)
        .outerjoin(AccountUse, AccountUse.person_id == Person.id)
        .where(or_(Person.email.is_not(None), linked), _last_used() <= cut_off)
    )


def _to_warn(cut_off: datetime) -> Ids:
    return _unused(cut_off).where(AccountUse.warned_at.is_(None), Person.confirmed_at.is_not(None))


def _to_close(cut_off: datetime) -> Ids:
    """Whoever was not warned a month before is left alone until they were."""
    return _unused(cut_off).where(AccountUse.warned_at <= cut_off + YEARS - WARNING)


def _warn(ids: Sequence[int], now: datetime) -> int:
    for person in db.session.scalars(select(Person).where(Person.id.in_(ids))).all():
        use = db.session.get(AccountUse, person.id)
        if use is None:
            since = person.create_datetime or person.confirmed_at or now
            use = AccountUse(person_id=person.id, last_at=since)
            db.session.add(use)
        use.warned_at = now
        login = address_of("security.login", person.language)
        notify(person, UNUSED, now, closes=now + WARNING, link=login)
    return len(ids)


def _close(ids: Sequence[int], now: datetime) -> int:
    """Close these accounts; one that a plan or the platform cannot do without stays."""
    closed = 0
    for person in db.session.scalars(select(Person).where(Person.id.in_(ids))).all():
        if not obstacles(person.id):
            close_account(SYSTEM, person, now, ClosedBy.RETENTION)
            closed += 1
    return closed


def _unconfirmed(cut_off: datetime) -> Ids:
    return select(Person.id).where(
        Person.email.is_not(None), Person.confirmed_at.is_(None), Person.create_datetime <= cut_off
    )


RULES = (
    Rule(
        "unconfirmed_accounts", _l("Accounts whose address was never confirmed"),
        _l("it was made"), UNCONFIRMED, _l("closed"), _l("Nobody can use such an account."),
        _unconfirmed, _close,
    ),
    Rule(
        "unused_accounts_warned", _l("Accounts without sign-in: a mail first"),
        _l("the last sign-in"), YEARS - WARNING, _l("a mail that it will be closed in 30 days"),
        _l("So that nobody loses an account unseen."), _to_warn, _warn,
        _l("30 days before it is closed"),
    ),
    Rule(
        "unused_accounts", _l("Accounts without sign-in"), _l("the last sign-in"), YEARS,
        _l("closed: name and address go"),
        _l("We keep personal data no longer than needed (GDPR article 5)."), _to_close, _close,
    ),
)  # fmt: skip
