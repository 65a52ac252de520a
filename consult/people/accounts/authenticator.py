"""The codes of an authenticator app (TOTP, RFC 6238): six digits, half a minute each."""

from datetime import datetime

from flask import Flask, current_app
from flask_security import Totp

from consult.foundation.core.lazy_pages import add_pages
from consult.people.accounts.models import Person

DIGITS = 6
# One step back and one ahead, for a phone whose clock is a little off (RFC 6238, 5.2).
WINDOW = 30


def init_authenticator(app: Flask) -> None:
    """Make the codes of the application, encrypted with a key of their own."""
    secrets = app.config["SECURITY_TOTP_SECRETS"]
    app.extensions["consult.authenticator"] = Totp(secrets, app.config["SECURITY_TOTP_ISSUER"])


def _codes() -> Totp:
    add_pages(current_app)
    found: Totp = current_app.extensions["consult.authenticator"]
    return found


def new_secret() -> str:
    """Make the seed of an app, encrypted."""
    return str(_codes().generate_totp_secret())


def key_of(secret: str) -> str:
    """Return the seed as people type it over."""
    return str(_codes().get_totp_pretty_key(secret)).replace("-", " ")


def address_of_seed(secret: str, person: Person) -> str:
    """Return the seed as an app reads it (an otpauth address), with whose it is."""
    return str(_codes().get_totp_uri(person.email or person.display_name, secret))


def step_of(secret: str | None, code: str, used: int | None, now: datetime) -> int | None:
    """Return the half minute that a code is right for; None if it is not right, or used already."""
    try:
        kind = _codes()._totp  # noqa: SLF001  (the library hands the time of a check to nobody)
        match = kind.from_source(secret).match(
            code, time=int(now.timestamp()), window=WINDOW, last_counter=used
        )
    except (ValueError, TypeError):
        # No seed, one of another key, or no such code; passlib's own errors are ValueErrors.
        return None
    return int(match.counter)
