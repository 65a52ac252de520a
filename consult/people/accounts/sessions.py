"""Sessions: each is a row with a key of its own, and dead on the server when the row is gone.

The cookie is signed and holds no more than the person's uniquifier and that key. A new uniquifier
(password changed, account closed, role given) ends all sessions of a person.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import Response, g, request, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.devices import device_of
from consult.people.accounts.known_devices import client_for, owner_of, remember
from consult.people.accounts.lockout import forgive
from consult.people.accounts.models import Person, SecondFactor, SignInMethod, SignInSession

LONGEST = timedelta(days=14)
SEEN_EVERY = timedelta(hours=1)
LONGEST_IN_ALL = timedelta(days=90)
"""However often it is used: then one signs in anew."""
FRESH = timedelta(minutes=15)
CHANGED = "change"
_KEY = "key"
_WAITING = ("new_secret", "codes", "half")
"""What the pages of second factors keep in a browser for a while: a new seed, codes to show."""


@dataclass(frozen=True)
class CurrentSession:
    """What we know of the session of the present request."""

    id: int
    seen_at: datetime
    proved_at: datetime
    how: SignInMethod
    second: SecondFactor | None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


BoundMoment = datetime | BindParameter[datetime]


def _limits(at: datetime) -> tuple[datetime, datetime]:
    """Return since when a session must have been seen, and since when it must have begun."""
    return at - LONGEST, at - LONGEST_IN_ALL


def _lasts(seen_since: BoundMoment, began_since: BoundMoment) -> ColumnElement[bool]:
    return and_(SignInSession.seen_at > seen_since, SignInSession.began_at > began_since)


# Asked in every request of somebody who is signed in: building it takes longer than running it.
_SESSION = (
    select(
        Person,
        SignInSession.id,
        SignInSession.seen_at,
        SignInSession.proved_at,
        SignInSession.how,
        SignInSession.second,
    )
    .join(SignInSession, SignInSession.person_id == Person.id)
    .where(
        Person.fs_uniquifier == bindparam("uniquifier"),
        Person.active,
        SignInSession.key == bindparam("digest"),
        _lasts(bindparam("seen_since"), bindparam("began_since")),
    )
    .options(joinedload(Person.roles))
)


def here() -> CurrentSession | None:
    """Return the session of the present request, once its person was loaded."""
    found: CurrentSession | None = g.get("sign_in_session")
    return found


def open_session(
    person: Person,
    how: SignInMethod,
    second: SecondFactor | None,
    agent: str,
    at: datetime,
    proved_at: datetime | None = None,
) -> tuple[SignInSession, str]:
    """Make the row of a session and return it with the key for the cookie."""
    key = secrets.token_urlsafe(24)
    browser, system = device_of(agent)
    row = SignInSession(
        key=_digest(key), person_id=person.id, began_at=at, seen_at=at,
        proved_at=proved_at or at, how=how, second=second, browser=browser, system=system,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row, key


def begin(_app: object, user: Person, authn_via: list[str] | None = None, **_more: object) -> None:
    """Start the session: a row of its own, and a CSRF token that nobody saw before."""
    via, at = authn_via or [], now()
    if CHANGED in via:
        # The password changed, in a transaction of the library: this session goes on, no other.
        # It proves no more than before: a password is not the second factor.
        before = here()
        how, second = (before.how, before.second) if before else (SignInMethod.PASSWORD, None)
        proved_at = before.proved_at if before else at
        forget_sessions(user)
        row, key = open_session(user, how, second, request.user_agent.string, at, proved_at)
    else:
        # What waited in this browser was somebody else's, or is over.
        for name in _WAITING:
            session.pop(name, None)
        second = SecondFactor(via[1]) if len(via) > 1 else None
        with unit_of_work():
            db.session.execute(delete(SignInSession).where(~_lasts(*_limits(at))))
            _drop(session.get(_KEY, ""))
            owner = owner_of(user)
            forgive(owner, client_for(owner), at)
            row, key = open_session(
                user, SignInMethod(via[0]), second, request.user_agent.string, at
            )
        remember(owner)
    _know(user, CurrentSession(row.id, at, row.proved_at, row.how, second), key)
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    generate_csrf()


def _know(person: Person, found: CurrentSession, key: str) -> None:
    session[_KEY] = key
    g.sign_in_session = found
    person.second_factor_given = found.second is not None
    person.forget_grants()


def _drop(key: str) -> None:
    db.session.execute(delete(SignInSession).where(SignInSession.key == _digest(key)))


def end() -> None:
    """End the present session for good: its cookie is worth nothing from here on."""
    key = session.get(_KEY)
    session.clear()
    if key:
        with unit_of_work():
            _drop(key)


def prove(person: Person, second: SecondFactor | None, at: datetime) -> None:
    """Note that a secret was given in the present session; with a second factor it goes on anew.

    Part of the transaction of what proved it.
    """
    found = here()
    if found is None:
        return
    key = secrets.token_urlsafe(24)
    found = replace(found, proved_at=at, second=second or found.second)
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.id == found.id)
        .values(proved_at=at, second=found.second, key=_digest(key))
    )
    _know(person, found, key)


def is_fresh(person: Person, at: datetime) -> bool:
    """Whether a secret was given a short while ago in the present session of a person.

    For whoever has a second factor, it must be one in which that was given.
    """
    found = here()
    if found is None or (person.second_factor_at is not None and found.second is None):
        return False
    return at - found.proved_at < FRESH


def forget_sessions(person: Person, but: int | None = None) -> None:
    """End the sessions of a person, in the transaction of the change; `but` is one that stays."""
    mine = delete(SignInSession).where(SignInSession.person_id == person.id)
    db.session.execute(mine if but is None else mine.where(SignInSession.id != but))


def sessions_of(person_id: int, at: datetime) -> Sequence[SignInSession]:
    """Return the sessions of a person that are alive, the one that was seen last first."""
    found = select(SignInSession).where(SignInSession.person_id == person_id, _lasts(*_limits(at)))
    order = (SignInSession.seen_at.desc(), SignInSession.id.desc())
    return db.session.scalars(found.order_by(*order)).all()


def load_person(uniquifier: str) -> Person | None:
    """Return whom a session belongs to, in one statement; None when it has ended."""
    seen_since, began_since = _limits(now())
    asked = {
        "uniquifier": uniquifier,
        "digest": _digest(session.get(_KEY, "")),
        "seen_since": seen_since,
        "began_since": began_since,
    }
    first = db.session.execute(_SESSION, asked).unique().first()
    if first is None:
        return None
    person: Person = first[0]
    g.sign_in_session = CurrentSession(*first[1:])
    person.second_factor_given = first.second is not None
    person.forget_grants()
    # The library asks these two before it lets anyone change a password.
    g.fs_authn_via, g.fs_paa = "session", session.get("fs_paa", 0)
    return person


def note_seen(response: Response) -> Response:
    """Write when a session was seen last, at most once an hour."""
    found, at = here(), now()
    if found is None or at - found.seen_at < SEEN_EVERY:
        return response
    try:
        db.session.rollback()  # the answer is made: what was not committed is not to be
        with unit_of_work():
            mine = update(SignInSession).where(SignInSession.id == found.id)
            db.session.execute(mine.values(seen_at=at))
    except OperationalError:
        return response  # the database is busy: the next request writes it
    return response
