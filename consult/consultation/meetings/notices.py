"""Telling who sits at a body about its meetings: each once, after the commit, while it matters."""

from datetime import datetime

from consult.consultation.meetings.models import Meeting, MeetingState
from consult.foundation.core.addresses import address_of
from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.notifications.broadcasts import BroadcastPlanner, Telling, broadcast
from consult.foundation.notifications.models import Broadcast
from consult.foundation.policy.actions import Action
from consult.foundation.record.models import Event
from consult.people.accounts.models import Person
from consult.people.accounts.recipients import may_still
from consult.people.organisations.queries import sitting_at

PLANNED = "meeting-planned"
MOVED = "meeting-moved"
CANCELLED = "meeting-cancelled"
MINUTES = "meeting-minutes"
GAP = "meeting-gap"
BEFORE = "before"
"""In the record of a meeting that was moved: when it was planned until then."""


def tell(kind: str, meeting: Meeting, event: Event, now: datetime) -> None:
    """Notify who sits at the body what was done; about what is over only that there are minutes."""
    if kind == MINUTES or meeting.ends_at > now:
        db.session.flush()
        broadcast(kind, f"{kind}:{event.id}", now, meeting.id, event.id)


def may_read_meeting(person_id: int, meeting_id: int, now: datetime) -> bool:
    """Whether a person still sits at the body of a meeting, or works on it."""
    return may_still(person_id, Action.MEETING_READ, Meeting, meeting_id, now)


def _of_what_comes(told: Broadcast, now: datetime) -> Telling | None:
    """Not any more when the meeting is over, or was cancelled after it was planned or moved."""
    meeting = _meeting(told)
    stands = MeetingState.CANCELLED if told.kind == CANCELLED else MeetingState.PLANNED
    if meeting.state is not stands or meeting.ends_at <= now:
        return None
    return _telling(told, meeting, now, expires_at=meeting.ends_at)


def _of_minutes(told: Broadcast, now: datetime) -> Telling:
    return _telling(told, _meeting(told), now)


def _meeting(told: Broadcast) -> Meeting:
    return db.session.get_one(Meeting, told.about_id, populate_existing=True)


def _telling(told: Broadcast, meeting: Meeting, now: datetime, **more: object) -> Telling:
    event = db.session.get_one(Event, told.detail_id)
    people = sitting_at([meeting.body_id], local_day(now)).where(Person.id != event.detail.actor_id)
    facts: dict[str, object] = {"meeting": meeting, **more}
    if before := event.detail.content.get(BEFORE):
        facts["before"] = datetime.fromisoformat(str(before))
    where = {"body_slug": meeting.body.slug, "number": str(meeting.number)}
    facts["addresses"] = {code: address_of("meetings.meeting", code, **where) for code in LANGUAGES}
    return Telling(people, facts)


PLANS: dict[str, BroadcastPlanner] = {
    PLANNED: _of_what_comes,
    MOVED: _of_what_comes,
    CANCELLED: _of_what_comes,
    MINUTES: _of_minutes,
}
"""Whom the broadcasts of each kind tell, and what."""
