"""Devices on which somebody signed in before: a stranger's wrong tries do not count against them.

The device has a cookie, signed by us, with a random number and marks of the last few accounts that
signed in with it. It opens nothing; it only gives its tries a count of their own (OWASP, "Slow Down
Online Guessing Attacks with Device Cookies"). It stays after signing out: that is what it is for.
"""

import secrets

from flask import Response, after_this_request, current_app, g, request
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from consult.people.accounts.codes import ClockSigner
from consult.people.accounts.lockout import Client, hidden
from consult.people.accounts.models import Person

LASTS_DAYS = 180
MOST_ACCOUNTS = 5
_MARK = 24


def _signer() -> URLSafeTimedSerializer:
    key = current_app.config["SECRET_KEY"]
    return URLSafeTimedSerializer(key, salt="known-device", signer=ClockSigner)


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _mark(owner: str) -> str:
    return hidden(f"device-of:{owner}")[:_MARK]


def _read() -> tuple[str, list[str]]:
    """Read the cookie: the number of the device, and the marks of the accounts it is known to."""
    try:
        said = request.cookies.get(_name(), "")
        number, marks = _signer().loads(said, max_age=LASTS_DAYS * 24 * 60 * 60)
    except (BadSignature, ValueError, TypeError):
        return "", []
    return str(number), [str(mark) for mark in marks]


def owner_of(person: Person) -> str:
    """Return by what a person's secrets are counted: the e-mail address, or else the public id."""
    return person.email or person.public_id


def client_for(owner: str) -> Client:
    """Return who makes the present request, as an account knows them."""
    address = request.remote_addr or ""
    number, marks = _read()
    if number and _mark(owner) in marks:
        return Client(address, number)
    session = g.get("sign_in_session")
    if session and current_user.is_authenticated and owner_of(current_user) == owner:
        # Signed in already: nobody else's tries count here.
        return Client(address, f"session:{session.id}")
    return Client(address)


def remember(owner: str) -> None:
    """Let the device of the present request be known to an account from here on."""
    number, marks = _read()
    mark = _mark(owner)
    kept = [mark, *(one for one in marks if one != mark)][:MOST_ACCOUNTS]
    value = str(_signer().dumps([number or secrets.token_urlsafe(16), kept]))

    @after_this_request
    def _give(response: Response) -> Response:
        response.set_cookie(
            _name(), value, max_age=LASTS_DAYS * 24 * 60 * 60,
            secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax",
        )  # fmt: skip
        return response
