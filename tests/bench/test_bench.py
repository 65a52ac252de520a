"""The bench itself: what it fills is what the product would have stored, and it measures."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.comments.models import Comment, Thread
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.search import SearchEntry, found_ids
from consult.foundation.record.verify import verify_record
from tests.bench.filling import HOT, MANY, MANY_RARE, RARE, Filled, fill
from tests.bench.operations import Operation
from tests.bench.report import Table
from tests.bench.running import Aside, Turns, serving
from tests.cast import person
from tests.databases import Databases
from tests.factories import find_round
from tests.world import NOON

PROPOSALS = 120


@pytest.fixture
def filled(app: Flask) -> Filled:
    """The open round of the world, filled."""
    del app
    return fill(find_round("open"), person("mo"), PROPOSALS, NOON)


def test_what_is_filled_is_what_the_product_would_have_stored(filled: Filled) -> None:
    round_ = find_round("open")
    tally = db.session.get_one(RoundTally, round_.id)
    of_round = select(Proposal.state, func.count()).where(Proposal.round_id == round_.id)
    counted: dict[State, int] = dict(db.session.execute(of_round.group_by(Proposal.state)).all())
    assert {state.value: many for state, many in counted.items()} == {
        "published": filled.published,
        "pending": filled.pending,
    }
    assert (tally.published, tally.pending) == (filled.published, filled.pending)
    assert tally.received == PROPOSALS
    states: dict[State, int] = dict(
        db.session.execute(select(Comment.state, func.count()).group_by(Comment.state)).all()
    )
    assert states == {State.PUBLISHED: tally.comments, State.PENDING: tally.comments_pending}
    shown = (
        select(func.count())
        .where(Comment.thread_id == Thread.id, Comment.state == State.PUBLISHED)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Thread.comment_count, Proposal.comment_count, shown).join(
            Proposal, Proposal.thread_id == Thread.id
        )
    ).all()
    assert len(rows) == filled.published
    assert all(row[0] == row[1] == row[2] for row in rows)
    assert max(row[0] for row in rows) == MANY
    verdict = verify_record()
    assert verdict.sound
    assert verdict.events == verdict.leaves
    contributions = PROPOSALS + (db.session.scalar(select(func.count(Comment.id))) or 0)
    of_them = SearchEntry.subject_type.in_(("proposal", "comment"))
    assert db.session.scalar(select(func.count(SearchEntry.id)).where(of_them)) == contributions
    found = db.session.scalars(
        select(Proposal.number).where(Proposal.id.in_(found_ids("proposal", RARE)))
    )
    every = PROPOSALS // MANY_RARE
    assert set(found) == {filled.number(place) for place in range(1, PROPOSALS, every)}
    assert filled.number(HOT) == filled.first


def test_an_answer_that_is_wrong_is_never_measured() -> None:
    one = Operation("list", "list", "", "/list", "Voorstel 9", "/list", floor_shows="9")
    assert not one.fault_in(200, b"<a>Voorstel 9</a>")
    assert not one.fault_in(200, b"9", floor=True)
    assert "404" in one.fault_in(404, b"Voorstel 9")
    assert "Voorstel 9" in one.fault_in(200, b"Voorstel 8")


@pytest.mark.long_on_postgresql
def test_the_product_and_the_floor_are_measured_in_turns(
    filled: Filled, databases: Databases, tmp_path: Path
) -> None:
    shows = filled.title(filled.published)
    one = Operation("list", "list", "", "/nl/rounds/open/proposals", shows, "/list")
    url, aside = databases.url("stage"), Aside(find_round("open").id, b"")
    with serving(url, tmp_path, aside, {}, None) as pair:
        row = pair.row(one, 5, Turns(rounds=1, seconds=0.1))
    assert row.ours[0].requests
    assert row.floor[0].requests
    assert row.size > row.floor_size > 0
    assert "| list | anonymous | 5 |" in str(Table("sqlite", PROPOSALS, 0, [row]))
