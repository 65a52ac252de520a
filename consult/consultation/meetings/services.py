"""What an organiser does with a meeting: plan, move or cancel it, and publish what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from consult.consultation.meetings.labels import KINDS
from consult.consultation.meetings.models import (
    TOOK_PLACE,
    Attendance,
    Meeting,
    MeetingFile,
    MeetingKind,
    MeetingState,
    Presence,
)
from consult.consultation.meetings.notices import BEFORE, CANCELLED, MINUTES, MOVED, PLANNED, tell
from consult.consultation.meetings.queries import attendance_of, members_on
from consult.foundation.core.conflicts import Fields, refuse_stale
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotFound, Sentence
from consult.foundation.core.languages import Texts
from consult.foundation.core.people import Actor
from consult.foundation.core.series import next_number
from consult.foundation.core.templating import moment
from consult.foundation.core.text import clean_text
from consult.foundation.core.visible import says_nothing
from consult.foundation.files.models import StoredFile
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.organisations.models import Body

MOST_FILES = 10
MOST_GUESTS = 10_000


@dataclass(frozen=True)
class MeetingText:
    """What a form says about a meeting."""

    title: Texts
    kind: MeetingKind
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    agenda: Texts = field(default_factory=dict)


def plan_meeting(actor: Actor, body: Body, text: MeetingText, now: datetime) -> Meeting:
    """Plan a meeting of a body, or enter one that was held before; the members are told.

    Raises InvalidInput with all errors together.
    """
    ensure(actor, Action.MEETING_PLAN, body, now)
    _check(text)
    number = next_number(Meeting.number, within=body)
    made = Meeting(body=body, number=number, created_at=now, **vars(text))
    db.session.add(made)
    db.session.flush()
    event = record(actor, "meeting.planned", made, now, content=_content(text))
    tell(PLANNED, made, event, now)
    return made


def change_meeting(
    actor: Actor, meeting: Meeting, text: MeetingText, version: int, now: datetime
) -> None:
    """Change a planned meeting; the members are told when its day, its time or its place moves.

    Raises Conflict when somebody changed it since `version` was read, and InvalidInput.
    """
    ensure(actor, Action.MEETING_PLAN, meeting, now)
    refuse_stale(version, meeting.version, meeting_fields(text), meeting_fields(meeting))
    _check(text)
    before = (meeting.starts_at, meeting.ends_at, meeting.place)
    for name, value in vars(text).items():
        setattr(meeting, name, value)
    db.session.flush()
    content = {**_content(text), BEFORE: before[0].isoformat()}
    event = record(actor, "meeting.changed", meeting, now, content=content)
    if before != (meeting.starts_at, meeting.ends_at, meeting.place):
        tell(MOVED, meeting, event, now)


def meeting_fields(meeting: Meeting | MeetingText) -> Fields:
    """Return what is said about a meeting, field by field."""
    return [
        ("title", _l("Title"), meeting.title),
        ("", _l("Kind"), str(KINDS[meeting.kind])),
        ("", _l("Begins"), moment(meeting.starts_at)),
        ("", _l("Ends"), moment(meeting.ends_at)),
        ("place", _l("Place or link"), meeting.place),
        ("agenda", _l("Agenda"), meeting.agenda),
    ]


def _content(text: MeetingText) -> dict[str, object]:
    moments = {name: vars(text)[name].isoformat() for name in ("starts_at", "ends_at")}
    return {**asdict(text), **moments}


def _check(text: MeetingText) -> None:
    errors: dict[str, Sentence] = {}
    if all(map(says_nothing, text.title.values())):
        errors["title_nl"] = _l("Give the meeting a title.")
    if text.ends_at <= text.starts_at:
        errors["ends_time"] = _l("The end lies before the start.")
    if errors:
        raise InvalidInput(_l("This is not complete yet."), errors=errors)


def cancel_meeting(actor: Actor, meeting: Meeting, reason: str, now: datetime) -> None:
    """Cancel a planned meeting, with a reason that everyone reads; the members are told."""
    ensure(actor, Action.MEETING_CANCEL, meeting, now)
    reason = clean_text(reason)
    if not reason:
        errors: dict[str, Sentence] = {"reason": _l("Say why; everyone reads it.")}
        raise InvalidInput(_l("This decision needs a reason."), errors=errors)
    meeting.state, meeting.cancelled_reason = MeetingState.CANCELLED, reason
    db.session.flush()
    event = record(actor, "meeting.cancelled", meeting, now, reason=reason)
    tell(CANCELLED, meeting, event, now)


def note_attendance(
    actor: Actor,
    meeting: Meeting,
    presences: Mapping[int, Presence],
    guests: int,
    now: datetime,
) -> None:
    """Note who was there, by membership, and how many guests: from then on it was held.

    Raises NotFound when somebody is named who was no member on that day, and InvalidInput when
    nobody was there.
    """
    ensure(actor, Action.MEETING_MINUTE, meeting, now)
    members = {one.id for one in members_on(meeting)}
    if presences.keys() - members:
        raise NotFound(_l("Somebody in this list was no member on that day."))
    there = sum(presence is Presence.PRESENT for presence in presences.values())
    if not 0 <= guests <= MOST_GUESTS or there + guests == 0:
        raise InvalidInput(
            _l("Somebody must have been there."),
            _l("Was there nobody? Then cancel the meeting, with a reason."),
        )
    noted = attendance_of(meeting.id)
    for membership_id, presence in presences.items():
        if membership_id in noted:
            noted[membership_id].presence = presence
        else:
            db.session.add(
                Attendance(meeting_id=meeting.id, membership_id=membership_id, presence=presence)
            )
    was_planned = meeting.state is MeetingState.PLANNED
    if was_planned:
        meeting.state = MeetingState.HELD
    meeting.guests = guests
    db.session.flush()
    content = {"guests": guests, "members": {str(id_): p.value for id_, p in presences.items()}}
    verb = "meeting.held" if was_planned else "meeting.attendance_changed"
    record(actor, verb, meeting, now, content=content)


def write_minutes(
    actor: Actor, meeting: Meeting, minutes: Texts, version: int, now: datetime
) -> None:
    """Keep the minutes; once they are published, what is saved is public at once.

    Raises Conflict when somebody saved other minutes since `version` was read, and InvalidInput
    when it was not noted who was there, or published minutes would be emptied.
    """
    ensure(actor, Action.MEETING_MINUTE, meeting, now)
    label = _l("Minutes")
    stored = [("minutes", label, meeting.minutes)]
    refuse_stale(version, meeting.version, [("minutes", label, minutes)], stored)
    if meeting.state not in TOOK_PLACE:
        raise InvalidInput(_l("Note first who was there."), _l("Then the meeting was held."))
    if not minutes and meeting.state is MeetingState.PUBLISHED:
        errors: dict[str, Sentence] = {"minutes_nl": _l("Published minutes cannot be emptied.")}
        raise InvalidInput(_l("Nothing was changed."), errors=errors)
    meeting.minutes, meeting.minutes_changed_at = dict(minutes), now
    db.session.flush()
    record(actor, "meeting.minutes_saved", meeting, now, content={"minutes": minutes})


def publish_minutes(actor: Actor, meeting: Meeting, now: datetime) -> None:
    """Show everyone the minutes, the agenda, the files and how many were there (InvalidInput)."""
    ensure(actor, Action.MEETING_PUBLISH, meeting, now)
    if not meeting.minutes:
        raise InvalidInput(_l("There are no minutes yet."), _l("Write them first."))
    meeting.state, meeting.published_at = MeetingState.PUBLISHED, now
    db.session.flush()
    tell(MINUTES, meeting, record(actor, "meeting.published", meeting, now), now)


def attach_files(
    actor: Actor, meeting: Meeting, files: Sequence[StoredFile], now: datetime
) -> None:
    """Add files to a meeting, which wait for it no longer. Raises InvalidInput."""
    ensure(actor, Action.MEETING_ATTACH, meeting, now)
    many = select(func.count()).where(MeetingFile.meeting_id == meeting.id)
    errors: dict[str, Sentence] = {}
    if not files:
        errors["files"] = _l("Choose a file.")
    elif (db.session.scalar(many) or 0) + len(files) > MOST_FILES:
        errors["files"] = _l("At most %(most)s files can be attached.", most=MOST_FILES)
    if errors:
        raise InvalidInput(_l("Nothing was added."), errors=errors)
    for stored in files:
        stored.waits_for = None
        db.session.add(MeetingFile(meeting_id=meeting.id, file=stored))
        db.session.flush()
        content = {"file": stored.public_id, "sha256": stored.sha256}
        record(actor, "meeting.file_added", meeting, now, content=content)


def remove_file(actor: Actor, meeting: Meeting, attached: MeetingFile, now: datetime) -> None:
    """Take a file away from a meeting; the file itself stays in storage for whoever looks it up."""
    ensure(actor, Action.MEETING_ATTACH, meeting, now)
    content = {"file": attached.file.public_id, "sha256": attached.file.sha256}
    db.session.delete(attached)
    db.session.flush()
    record(actor, "meeting.file_removed", meeting, now, content=content)
