"""Locking out who guesses: counted in the database, so every process counts the same.

Five failures for an account, or twenty from one address, within fifteen minutes lock it until
fifteen minutes after the failures. Neither address nor account is stored as it is.
"""

import hmac
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, func, select

from consult.accounts.models import SignInFailure
from consult.core.db import db
from consult.core.unit_of_work import unit_of_work

WINDOW = timedelta(minutes=15)
MOST_FOR_ACCOUNT = 5
MOST_FROM_SOURCE = 20


def _hidden(value: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, value.strip().lower().encode(), "sha256").hexdigest()


def is_locked(account: str, source: str, now: datetime) -> bool:
    """Tell whether signing in to an account, or from an address, is locked at this moment."""
    since = SignInFailure.at > now - WINDOW
    row = db.session.execute(
        select(
            func.count().filter(SignInFailure.account == _hidden(account)),
            func.count().filter(SignInFailure.source == _hidden(source)),
        ).where(since)
    ).one()
    return bool(row[0] >= MOST_FOR_ACCOUNT or row[1] >= MOST_FROM_SOURCE)


def note_failure(account: str, source: str, now: datetime) -> None:
    """Count a failure; old ones are forgotten."""
    with unit_of_work():
        db.session.execute(delete(SignInFailure).where(SignInFailure.at <= now - WINDOW))
        db.session.add(SignInFailure(account=_hidden(account), source=_hidden(source), at=now))


def forgive(account: str) -> None:
    """Forget the failures of an account: its owner signed in."""
    with unit_of_work():
        db.session.execute(delete(SignInFailure).where(SignInFailure.account == _hidden(account)))
