"""Files for calendars (iCalendar, RFC 5545): what stands around the events."""

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Calendar, Event

REFRESHED = timedelta(hours=6)
"""After so long a calendar that follows a file looks again (RFC 7986, 5.7)."""


def calendar_of(events: Iterable[Event], about: str, title: str = "") -> bytes:
    """Write events as one file; `about` names in English what writes it, `title` the calendar.

    A file with a title is one to follow: it says how often to look again.
    """
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Consult//{about}//EN")
    calendar.add("method", "PUBLISH")
    if title:
        calendar.add("name", title)
        calendar.add("x-wr-calname", title)
        calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())
