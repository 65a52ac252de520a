"""Passwords: what one needs, and its hash. Hash before the work begins: it takes a while."""

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from flask_security import hash_password

from consult.core.errors import InvalidInput

LONGEST = 512


def _rules() -> Any:
    return current_app.extensions["security"].password_util


def password_faults(password: str) -> list[str]:
    """Say what is wrong with a new password; nothing if it will do."""
    if len(password) > LONGEST:
        return [str(_l("A password has at most 512 characters."))]
    faults, _ = _rules().validate(password, True)
    return [str(fault) for fault in faults or []]


def hashed(password: str) -> str:
    """Give the hash of a new password (argon2); InvalidInput says what is wrong with it.

    Done before the unit of work begins, so that nobody waits for the lock meanwhile.
    """
    if faults := password_faults(password):
        raise InvalidInput(" ".join(faults))
    return str(hash_password(_rules().normalize(password)))
