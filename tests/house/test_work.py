"""What stands elsewhere costs a page nothing: not at ten times as much of it either."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from consult.consultation.comments.models import Comment, CommentKind, Thread
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.series import next_number
from consult.foundation.core.unit_of_work import unit_of_work
from tests.cast import person
from tests.factories import find_round, make_comment, make_proposal
from tests.work import Work, analyse, measured

pytestmark = pytest.mark.usefixtures("made_anew")

FEW, MANY = 300, 3_000
MORE = 1.5
"""So much more work is no growth: a tree of an index may be a level deeper."""

PAGES = [
    ("pia", "/nl/rounds/open/proposals/1"),
    (None, "/nl/rounds/open/proposals/1?comment=1"),
    (None, "/nl/rounds/open/proposals"),
    (None, "/nl/rounds/open/proposals?order=discussed"),
    (None, "/nl/rounds/open/proposals?order=supported"),
    ("mo", "/nl/moderation?round=open"),
    (None, "/nl/rounds/open/moderation-log"),
]  # fmt: skip


def fill_elsewhere(many: int, now: datetime) -> None:
    """Store published proposals and comments in another round, many of them."""
    with unit_of_work():
        closed, kees = find_round("closed"), person("kees").id
        common = {"round_id": closed.id, "author_id": kees, "language": "nl",
                  "state": State.PUBLISHED, "arrived_at": now, "published_at": now,
                  "reviewed_at": now}  # fmt: skip
        db.session.execute(insert(Thread), [{"round_id": closed.id} for _ in range(many)])
        last = db.session.query(Thread.id).order_by(Thread.id.desc()).limit(many).all()
        threads = [row[0] for row in last]
        db.session.execute(
            insert(Proposal),
            [
                {**common, "thread_id": thread, "number": many + n, "title": "Een", "problem": "x",
                 "action": "y", "created_at": now, "saved_at": now, "comment_count": n % 7}
                for n, thread in enumerate(threads)
            ],
        )  # fmt: skip
        db.session.execute(
            insert(Comment),
            [
                {**common, "thread_id": threads[n % many], "number": 1 + n // many,
                 "kind": CommentKind.REACTION, "body": "Goed."}
                for n in range(2 * many)
            ],
        )  # fmt: skip
    analyse()


@pytest.fixture
def here(app: Flask) -> None:
    """A round with some proposals, and a thread with answers."""
    with app.test_request_context():
        first = make_proposal("open")
        for _ in range(3):
            make_comment(first, parent=make_comment(first))
            make_proposal("open")
            make_proposal("open", State.PENDING)


def read(app: Flask, reader: Any, path: str) -> Work:
    assert reader.get(path).status_code == 200
    with measured(app) as work:
        assert reader.get(path).status_code == 200
    assert work.done
    return work


@pytest.mark.usefixtures("here")
def test_what_stands_elsewhere_costs_nothing(app: Flask, browse: Any, now: datetime) -> None:
    readers = {who: browse(who) for who, _path in PAGES}
    fill_elsewhere(FEW, now)
    before = {page: read(app, readers[page[0]], page[1]).done for page in PAGES}
    fill_elsewhere(MANY, now)
    grown = []
    for page in PAGES:
        work = read(app, readers[page[0]], page[1])
        if work.done > MORE * before[page] + 5:
            grown.append(f"{page}: {before[page]} became {work.done}\n{work}")
    assert not grown, "\n\n".join(grown)


def fill_the_queue(many: int, now: datetime) -> None:
    """Store proposals that wait in the open round, newer than all that is public there."""
    with unit_of_work():
        open_, kees = find_round("open"), person("kees").id
        first = next_number(Proposal.number, within=open_)
        later = now + timedelta(hours=1)
        db.session.execute(
            insert(Proposal),
            [
                {"round_id": open_.id, "author_id": kees, "language": "nl", "state": State.PENDING,
                 "number": first + n, "title": "Een", "problem": "x", "action": "y",
                 "created_at": now, "saved_at": now, "arrived_at": later + timedelta(seconds=n)}
                for n in range(many)
            ],
        )  # fmt: skip
    analyse()


def take_a_number(app: Flask) -> int:
    with measured(app) as work, unit_of_work():
        next_number(Proposal.number, within=find_round("open"))
    return work.done


@pytest.mark.usefixtures("here")
def test_what_waits_costs_the_public_list_and_the_next_number_nothing(
    app: Flask, browse: Any, now: datetime
) -> None:
    fill_the_queue(FEW, now)
    reader, path = browse(None), "/nl/rounds/open/proposals"
    shown, taken = read(app, reader, path).done, take_a_number(app)
    fill_the_queue(MANY, now)
    work = read(app, reader, path)
    assert work.done <= MORE * shown + 5, str(work)
    assert take_a_number(app) <= MORE * taken + 5


@pytest.mark.one_engine
@pytest.mark.usefixtures("here")
def test_the_shares_of_the_themes_are_counted_from_an_index(app: Flask, browse: Any) -> None:
    work = read(app, browse(None), "/nl/rounds/open")
    assert "COVERING INDEX ix_proposal_shares" in str(work)
