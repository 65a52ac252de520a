"""A meeting as a file for a calendar (iCalendar, RFC 5545).

Members get the times and the place; everybody else the day, as on the page.
"""

from datetime import UTC, datetime, timedelta

from consult.core.calendar import local_day
from consult.core.languages import pick
from consult.meetings.models import Meeting, MeetingState

_LONGEST = 75
"""The octets of a line; what is longer goes on in the next, after a blank."""


def calendar_file(meeting: Meeting, address: str, now: datetime, *, everything: bool) -> str:
    """Write the file; `address` is that of the meeting's page, `everything` for who may read it."""
    cancelled = meeting.state is MeetingState.CANCELLED
    # Once it is over everybody may read the rest, and the place stays for members.
    placed = everything and meeting.place and meeting.state is MeetingState.PLANNED
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Consult//Meetings//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:meeting-{meeting.body_id}-{meeting.number}@{address.split('/')[2]}",
        f"DTSTAMP:{_moment(now)}",
        f"SEQUENCE:{meeting.version}",
        *_when(meeting, everything=everything),
        f"SUMMARY:{_text(pick(meeting.title)[0])}",
        f"DESCRIPTION:{_text(pick(meeting.body.name)[0])}",
        *([f"LOCATION:{_text(meeting.place)}"] if placed else []),
        f"URL:{address}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _when(meeting: Meeting, *, everything: bool) -> list[str]:
    if everything:
        return [f"DTSTART:{_moment(meeting.starts_at)}", f"DTEND:{_moment(meeting.ends_at)}"]
    first = local_day(meeting.starts_at)
    last = local_day(meeting.ends_at) + timedelta(days=1)
    return [f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{last:%Y%m%d}"]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(said: str) -> str:
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        said = said.replace(sign, written)
    return said


def _folded(line: str) -> str:
    """Break a long line, never inside a sign."""
    parts, octets = [""], 0
    for sign in line:
        size = len(sign.encode())
        if octets + size > _LONGEST - (len(parts) > 1):
            parts.append("")
            octets = 0
        parts[-1] += sign
        octets += size
    return "\r\n ".join(parts)
