"""Several people at once: no count is lost, and no date moved under who is handing in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import OperationalError

from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import submit_proposal
from consult.consultation.rounds.queries import get_round
from consult.consultation.rounds.services import count, lock_for_input
from consult.foundation.core.db import db
from consult.foundation.core.errors import Clash
from consult.foundation.core.series import next_number
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person
from tests.cast import person
from tests.core.together import TEXT
from tests.factories import find_round


def test_no_count_is_lost(app: Flask) -> None:
    id_ = get_round("open").id
    db.session.rollback()

    def hand_in(_n: int) -> None:
        with app.app_context():
            with unit_of_work():
                count(id_, received=1)
            db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hand_in, range(80)))
    db.session.expire_all()
    assert get_round("open").tally.received == 80


@pytest.mark.postgresql  # SQLite has one writer at a time anyway
def test_who_hands_in_waits_for_nobody_who_hands_in_too(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither for the round, nor for a number of it, nor for its counts."""
    monkeypatch.setattr("consult.consultation.rounds.services.SLOTS", 2**20)

    def hand_in(who: str) -> None:
        submit_proposal(person(who), find_round("open"), TEXT, now, None)

    def hand_in_at_once() -> None:
        with app.test_request_context():
            try:
                with unit_of_work():
                    db.session.execute(text("SET LOCAL lock_timeout = '500ms'"))
                    hand_in("pia")
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as pool, unit_of_work():
        hand_in("kees")
        pool.submit(hand_in_at_once).result()
    numbers = db.session.execute(select(Person.display_name, Proposal.number).join(Proposal.author))
    assert dict(numbers.all()) == {"Kees Visser": 1, "Pia Jansen": 2}
    assert get_round("open").tally.received == 2


@pytest.mark.postgresql
def test_who_numbers_many_waits_for_who_hands_in(app: Flask) -> None:
    """An import numbers on from the last: so nobody may have taken a number who is not done."""

    def number_many() -> None:
        with app.app_context():
            try:
                with unit_of_work():
                    db.session.execute(text("SET LOCAL lock_timeout = '200ms'"))
                    next_number(Proposal.number, within=get_round("open"))
            finally:
                db.session.remove()

    with unit_of_work():
        lock_for_input(get_round("open"))
        with pytest.raises(Clash):
            number_many()
    number_many()


@pytest.mark.postgresql
def test_who_moves_a_date_waits_for_who_is_handing_in(app: Flask) -> None:
    del app
    engine = create_engine(db.engine.url)
    move = text("UPDATE round SET closes_at = now() WHERE slug = 'open'")
    with unit_of_work():
        lock_for_input(get_round("open"))
        with engine.connect() as other:
            other.execute(text("SET lock_timeout = '200ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                other.execute(move)
    with engine.begin() as other:
        other.execute(move)
    engine.dispose()
