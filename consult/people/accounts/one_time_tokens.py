"""What is asked once: a question that a browser or a provider answers, and no answer twice."""

import hashlib
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from consult.foundation.core.db import db
from consult.people.accounts.models import SpentToken

WAIT = timedelta(minutes=10)
_KEPT = timedelta(hours=2)


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"once:{purpose}")


def ask(purpose: str, said: str, now: datetime) -> str:
    """Sign something that comes back with a form, for one purpose and ten minutes."""
    return str(_signer(purpose).dumps([said, now.timestamp()]))


def answered(purpose: str, token: str | None, now: datetime) -> str | None:
    """Return what was signed; None if it was not by us, not for this, too long ago, or not sent."""
    try:
        said, at = _signer(purpose).loads(token or "")
    except (BadSignature, ValueError):
        return None
    return str(said) if now.timestamp() - float(at) < WAIT.total_seconds() else None


def spend(token: str, now: datetime) -> bool:
    """Use a token up, in the present transaction; False if it was used before."""
    db.session.execute(delete(SpentToken).where(SpentToken.spent_at < now - _KEPT))
    try:
        with db.session.begin_nested():
            digest = hashlib.sha256(token.encode()).hexdigest()
            db.session.add(SpentToken(digest=digest, spent_at=now))
    except IntegrityError:
        return False
    return True
