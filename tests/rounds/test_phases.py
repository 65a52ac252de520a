"""The database says of rounds what `state_at` says of one."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, select

from consult.consultation.rounds.models import Round, RoundState
from consult.consultation.rounds.phases import (
    CLOSED,
    OPENED,
    OVER,
    TAKES_INPUT,
    announced,
    open_at,
    open_or_upcoming_at,
    over_by,
)
from consult.consultation.rounds.queries import get_round
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work

Condition = Callable[[datetime], ColumnElement[bool]]
S = RoundState
CONDITIONS: dict[str, tuple[Condition, set[RoundState]]] = {
    "announced": (lambda _at: announced(), set(S) - {S.DRAFT, S.CANCELLED}),
    "open": (open_at, {S.OPEN}),
    "open or upcoming": (open_or_upcoming_at, {S.OPEN, S.UPCOMING}),
}


def moments() -> list[datetime]:
    """Every moment at which a phase begins or ends, and those just before and after."""
    edges = {
        edge
        for one in db.session.scalars(select(Round))
        for edge in (one.opens_at, one.closes_at, one.grace_ends_at)
    }
    step = timedelta(microseconds=1)
    return sorted(edge + by for edge in edges for by in (-step, step * 0, step))


def cancel(slug: str, at: datetime) -> None:
    with unit_of_work():
        get_round(slug).cancelled_at = at


@pytest.mark.parametrize("name", CONDITIONS)
def test_sql_and_python_agree_at_every_edge(app: Flask, now: datetime, name: str) -> None:
    assert app
    cancel("closed", now)
    condition, states = CONDITIONS[name]
    rounds = db.session.scalars(select(Round)).all()
    seen: set[RoundState] = set()
    for at in moments():
        found = set(db.session.scalars(select(Round.slug).where(condition(at))))
        assert found == {one.slug for one in rounds if one.state_at(at) in states}, at
        seen |= {one.state_at(at) for one in rounds}
    assert seen == set(S) - {S.DRAFT} or seen == set(S)


def test_what_is_over_by_a_moment_is_over_right_after_it(app: Flask, now: datetime) -> None:
    assert app
    cancel("upcoming", now)
    rounds = [one for one in db.session.scalars(select(Round)) if one.published_at is not None]
    for at in (*moments(), now - timedelta(microseconds=1), now):
        found = set(db.session.scalars(select(Round.slug).where(over_by(at))))
        after = at + timedelta(microseconds=1)
        over = {
            one.slug
            for one in rounds
            if one.state_at(after) in OVER | {S.GRACE} and (one.cancelled_at or at) <= at
        }
        assert {one.slug for one in rounds} & found == over, at


def test_the_sets_hold_every_phase_of_a_round_that_was_announced() -> None:
    assert TAKES_INPUT | CLOSED == OPENED
    assert OPENED | OVER | {S.DRAFT, S.UPCOMING} == set(S)
    assert not TAKES_INPUT & OVER
