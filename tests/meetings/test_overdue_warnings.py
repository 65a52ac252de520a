"""The five-month warning, over the calendar: once for each gap, and right again after a meeting."""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.meetings.meeting_frequency import MeetingFrequency, rhythms
from consult.consultation.meetings.models import GapWarning, MeetingKind
from consult.consultation.meetings.queries import meetings_between, monitoring_in
from consult.consultation.meetings.timeline import span, timeline
from consult.consultation.plans.models import PlanRole
from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.schedule import ask_due
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.people.organisations.queries import get_body
from tests.cast import person
from tests.conftest import Clock
from tests.factories import make_meeting
from tests.samples import SHORT_AND_LONG, moments

DAY = timedelta(days=1)
MORNING = datetime(2026, 1, 5, 7, 0, tzinfo=UTC)
"""Eight o'clock in winter, nine in summer: after the hour of the daily work on every day."""


@pytest.fixture(autouse=True)
def forum(app: Flask, only_work: Callable[..., None]) -> None:
    """The forum is the space for dialogue, and was made on the fifth of January."""
    assert app
    only_work("meeting-gaps")
    with unit_of_work():
        body = get_body("stakeholderforum")
        body.half_yearly, body.created_at = True, MORNING


def rhythm(at: datetime) -> MeetingFrequency:
    return rhythms([get_body("stakeholderforum")], at)[0]


def warned() -> list[str]:
    """The days on which Ana was warned."""
    mails = db.session.scalars(
        select(Message).where(Message.kind == "meeting-gap").order_by(Message.id)
    )
    return [local_day(mail.created_at).isoformat() for mail in mails]


def through(
    first: datetime,
    days: int,
    clock: Clock,
    held: Collection[str] = (),
    expected: Collection[str] = (),
    *,
    everything: bool = True,
) -> None:
    """Move day by day; on the days in `held` the forum meets, on those `expected` Ana is warned.

    In the short form each day of the weeks about these, and one in a week between: a warning that
    comes too early comes then, too.
    """
    near = [datetime.combine(date.fromisoformat(day), first.timetz()) for day in (*held, *expected)]
    end = first + timedelta(days=days)
    for clock.time in moments(first, end, near, DAY, 7 * DAY, everything=everything):
        if local_day(clock.time).isoformat() in held:
            make_meeting("held", at=clock.time - timedelta(hours=1))
        ask_due(clock.time, set())
        run_all(clock.time)


@pytest.mark.long_on_postgresql
@SHORT_AND_LONG
def test_a_year_without_a_meeting_is_one_gap_and_one_mail(clock: Clock, everything: bool) -> None:
    through(MORNING, 366, clock, (), {"2026-06-05"}, everything=everything)
    assert warned() == ["2026-06-05"]


@pytest.mark.long_on_postgresql
@SHORT_AND_LONG
def test_each_gap_is_warned_about_once_and_a_meeting_makes_it_right(
    clock: Clock, everything: bool
) -> None:
    held = {"2026-03-02", "2026-08-17", "2027-01-10"}
    through(MORNING, 400, clock, held, {"2026-08-02"}, everything=everything)
    # Made 5 January, met 2 March: no gap. Then five months to 2 August; 17 August to 10 January
    # is less than five months; after that nothing until the end, on 8 February.
    assert warned() == ["2026-08-02"]


@pytest.mark.long_on_postgresql
@SHORT_AND_LONG
def test_a_second_gap_gets_a_mail_of_its_own(clock: Clock, everything: bool) -> None:
    days = {"2026-06-05", "2026-12-01"}
    through(MORNING, 560, clock, {"2026-07-01"}, days, everything=everything)
    assert warned() == ["2026-06-05", "2026-12-01"]


@pytest.mark.long_on_postgresql
@SHORT_AND_LONG
def test_who_meets_every_five_months_hears_nothing(clock: Clock, everything: bool) -> None:
    through(MORNING, 330, clock, {"2026-06-04", "2026-11-03"}, everything=everything)
    assert warned() == []


def test_on_the_day_itself_and_not_a_day_before(clock: Clock) -> None:
    through(datetime(2026, 6, 4, 8, 0, tzinfo=UTC), 1, clock)
    assert warned() == []
    through(datetime(2026, 6, 5, 8, 0, tzinfo=UTC), 1, clock)
    assert warned() == ["2026-06-05"]


def test_a_worker_that_was_away_warns_when_it_is_back_and_once(clock: Clock) -> None:
    through(datetime(2026, 9, 9, 8, 0, tzinfo=UTC), 3, clock)
    assert warned() == ["2026-09-09"]


@pytest.mark.parametrize("state", ["planned", "cancelled"])
def test_what_is_planned_or_cancelled_is_no_meeting(state: str, clock: Clock) -> None:
    make_meeting(state, at=datetime(2026, 5, 1, 9, 0, tzinfo=UTC))
    through(datetime(2026, 6, 5, 8, 0, tzinfo=UTC), 2, clock)
    assert warned() == ["2026-06-05"]


