"""Reading meetings: one, the list of a body, who was there, and the files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from consult.consultation.meetings.models import (
    TOOK_PLACE,
    WAS_THERE,
    Attendance,
    Meeting,
    MeetingFile,
    MeetingKind,
    MeetingState,
    Presence,
)
from consult.foundation.core.calendar import local_day, moment_of
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.pages import Keyset, Page
from consult.foundation.core.sorting import name_order
from consult.foundation.files.models import StoredFile
from consult.people.accounts.models import Person
from consult.people.organisations.models import Body, Membership, holds_on


def get_meeting(body_slug: str, number: int) -> Meeting:
    """Return a meeting by its body and number, or NotFound."""
    found: Meeting | None = db.session.scalar(
        select(Meeting)
        .join(Meeting.body)
        .where(Body.slug == body_slug, Meeting.number == number)
        .options(contains_eager(Meeting.body))
    )
    if found is None:
        raise NotFound(_l("There is no such meeting."), _l("The list shows all of them."))
    return found


def dates_after(at: datetime) -> Iterator[datetime]:
    """Yield when meetings begin and end, of those that end after a moment."""
    rows = db.session.execute(
        select(Meeting.starts_at, Meeting.ends_at).where(Meeting.ends_at > at)
    )
    for starts_at, ends_at in rows:
        yield from (starts_at, ends_at)


def meetings_page(body_id: int, cursor: str | None) -> Page[Meeting]:
    """Return a page of the meetings of a body, the latest first. One statement."""
    statement = select(Meeting).where(Meeting.body_id == body_id)
    return Keyset(Meeting.starts_at, Meeting.id, descending=True).page(statement, cursor)


def meetings_between(body_id: int, first: date, last: date) -> Sequence[Meeting]:
    """Return the meetings of a body in a period that were not cancelled, the first one first."""
    start, end = moment_of(first, time.min), moment_of(last, time.min)
    return db.session.scalars(
        select(Meeting)
        .where(
            Meeting.body_id == body_id,
            Meeting.state != MeetingState.CANCELLED,
            Meeting.starts_at >= start,
            Meeting.starts_at < end,
        )
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()


def monitoring_in(body_id: int, year: int) -> int:
    """Count the monitoring meetings of a body that were held in a year."""
    found = select(func.count()).where(
        Meeting.body_id == body_id,
        Meeting.kind == MeetingKind.MONITORING,
        Meeting.state.in_(TOOK_PLACE),
        Meeting.starts_at >= moment_of(date(year, 1, 1), time.min),
        Meeting.starts_at < moment_of(date(year + 1, 1, 1), time.min),
    )
    return db.session.scalar(found) or 0


def members_on(meeting: Meeting) -> Sequence[Membership]:
    """Return who was a member on the day of a meeting, organisations first, by name.

    Whose account is suspended is left out, unless their presence was noted before.
    """
    noted = select(Attendance.membership_id).where(Attendance.meeting_id == meeting.id)
    found = db.session.scalars(
        select(Membership)
        .outerjoin(Membership.person)
        .where(
            Membership.body_id == meeting.body_id,
            holds_on(Membership, local_day(meeting.starts_at)),
            or_(Membership.person_id.is_(None), Person.active.is_(True), Membership.id.in_(noted)),
        )
        .options(contains_eager(Membership.person), joinedload(Membership.organisation))
    ).all()
    return sorted(found, key=lambda one: (one.organisation_id is None, name_order(one.name)))


def attendance_of(meeting_id: int) -> dict[int, Attendance]:
    """Return what was noted about who was at a meeting, by membership."""
    found = db.session.scalars(
        select(Attendance)
        .where(Attendance.meeting_id == meeting_id)
        .options(joinedload(Attendance.membership).joinedload(Membership.organisation))
    ).all()
    return {one.membership_id: one for one in found}


@dataclass(frozen=True)
class Turnout:
    """Who was at a meeting, as everyone may know it: organisations by name, people by number."""

    organisations: Sequence[str]
    represented: Sequence[str]
    people: int
    guests: int
    absent: int
    members: int

    @property
    def there(self) -> int:
        """How many members were there, or had themselves represented."""
        return self.members - self.absent


def turnout_of(meeting: Meeting) -> Turnout:
    """Return who was at a meeting, without the name of any person."""
    noted = attendance_of(meeting.id).values()
    there = [one for one in noted if one.presence in WAS_THERE]
    named = [
        (one.membership.organisation.name, one.presence)
        for one in there
        if one.membership.organisation is not None
    ]
    named.sort(key=lambda one: name_order(one[0]))
    return Turnout(
        organisations=[name for name, presence in named if presence is Presence.PRESENT],
        represented=[name for name, presence in named if presence is Presence.REPRESENTED],
        people=sum(one.membership.organisation is None for one in there),
        guests=meeting.guests,
        absent=len(noted) - len(there),
        members=len(noted),
    )


def files_of(meeting_id: int) -> Sequence[MeetingFile]:
    """Return the files with a meeting, in the order in which they were added."""
    return db.session.scalars(
        select(MeetingFile)
        .where(MeetingFile.meeting_id == meeting_id)
        .options(joinedload(MeetingFile.file))
        .order_by(MeetingFile.id)
    ).all()


def get_file(meeting: Meeting, public_id: str) -> MeetingFile:
    """Return a file with a meeting, or NotFound: also for one with another meeting."""
    found: MeetingFile | None = db.session.scalar(
        select(MeetingFile)
        .join(MeetingFile.file)
        .where(MeetingFile.meeting_id == meeting.id, StoredFile.public_id == public_id)
        .options(contains_eager(MeetingFile.file))
    )
    if found is None:
        raise NotFound(_l("There is no such file."), _l("Perhaps the address is not complete."))
    return found
