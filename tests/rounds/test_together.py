"""Several people at once: no count is lost, and no date moved under who is handing in."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from consult.consultation.rounds.queries import get_round
from consult.consultation.rounds.services import count, lock_for_input
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work


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
