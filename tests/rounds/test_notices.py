"""People hear of a round by its calendar: each once, at the hour, and never what is past."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from consult.consultation.rounds.calendar import closes_soon_from
from consult.consultation.rounds.dates import cancel_round, move_date
from consult.consultation.rounds.models import DateMove, MovedDate, Round, RoundBody
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.schedule import ask_due
from consult.foundation.jobs.services import claim, run_all
from consult.foundation.notifications import broadcasts
from consult.foundation.notifications.kinds import Frequency, Topic
from consult.foundation.notifications.models import Broadcast, Message, Notice
from consult.foundation.notifications.services import choose
from consult.people.accounts.models import Person
from consult.people.organisations.models import Membership
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round, make_comment, make_proposal
from tests.samples import SHORT_AND_LONG, moments
from tests.statements import counted
from tests.world import NOON

MEMBERS = {"pia", "lotte", "kees", "coen"}  # two members, and who speaks for one
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Told = Counter[tuple[str, str]]


@pytest.fixture
def work(app: Flask, clock: Clock, only_work: Callable[..., None]) -> Callable[[], None]:
    """Let the worker do what is due now; only one round of the world is running."""
    only_work("round-calendar", "digests")
    with unit_of_work():
        for slug in ("open", "upcoming"):
            find_round(slug).published_at = None
    asked: set[str] = set()

    def turn() -> None:
        ask_due(clock.time, asked)
        run_all(clock.time)

    assert app
    return turn


def make_round(opens: datetime, closes: datetime) -> Round:
    with unit_of_work():
        round_ = find_round("upcoming")
        round_.opens_at, round_.closes_at = opens, closes
        round_.published_at = opens - 20 * DAY
    return round_


def told() -> Told:
    """Who was told what, and how often."""
    db.session.rollback()
    rows = db.session.execute(
        select(Message.kind, Person.email)
        .join(Person, Person.id == Message.person_id)
        .where(Message.kind.startswith("round-"), Message.sent_at.is_not(None))
    )
    return Counter((kind, str(email).partition("@")[0]) for kind, email in rows)


def everybody(*kinds: str) -> Told:
    return Counter((kind, name) for kind in kinds for name in MEMBERS)


def move(which: MovedDate, becomes: datetime, clock: Clock) -> None:
    with unit_of_work():
        move_date(person("ana"), find_round("upcoming"), which, becomes, "Vakantie.", clock.time)


@pytest.mark.long_on_postgresql
@SHORT_AND_LONG
@pytest.mark.parametrize(
    "opens",
    [
        datetime(2027, 1, 11, 8, 0, tzinfo=UTC),
        # Over the night on which an hour is skipped, and over the one on which an hour comes twice.
        pytest.param(datetime(2027, 3, 20, 8, 0, tzinfo=UTC), marks=pytest.mark.long_on_postgresql),
        pytest.param(
            datetime(2027, 10, 20, 7, 0, tzinfo=UTC), marks=pytest.mark.long_on_postgresql
        ),
    ],
)
def test_hour_by_hour_through_a_whole_round(
    work: Any, clock: Clock, opens: datetime, everything: bool
) -> None:
    closes = opens + 14 * DAY
    make_round(opens, closes)
    heard: dict[str, datetime] = {}
    expected = (opens, closes_soon_from(closes), closes)
    for clock.time in moments(
        opens - DAY, closes + 2 * DAY, expected, HOUR, 6 * HOUR, everything=everything
    ):
        work()
        for kind, _who in told():
            heard.setdefault(kind, clock.time)
    assert told() == everybody("round-opened", "round-closes-soon")
    assert heard == {"round-opened": opens, "round-closes-soon": closes_soon_from(closes)}


def test_three_days_before_is_the_same_time_on_the_wall() -> None:
    after_the_change = datetime(2027, 3, 30, 15, 0, tzinfo=UTC)  # 17:00 in summer
    assert closes_soon_from(after_the_change) == datetime(2027, 3, 27, 16, 0, tzinfo=UTC)
    skipped = datetime(2027, 3, 31, 0, 30, tzinfo=UTC)  # 02:30; on the 28th there is no 02:30
    assert closes_soon_from(skipped) == datetime(2027, 3, 28, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("back", "heard"),
    [
        (timedelta(days=2), "round-opened"),
        (timedelta(days=9), None),  # that it opened is no news any more
        (timedelta(days=12), "round-closes-soon"),
        (timedelta(days=15), None),
    ],
)
def test_after_days_away_only_what_still_makes_sense_is_said(
    work: Any, clock: Clock, back: timedelta, heard: str | None
) -> None:
    make_round(NOON + DAY, NOON + 15 * DAY)
    clock.time = NOON + DAY + back
    for _ in range(3):
        work()
        clock.forward(hours=1)
    assert told() == (everybody(heard) if heard else Counter())


@pytest.mark.long_on_postgresql
def test_a_round_of_two_days_says_once_that_it_is_open(work: Any, clock: Clock) -> None:
    make_round(NOON + HOUR, NOON + 2 * DAY)
    for _ in range(60):
        work()
        clock.forward(hours=1)
    assert told() == everybody("round-opened")


@pytest.mark.long_on_postgresql
def test_a_new_closing_has_its_own_warning(work: Any, clock: Clock) -> None:
    make_round(NOON, NOON + 10 * DAY)
    work()
    clock.time = NOON + 8 * DAY
    work()
    assert told()["round-closes-soon", "pia"] == 1
    move(MovedDate.CLOSES, NOON + 20 * DAY, clock)
    while clock.time < NOON + 20 * DAY:
        work()
        clock.forward(hours=6)
    assert told()["round-moved", "pia"] == 1
    assert told()["round-closes-soon", "pia"] == 2
    assert told()["round-opened", "pia"] == 1


def test_who_heard_that_it_closes_tomorrow_hears_it_once(work: Any, clock: Clock) -> None:
    make_round(NOON, NOON + 20 * DAY)
    work()
    clock.time = NOON + 5 * DAY
    move(MovedDate.CLOSES, clock.time + DAY, clock)
    while clock.time < NOON + 8 * DAY:
        work()
        clock.forward(hours=3)
    assert told() == everybody("round-opened", "round-moved")


def test_moved_twice_while_nobody_worked_only_the_last_is_told(work: Any, clock: Clock) -> None:
    make_round(NOON + 5 * DAY, NOON + 30 * DAY)
    move(MovedDate.CLOSES, NOON + 40 * DAY, clock)
    move(MovedDate.CLOSES, NOON + 50 * DAY, clock)
    clock.forward(days=1)
    work()
    assert told() == everybody("round-moved")
    body = db.session.scalars(select(Message.body).limit(1)).one()
    assert "12 januari 2027" in body
    assert "Vakantie." in body


def test_cancelled_says_so_and_nothing_else_any_more(work: Any, clock: Clock) -> None:
    make_round(NOON + DAY, NOON + 15 * DAY)
    move(MovedDate.CLOSES, NOON + 16 * DAY, clock)
    with unit_of_work():
        cancel_round(person("ana"), find_round("upcoming"), "Kabinet gevallen.", clock.time)
    for _ in range(20):
        work()
        clock.forward(days=1)
    assert told() == everybody("round-cancelled")


def test_of_a_round_that_was_never_announced_nobody_hears(work: Any, clock: Clock) -> None:
    with unit_of_work():
        cancel_round(person("ana"), find_round("draft"), "Toch niet.", clock.time)
    clock.time = NOON + 25 * DAY
    work()
    assert told() == Counter()


def test_what_waits_for_the_mail_server_is_not_sent_when_it_is_past(
    work: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_round(NOON - 10 * DAY, NOON + 2 * DAY)

    def away(*_: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as down:
        down.setattr("flask_mailman.backends.locmem.EmailBackend.open", away)
        work()
    assert len(db.session.scalars(select(Message)).all()) == len(MEMBERS)
    clock.forward(days=3)
    work()
    assert told() == Counter()


# Whom it tells


def test_who_took_part_hears_too_once_and_former_members_do_not(
    app: Flask, work: Any, clock: Clock
) -> None:
    with app.test_request_context():
        made = make_proposal("upcoming", author="sam")
        make_comment(made, author="pia")
        make_comment(made, author="bo")
    make_round(NOON, NOON + 10 * DAY)
    work()
    names = {name for _kind, name in told()}
    assert names == MEMBERS | {"sam", "bo"}
    assert set(told().values()) == {1}
    assert clock


def test_who_wants_it_daily_gets_a_notice_and_who_does_not_gets_nothing(work: Any) -> None:
    with unit_of_work():
        choose(person("pia").id, {Topic.ROUNDS: Frequency.DAILY}, NOON)
        choose(person("lotte").id, {Topic.ROUNDS: Frequency.OFF}, NOON)
    make_round(NOON, NOON + 10 * DAY)
    work()
    assert {name for _kind, name in told()} == {"kees", "coen"}
    notice = db.session.scalars(select(Notice).where(Notice.settled_at.is_(None))).one()
    assert (notice.person_id, notice.heading) == (person("pia").id, "Ronde upcoming")
    assert notice.link == "http://127.0.0.1:5000/nl/rounds/upcoming"


# Thousands, in batches


@pytest.fixture
def crowd(work: Any, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """A body of two hundred, told in batches of thirty."""
    monkeypatch.setattr(broadcasts, "BATCH", 30)
    with unit_of_work():
        db.session.execute(
            insert(Person),
            [
                {"display_name": f"P{n}", "email": f"p{n}@crowd.example", "confirmed_at": NOON}
                for n in range(200)
            ],
        )
        ids = db.session.scalars(select(Person.id).where(Person.email.like("%crowd%"))).all()
        body = db.session.scalars(select(RoundBody.body_id).limit(1)).one()
        db.session.execute(
            insert(Membership),
            [{"body_id": body, "person_id": id_, "starts_on": NOON.date()} for id_ in ids],
        )
    assert work
    return set(ids)


def messages_by_person() -> Counter[int | None]:
    db.session.rollback()
    return Counter(db.session.scalars(select(Message.person_id)))


@pytest.mark.long_on_postgresql
def test_everybody_of_many_is_told_once(crowd: set[int], work: Any) -> None:
    make_round(NOON, NOON + 10 * DAY)
    work()
    found = messages_by_person()
    assert crowd < set(found)
    assert set(found.values()) == {1}
    broadcast = db.session.scalars(select(Broadcast)).one()
    assert broadcast.told == len(crowd) + len(MEMBERS)
    assert broadcast.done_at is not None


def test_a_worker_that_dies_in_a_batch_tells_nobody_twice(
    crowd: set[int], work: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_round(NOON, NOON + 10 * DAY)
    right, calls = broadcasts._store, []

    def dies(*args: Any) -> None:
        right(*args)
        calls.append(1)
        if len(calls) in {2, 5}:
            raise RuntimeError("killed")

    monkeypatch.setattr(broadcasts, "_store", dies)
    for _ in range(4):
        work()
        clock.forward(minutes=10)
    assert set(messages_by_person().values()) == {1}
    assert len(messages_by_person()) == len(crowd) + len(MEMBERS)


def test_a_batch_that_was_done_is_not_done_again(crowd: set[int], clock: Clock) -> None:
    round_ = make_round(NOON, NOON + 10 * DAY)
    with unit_of_work():
        broadcasts.broadcast("round-opened", f"round-opened:{round_.id}", NOON, round_.id)
    job = claim(clock.time)
    assert job is not None
    for _ in range(3):
        broadcasts.spread(job.payload, clock.time)
    assert len(messages_by_person()) == 30  # the first of them; Sacha, who is suspended, is none
    assert crowd


def test_in_the_request_it_is_two_rows_however_many_people(
    app: Flask, crowd: set[int], clock: Clock
) -> None:
    make_round(NOON + 5 * DAY, NOON + 30 * DAY)
    with counted(app) as statements:
        move(MovedDate.CLOSES, NOON + 40 * DAY, clock)
    written = [text for text in statements.texts if "INSERT INTO message" in text]
    assert not written
    assert statements.number < 20, str(statements)
    assert db.session.scalars(select(DateMove)).one()
    assert crowd
