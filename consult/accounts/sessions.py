"""Sessions: begun at sign-in with a key of their own, and dead on the server after sign-out.

The cookie is signed and holds no more than the person's uniquifier and that key. A new uniquifier
(password changed, account closed, role given) ends all sessions of a person; signing out ends one.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import g, request, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import joinedload

from consult.accounts.models import EndedSession, Person
from consult.core.db import db
from consult.core.unit_of_work import unit_of_work

LONGEST = timedelta(days=14)
_KEY = "key"
_FLASHES = "_flashes"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def begin(_app: Any, authn_via: list[str] | None = None, **_more: Any) -> None:
    """Give the session that begins a key, and a CSRF token that nobody saw before."""
    session[_KEY] = secrets.token_urlsafe(24)
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    generate_csrf()
    if "change" not in (authn_via or []):
        session.permanent = bool(request.form.get("keep"))


def end(now: datetime) -> None:
    """End the present session for good: its cookie is worth nothing from here on."""
    key = session.get(_KEY)
    session.clear()
    if key:
        with unit_of_work():
            db.session.execute(delete(EndedSession).where(EndedSession.ended_at < now - LONGEST))
            db.session.add(EndedSession(key=_digest(key), ended_at=now))


def load_person(uniquifier: str) -> Person | None:
    """Give whom a session belongs to, in one statement; None when it has ended."""
    ended = exists().where(EndedSession.key == _digest(session.get(_KEY, "")))
    person = db.session.scalar(
        select(Person)
        .where(Person.fs_uniquifier == uniquifier, Person.active, ~ended)
        .options(joinedload(Person.roles))
    )
    if person is not None:
        # The library asks these two before it lets anyone change a password.
        g.fs_authn_via, g.fs_paa = "session", session.get("fs_paa", 0)
    return person
