"""A meeting in one's own calendar: read back by a library as it was meant."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar, Event

from consult.consultation.meetings.models import MeetingState
from tests.factories import make_meeting
from tests.world import NOON

BODY = "/en/bodies/stakeholderforum"
PLAN = {"kind": "regular", "title_nl": "Nacht", "title_en": "Night", "place": "Zaal 3"}


def event_of(content: bytes) -> Event:
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert isinstance(event, Event)
    return event


def test_members_read_more_than_the_day(browse: Any) -> None:
    title = "Meeting; with, signs\\ and é" + "x" * 90
    made = make_meeting(title={"en": title}, place="Room 3, second\tfloor")
    address = f"{BODY}/meetings/{made.number}/meeting.ics"
    answer = browse().get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    public = event_of(answer.data)
    assert (public.start, public.end) == (date(2026, 11, 30), date(2026, 12, 1))
    assert "location" not in public
    assert str(public["summary"]) == title
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    assert b"\n" not in answer.data.replace(b"\r\n", b"")
    mine = event_of(browse("pia").get(address).data)
    assert mine.start == datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert mine.end == datetime(2026, 11, 30, 14, tzinfo=UTC)
    assert str(mine["location"]) == "Room 3, second\tfloor"
    assert mine["uid"] == public["uid"]
    assert mine.DTSTAMP == NOON


def test_what_was_is_over_and_what_was_cancelled_says_so(browse: Any) -> None:
    over = make_meeting("published", place="Room 3")
    assert "location" not in event_of(
        browse().get(f"{BODY}/meetings/{over.number}/meeting.ics").data
    )
    off = make_meeting("cancelled")
    assert off.state is MeetingState.CANCELLED
    gone = event_of(browse().get(f"{BODY}/meetings/{off.number}/meeting.ics").data)
    assert str(gone["status"]) == "CANCELLED"
    assert gone["sequence"] == off.version


@pytest.mark.parametrize(
    ("day", "starts", "ends", "hours"),
    [
        ("2027-10-31", "01:00", "04:00", 4.0),
        ("2027-10-31", "01:45", "03:00", 2.25),
        ("2027-03-28", "01:00", "04:00", 2.0),
        ("2027-03-28", "01:30", "03:00", 0.5),
        ("2027-06-01", "01:00", "04:00", 3.0),
    ],
)
def test_a_meeting_lasts_as_long_as_the_clock_in_the_room_says(
    browse: Any, day: str, starts: str, ends: str, hours: float
) -> None:
    ana = browse("ana")
    times = {"held_on": day, "starts_time": starts, "ends_time": ends}
    answer = ana.post(f"{BODY}/meetings/new", data={**PLAN, **times})
    assert answer.status_code == 303, answer.text
    event = event_of(ana.get(f"{answer.location}/meeting.ics").data)
    assert event.end - event.start == timedelta(hours=hours)
    again = ana.get(f"{answer.location}/edit").text
    assert f'value="{starts}"' in again
    assert f'value="{ends}"' in again


@pytest.mark.parametrize(
    ("day", "starts", "ends", "sentence"),
    [
        ("2027-03-28", "02:30", "04:00", "The clock skips this time"),
        ("2027-03-28", "01:00", "02:59", "The clock skips this time"),
        ("2027-10-31", "02:30", "04:00", "The clock shows this time twice"),
        ("2027-10-31", "01:30", "02:00", "The clock shows this time twice"),
    ],
)
def test_an_hour_that_does_not_come_once_is_asked_again(
    browse: Any, day: str, starts: str, ends: str, sentence: str
) -> None:
    times = {"held_on": day, "starts_time": starts, "ends_time": ends}
    answer = browse("ana").post(f"{BODY}/meetings/new", data={**PLAN, **times})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{starts}"' in answer.text
