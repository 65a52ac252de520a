"""The cast. Ana organises, Mo moderates, Pia takes part, Sam must never see anything."""

from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy import bindparam, select, update

from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person, SecondFactor, SignInMethod, SignInSession
from consult.people.accounts.sessions import open_session

PASSWORD = "een-lang-wachtwoord"
BY_ADDRESS = select(Person).where(Person.email == bindparam("address"))

CAST = {
    "ana": "Ana de Boer",  # organiser
    "mo": "Mo Yilmaz",  # moderator
    "pia": "Pia Jansen",  # member of the forum, speaks for Stichting Helder Bestuur
    "kees": "Kees Visser",  # speaks for Stichting Helder Bestuur too, member of no body himself
    "coen": "Coen Mulder",  # contact of Stichting Helder Bestuur
    "lotte": "Lotte Smit",  # member of the forum, speaks for nobody
    "faas": "Faas Dekker",  # was a member of the forum and spoke for Helder Bestuur, until March
    "sacha": "Sacha Vos",  # member of the forum, whose account is suspended
    "inge": "Inge Prins",  # has an account and an open invitation to the forum, not answered
    "evert": "Evert Blom",  # his term in the forum ended by its date; a new invitation expired
    "sam": "Sam Peeters",  # an account without any role
    "bo": "Bo Willems",  # approver
    "hanna": "Hanna Kok",  # holder
    "adi": "Adi Mohan",  # administrator of the platform
}


def person(name: str) -> Person:
    """Find somebody of the cast."""
    found: Person | None = db.session.scalar(BY_ADDRESS, {"address": f"{name}@consult.example"})
    assert found is not None
    return found


def sign_in(client: FlaskClient, name: str, second: SecondFactor | None = None) -> None:
    """Sign somebody in, without the sign-in page (which has its own tests)."""
    hold_session(client, person(name), second)


def stay_signed_in(at: datetime) -> None:
    """Let every session be used at a moment, where a test jumps over more than its two weeks."""
    with unit_of_work():
        db.session.execute(update(SignInSession).values(seen_at=at))


def hold_session(client: FlaskClient, who: Person, second: SecondFactor | None = None) -> None:
    """Set a real session of somebody in a browser: its row, and its cookie."""
    with unit_of_work():
        _row, key = open_session(who, SignInMethod.PASSWORD, second, "", now())
    with client.session_transaction() as session:
        session["_user_id"] = who.fs_uniquifier
        session["_fresh"] = True
        session["key"] = key
