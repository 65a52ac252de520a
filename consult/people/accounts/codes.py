"""Codes that are mailed: eight digits from a seed of the person's own, each good for one use."""

from flask import current_app
from flask_security import Totp
from itsdangerous import BadSignature, Signer, TimestampSigner
from sqlalchemy import update

from consult.foundation.core.clock import now
from consult.foundation.core.db import rows_changed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person
from consult.people.accounts.sign_in_library import sign_in_library

DIGITS = 8
METHOD = "email"


class MailedCodes(Totp):
    """The library's codes by the application's clock, and long enough not to be guessed.

    A code works for a quarter of an hour, so some sixty work at a time: of six digits one in
    16,000 guesses would be right, of eight one in 1.6 million, and a hundred are let through.
    """

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        self._totp = vars(self)["_totp"].using(digits=DIGITS)
        self._totp.now = staticmethod(lambda: now().timestamp())


class ClockSigner(TimestampSigner):
    """Signs the links in mails with the time of the application's clock."""

    def get_timestamp(self) -> int:
        """Return the present moment."""
        return int(now().timestamp())


def new_code(person: Person) -> str:
    """Make a code for a person; the seed is made where there is none."""
    store = sign_in_library().datastore
    if METHOD not in store.us_get_totp_secrets(person):
        store.us_setup_email(person)
    seed = store.us_get_totp_secrets(person)[METHOD]
    return str(sign_in_library().totp_factory.generate_totp_password(seed))


def _links(person: Person) -> Signer:
    return Signer(current_app.config["SECRET_KEY"], salt=f"code-of:{person.public_id}")


def linked_code(person: Person, code: str) -> str:
    """Return a code as the link in the mail brings it: with our signature."""
    return _links(person).sign(code).decode()


def read_linked_code(person: Person | None, brought: str | None) -> str | None:
    """Return the code that a link brought; None when it was typed, or not signed by us."""
    if person is None:
        return None
    try:
        return _links(person).unsign(brought or "").decode()
    except BadSignature:
        return None


def use_up(person: Person) -> bool:
    """Take the seed away after its code was right; False if somebody was there first."""
    with unit_of_work():
        taken = rows_changed(
            update(Person)
            .where(Person.id == person.id, Person.us_totp_secrets == person.us_totp_secrets)
            .values(us_totp_secrets=None)
        )
    return bool(taken)


def pretend_to_check() -> None:
    """Take as long as checking a code takes, where there is none to check."""
    factory = sign_in_library().totp_factory
    seed = current_app.extensions.setdefault("consult.decoy", factory.generate_totp_secret())
    factory.verify_totp("0" * DIGITS, seed, None, window=900)
