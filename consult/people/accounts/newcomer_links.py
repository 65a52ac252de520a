"""The link in a mail to an address that has no account: it shows whose address it is, once.

The address stands in it encrypted, so that nothing is kept of whoever never opens it, and no log
of a server shows whose it was.
"""

import base64
import hashlib
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

LASTS = timedelta(minutes=15)
"""As long as the code to sign in: whoever asks is told the same for every address."""


def _cipher() -> Fernet:
    key = hashlib.sha256(f"newcomer:{current_app.config['SECRET_KEY']}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def newcomer_token(address: str, now: datetime) -> str:
    """Return the token with which the owner of an address makes an account."""
    return _cipher().encrypt_at_time(address.encode(), int(now.timestamp())).decode()


def newcomer_address(token: str, now: datetime) -> str | None:
    """Return the address that a token shows to be somebody's; None for one that is not ours."""
    try:
        at = int(now.timestamp())
        return _cipher().decrypt_at_time(token, int(LASTS.total_seconds()), at).decode()
    except (InvalidToken, ValueError):
        return None
