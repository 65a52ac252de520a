"""A meeting as a file for a calendar (iCalendar, RFC 5545).

Members get the times and the place; everybody else the day, as on the page. Times are in UTC, so
that no calendar has to know when our clocks change.
"""

from datetime import UTC, date, datetime, timedelta

from icalendar import Event

from consult.consultation.meetings.models import Meeting, MeetingState
from consult.foundation.core.calendar import local_day
from consult.foundation.core.calendar_events import calendar_of
from consult.foundation.core.languages import pick


def calendar_file(meeting: Meeting, address: str, now: datetime, *, everything: bool) -> bytes:
    """Write the file; `address` is that of the meeting's page.

    With `everything` it says time and place, for whoever may read them; else the day alone.
    """
    cancelled = meeting.state is MeetingState.CANCELLED
    first, after = _when(meeting, everything=everything)
    event = Event()
    event.add("uid", f"meeting-{meeting.body_id}-{meeting.number}@{address.split('/')[2]}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", meeting.version)
    event.add("dtstart", first)
    event.add("dtend", after)
    event.add("summary", pick(meeting.title)[0])
    event.add("description", pick(meeting.body.name)[0])
    # Once it is over everybody may read the rest, and the place stays for members.
    if everything and meeting.place and meeting.state is MeetingState.PLANNED:
        event.add("location", meeting.place)
    event.add("url", address)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return calendar_of([event], "Meetings")


def _when(meeting: Meeting, *, everything: bool) -> tuple[date, date]:
    """Return the begin and the end: moments, or days of which the last one is not part of it."""
    if everything:
        return meeting.starts_at.astimezone(UTC), meeting.ends_at.astimezone(UTC)
    return local_day(meeting.starts_at), local_day(meeting.ends_at) + timedelta(days=1)
