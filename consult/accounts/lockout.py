"""Locking out who guesses: counted in the database, so every process counts the same.

Five failures for an account, or twenty from one place, within fifteen minutes lock it for fifteen
minutes from the last of them (OWASP ASVS 5.0, 6.3.1). A try is noted before it is made and struck
out when it succeeds: of tries made at the same instant no more get through than one after another.
Neither the account nor the place is stored as it is.
"""

import hmac
import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute

from consult.accounts.models import SignInFailure
from consult.core.db import db
from consult.core.unit_of_work import unit_of_work

WINDOW = timedelta(minutes=15)
MOST_FOR_ACCOUNT = 5
MOST_FROM_SOURCE = 20


def _hidden(value: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, value.strip().lower().encode(), "sha256").hexdigest()


def place_of(address: str) -> str:
    """Give what counts as one place: an address, or the network that one IPv6 line has (/64)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address


def locks(failures: Sequence[datetime], most: int, now: datetime) -> bool:
    """Tell whether these failures (oldest first) lock at this moment."""
    return any(
        last - failures[place] < WINDOW and now - last < WINDOW
        for place, last in enumerate(failures[most - 1 :])
    )


def _failures(column: InstrumentedAttribute[str], value: str, but: int) -> Sequence[datetime]:
    return db.session.scalars(
        select(SignInFailure.at)
        .where(column == value, SignInFailure.id != but)
        .order_by(SignInFailure.at)
    ).all()


def begin_attempt(account: str, address: str, now: datetime) -> int | None:
    """Note a try at a secret before it is made; gives its number, or None while it is locked.

    `account` names the secret that is tried, `address` is where the try comes from.
    """
    hidden, source = _hidden(account), _hidden(place_of(address))
    with unit_of_work():
        db.session.execute(delete(SignInFailure).where(SignInFailure.at <= now - 2 * WINDOW))
        attempt = SignInFailure(account=hidden, source=source, at=now)
        db.session.add(attempt)
        db.session.flush()
        number = attempt.id
    # Counted after the commit, so that tries at the same instant see each other.
    if locks(_failures(SignInFailure.account, hidden, number), MOST_FOR_ACCOUNT, now) or locks(
        _failures(SignInFailure.source, source, number), MOST_FROM_SOURCE, now
    ):
        strike_out(number)
        return None
    return number


def strike_out(attempt: int) -> None:
    """Take one try back: it was refused before it was made, or it was none."""
    with unit_of_work():
        db.session.execute(delete(SignInFailure).where(SignInFailure.id == attempt))


def forgive(*accounts: str) -> None:
    """Forget the failures of an account: its owner was there."""
    hidden = [_hidden(account) for account in accounts]
    with unit_of_work():
        db.session.execute(delete(SignInFailure).where(SignInFailure.account.in_(hidden)))