def test_the_mail_says_since_when_by_when_and_what_is_planned(clock: Clock) -> None:
    make_meeting(at=datetime(2026, 6, 20, 9, 0, tzinfo=UTC))
    through(datetime(2026, 6, 5, 8, 0, tzinfo=UTC), 1, clock)
    mail = db.session.scalars(select(Message).where(Message.kind == "meeting-gap")).one()
    assert mail.person_id == person("ana").id
    for words in ("5 januari 2026", "5 juli 2026", "20 juni 2026", "/nl/bodies/stakeholderforum"):
        assert words in mail.body, words
    assert db.session.scalars(select(GapWarning.since)).all() == [date(2026, 1, 5)]


def test_only_bodies_that_must_meet_are_watched(clock: Clock) -> None:
    with unit_of_work():
        get_body("stakeholderforum").half_yearly = False
    through(datetime(2027, 1, 1, 8, 0, tzinfo=UTC), 2, clock)
    assert warned() == []


def test_without_an_organiser_it_waits_for_one(clock: Clock, now: datetime) -> None:
    with unit_of_work():
        role = db.session.scalars(select(PlanRole).where(PlanRole.person_id == person("ana").id))
        role.one().ended_at = now
    through(datetime(2026, 6, 5, 8, 0, tzinfo=UTC), 2, clock)
    assert warned() == []
    with unit_of_work():
        role = db.session.scalars(select(PlanRole).where(PlanRole.person_id == person("ana").id))
        role.one().ended_at = None
    through(datetime(2026, 6, 7, 8, 0, tzinfo=UTC), 2, clock)
    assert warned() == ["2026-06-07"]


def test_the_organiser_finds_it_on_her_page_and_on_that_of_the_body(
    browse: Any, clock: Clock
) -> None:
    clock.time = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
    home = browse("ana").get("/en/home").text
    assert "no meeting yet" in home
    assert "it must meet on 5 July 2026 at the latest" in home
    assert "has not met for five months" in browse("ana").get("/en/bodies/stakeholderforum").text
    assert "has not met for five" not in browse("pia").get("/en/bodies/stakeholderforum").text
    clock.time = datetime(2026, 7, 6, 8, 0, tzinfo=UTC)
    assert "it should have met on 5 July 2026" in browse("ana").get("/en/home").text
    make_meeting("held", at=datetime(2026, 7, 6, 6, 0, tzinfo=UTC))
    assert "it should have met" not in browse("ana").get("/en/home").text


def test_a_meeting_late_in_the_evening_is_of_its_own_day() -> None:
    make_meeting("held", at=datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # 1 April, 00:30
    found = rhythm(datetime(2026, 9, 1, 10, 0, tzinfo=UTC))
    assert (found.since, found.limit) == (date(2026, 4, 1), date(2026, 10, 1))
    assert found.warns
    assert not found.over


def test_monitoring_meetings_are_counted_per_calendar_year_here() -> None:
    for at in (
        datetime(2025, 12, 31, 22, 59, tzinfo=UTC),  # still 2025
        datetime(2025, 12, 31, 23, 1, tzinfo=UTC),  # 1 January here
        datetime(2026, 6, 1, 9, 0, tzinfo=UTC),
    ):
        make_meeting("held", at=at, kind=MeetingKind.MONITORING)
    make_meeting("planned", at=datetime(2026, 12, 1, 9, 0, tzinfo=UTC), kind=MeetingKind.MONITORING)
    make_meeting("held", at=datetime(2026, 7, 1, 9, 0, tzinfo=UTC))
    body = get_body("stakeholderforum").id
    assert [monitoring_in(body, year) for year in (2025, 2026, 2027)] == [1, 2, 0]


def test_the_picture_of_eighteen_months(now: datetime) -> None:
    for at in (
        datetime(2025, 1, 1, 9, 0, tzinfo=UTC),  # too long ago
        datetime(2025, 7, 1, 9, 0, tzinfo=UTC),
        datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
        datetime(2026, 8, 1, 9, 0, tzinfo=UTC),
    ):
        make_meeting("published", at=at)
    make_meeting(at=datetime(2027, 1, 15, 9, 0, tzinfo=UTC))
    found = rhythm(now)
    meetings = meetings_between(found.body.id, *span(found))
    picture = timeline(meetings, found)
    assert [mark.held for mark in picture.marks] == [True, True, True, False]
    places = [mark.x for mark in picture.marks]
    assert places == sorted(places)
    assert len(picture.gaps) == 1, "July to March is longer than six months"
    assert picture.limit is not None
    assert picture.today < picture.limit < 624
    assert all(16 <= x <= 624 for x in [*places, picture.today, picture.limit])
    found.body.half_yearly = False
    assert timeline(meetings, found).limit is None
    assert timeline(meetings, found).gaps == []
    db.session.rollback()
