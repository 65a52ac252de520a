"""Slowing down who guesses, without locking out whose account it is (docs/decisions/0022).

Wrong tries at a secret are counted where they come from: the device, where its owner signed in with
it before, and else the place on the network. Five within fifteen minutes lock that device or place
for that account, for fifteen minutes from the last of them (OWASP ASVS 5.0, 6.3.1); nobody else
notices. A place that fails a hundred times in that time, at whatever accounts, is locked too, but
for devices that are known. After a hundred wrong tries in a row from anywhere (NIST SP 800-63B-4,
3.2.2) only known devices may try, until the owner was there: by such a device, by the link in a
mail, with a passkey or through a provider, which no number of wrong tries closes.

It is counted in the database, so every process counts the same. A try is noted before it is made
and struck out when it succeeds: of tries made at the same instant no more get through than one
after another. Neither the account nor the place is stored as it is.
"""

import enum
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, or_, select

from consult.foundation.core.db import db
from consult.foundation.core.networks import network_of
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import SignInFailure

WINDOW = timedelta(minutes=15)
MOST_FROM_ONE = 5
MOST_FROM_PLACE = 100
MOST_IN_A_ROW = 100
DEVICE = "device:"


class SecretKind(enum.StrEnum):
    """A secret that can be guessed at, or typed wrongly."""

    PASSWORD = "password"  # noqa: S105
    MAILED_CODE = "code"
    APP_CODE = "app"
    RECOVERY_CODE = "recovery"


GUESSABLE = frozenset({SecretKind.PASSWORD, SecretKind.MAILED_CODE, SecretKind.APP_CODE})
"""What is short enough that wrong tries from everywhere together must have an end."""


@dataclass(frozen=True)
class Secret:
    """A secret of an account: `owner` is its e-mail address as it was typed, or its public id."""

    kind: SecretKind
    owner: str

    @property
    def hidden(self) -> str:
        """The account as it is stored."""
        return hidden(f"{self.kind}:{self.owner}")


@dataclass(frozen=True)
class Client:
    """Who tries: the network address, and the device where it is known to the account."""

    address: str
    device: str = ""

    @property
    def hidden(self) -> str:
        """The device or the place as it is stored."""
        if self.device:
            return f"{DEVICE}{hidden(self.device)[: -len(DEVICE)]}"
        return hidden(network_of(self.address))


def hidden(value: str) -> str:
    """Return what is stored instead of a value that must not be read."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, value.strip().lower().encode(), "sha256").hexdigest()


def locks(failures: Sequence[datetime], most: int, now: datetime) -> bool:
    """Whether these failures (oldest first) lock at this moment."""
    return any(
        last - failures[place] < WINDOW and now - last < WINDOW
        for place, last in enumerate(failures[most - 1 :])
    )


def _lock(most: int, now: datetime, *which: ColumnElement[bool]) -> bool:
    recent = SignInFailure.at > now - 2 * WINDOW
    moments = select(SignInFailure.at).where(recent, *which).order_by(SignInFailure.at)
    return locks(db.session.scalars(moments).all(), most, now)


def _is_spent(*which: ColumnElement[bool]) -> bool:
    count = db.session.scalar(select(func.count(SignInFailure.id)).where(*which)) or 0
    return count >= MOST_IN_A_ROW


def _is_locked(secret: Secret, client: Client, now: datetime, but: int) -> bool:
    """Whether a try is refused; `but` is the number of the try itself."""
    others = SignInFailure.id != but
    account = SignInFailure.account == secret.hidden
    here = SignInFailure.source == client.hidden
    if _lock(MOST_FROM_ONE, now, others, account, here):
        return True
    if client.device:
        return _is_spent(others, account, here)
    if _lock(MOST_FROM_PLACE, now, others, here):
        return True
    return secret.kind in GUESSABLE and _is_spent(others, account)


def begin_attempt(secret: Secret, client: Client, now: datetime) -> int | None:
    """Note a try at a secret before it is made; return its number, or None while it is locked."""
    with unit_of_work():
        attempt = SignInFailure(account=secret.hidden, source=client.hidden, at=now)
        db.session.add(attempt)
        db.session.flush()
        number = attempt.id
    # Counted after the commit, so that tries at the same instant see each other.
    if _is_locked(secret, client, now, number):
        strike_out(number)
        return None
    return number


def strike_out(attempt: int) -> None:
    """Take one try back: it was refused before it was made, or it was none."""
    with unit_of_work():
        db.session.execute(delete(SignInFailure).where(SignInFailure.id == attempt))


def forgive(owner: str, client: Client, now: datetime, *kinds: SecretKind) -> None:
    """Begin to count anew at an account (all kinds, or some), in the present transaction.

    Its owner was there. Who else tried a short while ago stays locked for as long as it lasts.
    """
    accounts = [Secret(kind, owner).hidden for kind in kinds or SecretKind]
    sources = [client.hidden, Client(client.address).hidden]
    db.session.execute(
        delete(SignInFailure).where(
            SignInFailure.account.in_(accounts),
            or_(SignInFailure.source.in_(sources), SignInFailure.at <= now - 2 * WINDOW),
        )
    )
