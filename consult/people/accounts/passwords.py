"""Passwords: what one needs, and its hash. Hash before the work begins: it takes a while."""

from flask_babel import lazy_gettext as _l
from flask_security import PasswordUtil, hash_password

from consult.foundation.core.errors import InvalidInput, Sentence
from consult.people.accounts.sign_in_library import sign_in_library

SHORTEST, LONGEST = 12, 512
TOO_SHORT = _l("A password needs at least 12 characters. A sentence is fine.")
TOO_LONG = _l("A password has at most 512 characters.")


def password_fault(password: str) -> Sentence | None:
    """Say what is wrong with a new password; nothing if it will do.

    Its length is all that counts (NIST SP 800-63B, 3.1.1.2): no rules about signs.
    """
    if len(password) > LONGEST:
        return TOO_LONG
    return TOO_SHORT if len(password.strip()) < SHORTEST else None


class BoundedPasswordUtil(PasswordUtil):
    """Brings passwords into one form of Unicode; one that is too long can never be right."""

    def normalize(self, password: str) -> str:
        """Return a password in one form; the time of it grows with the square of the length."""
        return password if len(password) > LONGEST else str(super().normalize(password))


def hashed(password: str) -> str:
    """Return the hash of a new password (argon2); InvalidInput says what is wrong with it.

    Done before the unit of work begins, so that nobody waits for the lock meanwhile.
    """
    if fault := password_fault(password):
        raise InvalidInput(fault)
    return str(hash_password(sign_in_library().password_util.normalize(password)))
