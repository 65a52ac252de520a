"""When rounds open and close, as a file that a calendar follows (iCalendar, RFC 5545).

A date that moved keeps its event, with a higher sequence, so that a calendar moves it too. Times
are in UTC, so that no calendar has to know when our clocks change.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from flask_babel import gettext as _
from icalendar import Event

from consult.consultation.rounds.models import Round, RoundState
from consult.foundation.core.addresses import address_of
from consult.foundation.core.calendar_events import calendar_of
from consult.foundation.core.languages import pick, reader_language


def calendar_of_rounds(rounds: Iterable[Round], title: str, now: datetime) -> bytes:
    """Write the openings and closings of announced rounds whose dates are known."""
    known = [one for one in rounds if one.published_at is not None and one.dates_known]
    events = [event for one in known for event in _events(one, now)]
    return calendar_of(events, "Rounds", title)


def _events(round_: Round, now: datetime) -> Iterator[Event]:
    title = pick(round_.title)[0]
    yield _event(round_, "opens", round_.opens_at, _("Opens: %(title)s", title=title), now)
    yield _event(round_, "closes", round_.closes_at, _("Closes: %(title)s", title=title), now)


def _event(round_: Round, which: str, at: datetime, said: str, now: datetime) -> Event:
    address = address_of("publishing.round", reader_language(), round_slug=round_.slug)
    event = Event()
    event.add("uid", f"round-{round_.id}-{which}@{address.split('/')[2]}")
    # Not the present moment: the file stays the same as long as nothing changes.
    event.add("dtstamp", (round_.published_at or at).astimezone(UTC))
    event.add("sequence", round_.version)
    # A moment has a begin and no end (RFC 5545, 3.6.1); it makes nobody busy.
    event.add("dtstart", at.astimezone(UTC))
    event.add("transp", "TRANSPARENT")
    event.add("summary", said)
    event.add("url", address)
    cancelled = round_.state_at(now) is RoundState.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return event
