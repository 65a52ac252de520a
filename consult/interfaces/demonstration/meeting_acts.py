"""The meetings of the demonstration: planned, held and minuted, through the services."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from consult.consultation.meetings.models import Meeting, Presence
from consult.consultation.meetings.queries import members_on
from consult.consultation.meetings.services import (
    MeetingText,
    note_attendance,
    plan_meeting,
    publish_minutes,
    write_minutes,
)
from consult.interfaces.demonstration.schema import DemoMeeting
from consult.interfaces.demonstration.setting_up import Stage
from consult.people.organisations.models import Membership

AFTERWARDS = timedelta(days=3)
"""So long after a meeting its minutes are written."""


def meeting_walk(stage: Stage) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Yield what happens around the meetings, with its moment."""
    made: dict[DemoMeeting, Meeting] = {}
    for one in stage.content.meetings:
        yield one.planned.on(stage.day), partial(_plan, stage, made, one)
        if one.minutes is not None:
            at = one.starts.on(stage.day) + timedelta(hours=one.hours)
            yield at, partial(_hold, stage, made, one, at)
            yield at + AFTERWARDS, partial(_write, stage, made, one, at + AFTERWARDS)
        if one.published is not None:
            at = one.published.on(stage.day)
            yield at, partial(_publish, stage, made, one, at)


def _plan(stage: Stage, made: dict[DemoMeeting, Meeting], one: DemoMeeting) -> None:
    starts = one.starts.on(stage.day)
    text = MeetingText(
        title=one.title.texts,
        kind=one.kind,
        starts_at=starts,
        ends_at=starts + timedelta(hours=one.hours),
        place=one.place,
        agenda=one.agenda.texts,
    )
    body = stage.bodies[one.body]
    made[one] = plan_meeting(stage.people[one.by], body, text, one.planned.on(stage.day))


def _hold(stage: Stage, made: dict[DemoMeeting, Meeting], one: DemoMeeting, at: datetime) -> None:
    meeting = made[one]
    presences = {
        member.id: _presence(one, _key_of(stage, member)) for member in members_on(meeting)
    }
    note_attendance(stage.people[one.by], meeting, presences, one.guests, at)


def _presence(one: DemoMeeting, key: str) -> Presence:
    for presence in (Presence.REPRESENTED, Presence.EXCUSED, Presence.ABSENT):
        if key in vars(one)[presence.value]:
            return presence
    return Presence.PRESENT


def _key_of(stage: Stage, member: Membership) -> str:
    if member.organisation is not None:
        return member.organisation.slug
    return next(key for key, person in stage.people.items() if person.id == member.person_id)


def _write(stage: Stage, made: dict[DemoMeeting, Meeting], one: DemoMeeting, at: datetime) -> None:
    meeting = made[one]
    texts = one.minutes.texts if one.minutes else {}
    write_minutes(stage.people[one.by], meeting, texts, meeting.version, at)


def _publish(
    stage: Stage, made: dict[DemoMeeting, Meeting], one: DemoMeeting, at: datetime
) -> None:
    publish_minutes(stage.people[one.by], made[one], at)
