"""Recovery codes between being made and being kept: readable to their owner, once, in no store.

They travel in the session of that browser, encrypted, for ten minutes.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app, session

from consult.people.accounts.one_time_tokens import WAIT

_NAME = "codes"


def _box() -> Fernet:
    key = hashlib.sha256(f"shown:{current_app.config['SECRET_KEY']}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def keep_to_show(codes: Sequence[str], now: datetime) -> None:
    """Keep codes until their owner says that they have them."""
    said = json.dumps(list(codes)).encode()
    session[_NAME] = _box().encrypt_at_time(said, int(now.timestamp())).decode()


def codes_to_show(now: datetime) -> list[str]:
    """Return the codes that are to be shown; none if there are none, or it took too long."""
    kept = session.get(_NAME)
    if not kept:
        return []
    try:
        at, most = int(now.timestamp()), int(WAIT.total_seconds())
        return list(json.loads(_box().decrypt_at_time(kept.encode(), most, at)))
    except InvalidToken:
        forget_shown()
        return []


def forget_shown() -> None:
    """Forget the codes: their owner has them."""
    session.pop(_NAME, None)
