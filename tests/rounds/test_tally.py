"""Counts and numbers are kept in the database, so that two at once never lose one."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session

from consult.consultation.rounds.models import Round, RoundTally
from consult.consultation.rounds.queries import get_round
from consult.consultation.rounds.services import count, lock_for_input
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotAllowed
from consult.foundation.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("app")


def tally() -> RoundTally:
    db.session.expire_all()
    return get_round("open").tally


def elsewhere(**values: object) -> None:
    """Change the round in another connection, as another process would."""
    engine = create_engine(db.engine.url)
    with Session(engine) as session:
        session.execute(update(Round).where(Round.slug == "open").values(values))
        session.commit()
    engine.dispose()


def test_counts_add_up() -> None:
    id_ = tally().round_id
    with unit_of_work():
        count(id_, received=1, pending=1)
    with unit_of_work():
        count(id_, pending=-1, published=1, late=0)
        count(id_)
    found = tally()
    assert (found.received, found.pending, found.published, found.late) == (1, 0, 1, 0)


def test_a_count_that_does_not_exist_is_a_fault() -> None:
    with pytest.raises(KeyError), unit_of_work():
        count(1, nonsense=1)


def test_who_hands_in_sees_the_dates_of_now_not_of_when_the_page_was_read(now: datetime) -> None:
    round_ = get_round("open")
    assert not round_.is_late(now, now)
    db.session.rollback()
    elsewhere(closes_at=now - timedelta(hours=1))
    with unit_of_work():
        lock_for_input(round_)
        assert round_.is_late(now, now)


def test_nothing_is_handed_in_to_a_round_that_was_just_cancelled(now: datetime) -> None:
    round_ = get_round("open")
    db.session.rollback()
    elsewhere(cancelled_at=now)
    with pytest.raises(NotAllowed), unit_of_work():
        lock_for_input(round_)
