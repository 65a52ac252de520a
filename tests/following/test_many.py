"""Ten thousand people follow one round: its page costs what it did, and they are told in steps."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from consult.consultation.rounds.dates import move_date
from consult.consultation.rounds.models import MovedDate
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.broadcasts import BATCH, Telling, _next
from consult.foundation.notifications.models import Broadcast, Notice
from consult.people.accounts.models import Person
from consult.people.following.models import Follow, FollowedKind
from consult.people.following.queries import followers_of
from tests.cast import person
from tests.factories import find_round
from tests.query_plans import Reads, watched
from tests.statements import counted
from tests.world import NOON

MANY = 10_000
PAGES = ("/nl/rounds/open", "/nl/notices", "/nl/following", "/nl/plans/open-overheid")


def follow_round(first: int, many: int) -> None:
    """Store people who follow the open round, in bulk."""
    round_id = find_round("open").id
    with unit_of_work():
        db.session.execute(
            insert(Person),
            [
                {"id": first + n, "display_name": f"Volger {n}", "language": "nl",
                 "email": f"volger{first + n}@consult.example", "confirmed_at": NOON}
                for n in range(many)
            ],
        )  # fmt: skip
        db.session.execute(
            insert(Follow),
            [{"person_id": first + n, "kind": "round", "subject_id": round_id, "since": NOON}
             for n in range(many)],
        )  # fmt: skip


def looked_at(app: Flask, browser: Any) -> Iterator[tuple[str, int, Reads]]:
    for page in PAGES:
        with counted(app) as statements, watched(app, like_large=True) as reads:
            assert browser.get(page).status_code in {200, 302}
        yield page, statements.number, reads


@pytest.mark.both_engines
@pytest.mark.usefixtures("made_anew")
def test_the_pages_cost_what_they_did(app: Flask, browse: Any) -> None:
    for name in (None, "sam"):
        before = {page: number for page, number, _reads in looked_at(app, browse(name))}
        follow_round(1_000_000 if name is None else 2_000_000, MANY // 2)
        for page, number, reads in looked_at(app, browse(name)):
            assert number == before[page], page
            follows = [one for one in reads.found if "follow" in one.text]
            assert all(one.rows < 100 for one in follows), "\n".join(map(str, follows))


@pytest.mark.both_engines
def test_a_step_of_the_telling_reads_its_own_people(app: Flask) -> None:
    """The cursor goes along the index: the last step costs what the first does."""
    follow_round(1_000_000, MANY)
    telling = Telling(followers_of(FollowedKind.ROUND, find_round("open").id), {})
    for cursor in (0, 1_005_000, 1_000_000 + MANY - 50):
        with watched(app, like_large=True) as reads:
            found = _next(telling, cursor)
        assert len(found) == min(BATCH, 1_000_000 + MANY - 1 - cursor)
        assert all(one.rows <= 3 * BATCH for one in reads.found), str(reads.found)


def test_all_of_them_hear_once_that_the_deadline_moved(app: Flask, now: datetime) -> None:
    many = 2 * BATCH + 7
    follow_round(1_000_000, many)
    with app.test_request_context():
        with counted(app) as statements, unit_of_work():
            becomes = find_round("open").closes_at + timedelta(days=7)
            move_date(person("ana"), find_round("open"), MovedDate.CLOSES, becomes, "Ziek.", now)
        assert "follow" not in str(statements)  # whoever moves it waits for nobody
    run_all(now)
    told = select(Notice.person_id, func.count()).where(Notice.kind == "round-moved")
    rows = db.session.execute(told.group_by(Notice.person_id)).all()
    assert {row[1] for row in rows} == {1}
    members = {"pia", "lotte", "kees", "coen"}
    assert len(rows) == many + len(members)
    assert db.session.scalars(select(Broadcast.told)).one() == len(rows)
