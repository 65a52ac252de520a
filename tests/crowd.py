"""Many people who take part: with an account, a session, and the conditions agreed to."""

from datetime import UTC, datetime

from flask import Flask

from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person
from tests.cast import hold_session, stay_signed_in
from tests.world import agreement


def sign_in_crowd(app: Flask, round_: Round, many: int) -> list[str]:
    """Store people who may hand in to a round, and return the cookies of their sessions."""
    people = []
    with unit_of_work():
        round_.open_to_everyone = True
        for n in range(many):
            one = Person(
                display_name=f"Deelnemer {n:04}", email=f"n{n}@consult.example", active=True,
                confirmed_at=datetime.now(UTC),
            )  # fmt: skip
            db.session.add(one)
            db.session.flush()
            db.session.add(agreement(one))
            people.append(one)
    cookies = []
    for one in people:
        client = app.test_client()
        hold_session(client, one)
        kept = client.get_cookie("consult")
        assert kept is not None
        cookies.append(f"{kept.key}={kept.value}")
    stay_signed_in(datetime.now(UTC))
    return cookies
