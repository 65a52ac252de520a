"""Ana plans a meeting, notes who was there, and publishes what was said; nobody else does."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.consultation.meetings.models import (
    Attendance,
    Meeting,
    MeetingFile,
    MeetingKind,
    MeetingState,
    Presence,
)
from consult.consultation.meetings.queries import files_of, get_file, members_on, turnout_of
from consult.consultation.meetings.services import (
    MOST_FILES,
    MeetingText,
    attach_files,
    cancel_meeting,
    change_meeting,
    note_attendance,
    plan_meeting,
    publish_minutes,
    remove_file,
    write_minutes,
)
from consult.foundation.core.db import db
from consult.foundation.core.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    SignInNeeded,
)
from consult.foundation.core.people import Anonymous
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import StoredFile
from consult.foundation.files.services import store_file
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.people.organisations.models import Membership, Organisation, Sector
from consult.people.organisations.queries import get_body
from tests.cast import person
from tests.factories import PDF_FILE, acts, filed, make_meeting
from tests.world import NOON, SINCE

pytestmark = pytest.mark.usefixtures("app")

NEXT_WEEK = MeetingText(
    title={"nl": "Vierde bijeenkomst"},
    kind=MeetingKind.REGULAR,
    starts_at=NOON + timedelta(days=7),
    ends_at=NOON + timedelta(days=7, hours=2),
    place="Zaal 3",
    agenda={"nl": "1. Opening"},
)
MEMBERS = {"coen", "kees", "lotte", "pia"}


@pytest.fixture(autouse=True)
def _request(app: Any) -> Any:
    with app.test_request_context():
        yield


def plan(now: datetime, text: MeetingText = NEXT_WEEK) -> Meeting:
    with unit_of_work():
        return plan_meeting(person("ana"), get_body("stakeholderforum"), text, now)


def told(kind: str) -> list[str]:
    """Who got a mail of a kind once the worker was there, in order of address."""
    run_all(NOON)
    rows = db.session.scalars(select(Message.address).where(Message.kind == kind))
    return sorted(address.partition("@")[0] for address in rows)


def state_of(meeting: Meeting) -> MeetingState:
    return db.session.get_one(Meeting, meeting.id, populate_existing=True).state


def all_there(meeting: Meeting, presence: Presence = Presence.PRESENT) -> dict[int, Presence]:
    return {one.id: presence for one in members_on(meeting)}


def test_a_meeting_is_planned_and_every_member_told_once(now: datetime) -> None:
    made = plan(now)
    assert (made.number, made.state) == (1, MeetingState.PLANNED)
    # Pia sits there herself and speaks for a member; Sacha is suspended; Faas was a member.
    assert told("meeting-planned") == sorted(MEMBERS)
    mail = db.session.scalars(select(Message).where(Message.kind == "meeting-planned")).first()
    assert mail is not None
    assert "30 november 2026" in mail.subject
    assert "13:00" in mail.body
    assert "Zaal 3" in mail.body
    assert "/nl/bodies/stakeholderforum/meetings/1" in mail.body
    assert plan(now).number == 2
    events = acts()
    assert events == ["meeting.planned", "meeting.planned"]


def test_all_errors_come_together(now: datetime) -> None:
    wrong = replace(NEXT_WEEK, title={}, ends_at=NEXT_WEEK.starts_at)
    with pytest.raises(InvalidInput) as refused:
        plan(now, wrong)
    assert set(refused.value.errors) == {"title_nl", "ends_time"}
    assert told("meeting-planned") == []


def test_about_a_meeting_that_is_over_nobody_is_told(now: datetime) -> None:
    before = replace(
        NEXT_WEEK, starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=9, hours=-2)
    )
    assert plan(now, before).number == 1
    assert told("meeting-planned") == []


def test_who_moves_it_tells_and_who_mends_the_agenda_does_not(now: datetime) -> None:
    made = plan(now)
    with unit_of_work():
        text = replace(NEXT_WEEK, agenda={"nl": "1. Opening\n2. Rondvraag"})
        change_meeting(person("ana"), made, text, made.version, now)
    assert told("meeting-moved") == []
    later = replace(NEXT_WEEK, ends_at=NEXT_WEEK.ends_at + timedelta(hours=1))
    with unit_of_work():
        change_meeting(person("ana"), made, later, made.version, now)
    assert told("meeting-moved") == sorted(MEMBERS)
    mail = db.session.scalars(select(Message).where(Message.kind == "meeting-moved")).first()
    assert mail is not None
    assert "30 november 2026 om 13:00" in mail.body


def test_a_stale_change_shows_both_texts(now: datetime) -> None:
    made = plan(now)
    read = made.version
    with unit_of_work():
        change_meeting(person("ana"), made, replace(NEXT_WEEK, title={"nl": "A"}), read, now)
    with pytest.raises(Conflict) as conflict, unit_of_work():
        change_meeting(person("ana"), made, replace(NEXT_WEEK, title={"nl": "B"}), read, now)
    assert "B" in conflict.value.mine.values()
    assert "A" in conflict.value.theirs.values()


def test_it_is_cancelled_with_a_reason_that_members_read(now: datetime) -> None:
    made = plan(now)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        cancel_meeting(person("ana"), made, "  ", now)
    assert set(refused.value.errors) == {"reason"}
    with unit_of_work():
        cancel_meeting(person("ana"), made, "De zaal is dicht.", now)
    assert told("meeting-cancelled") == sorted(MEMBERS)
    mail = db.session.scalars(select(Message).where(Message.kind == "meeting-cancelled")).first()
    assert mail is not None
    assert "De zaal is dicht." in mail.body
    acts: tuple[Callable[[], object], ...] = (
        lambda: cancel_meeting(person("ana"), made, "Nog eens.", now),
        lambda: change_meeting(person("ana"), made, NEXT_WEEK, made.version, now),
        lambda: attach_files(person("ana"), made, [chosen("a.pdf", now)], now),
    )
    for act in acts:
        with pytest.raises(NotAllowed), unit_of_work():
            act()


def test_a_meeting_to_come_cannot_have_been_held(now: datetime) -> None:
    made = make_meeting()
    with pytest.raises(NotAllowed) as refused, unit_of_work():
        note_attendance(person("ana"), made, all_there(made), 0, now)
    assert "nog niet begonnen" in str(refused.value)
    with pytest.raises(NotAllowed), unit_of_work():
        write_minutes(person("ana"), made, {"nl": "x"}, made.version, now)
    with pytest.raises(NotAllowed), unit_of_work():
        publish_minutes(person("ana"), made, now)
    assert db.session.get_one(Meeting, made.id).state is MeetingState.PLANNED


def test_from_attendance_to_public_minutes(now: datetime) -> None:
    ana, made = person("ana"), make_meeting("begun")
    with pytest.raises(InvalidInput), unit_of_work():
        write_minutes(ana, made, {"nl": "Te vroeg."}, made.version, now)
    with unit_of_work():
        note_attendance(ana, made, all_there(made), 3, now)
    assert state_of(made) is MeetingState.HELD
    with pytest.raises(InvalidInput) as empty, unit_of_work():
        publish_minutes(ana, made, now)
    assert "nog geen verslag" in str(empty.value)
    with unit_of_work():
        write_minutes(ana, made, {"nl": "We spraken af."}, made.version, now)
    with unit_of_work():
        publish_minutes(ana, made, now)
    assert state_of(made) is MeetingState.PUBLISHED
    with pytest.raises(NotAllowed), unit_of_work():
        publish_minutes(ana, made, now)
    with pytest.raises(InvalidInput), unit_of_work():
        write_minutes(ana, made, {}, made.version, now)
    with unit_of_work():
        write_minutes(ana, made, {"nl": "Beter."}, made.version, now + timedelta(days=1))
    verbs = acts()
    assert verbs == ["meeting.held", "meeting.minutes_saved", "meeting.published",
                     "meeting.minutes_saved"]  # fmt: skip


def test_stale_minutes_show_both_texts_and_lose_nothing(now: datetime) -> None:
    made = make_meeting("held", minutes={})
    read = made.version
    with unit_of_work():
        write_minutes(person("ana"), made, {"nl": "Van Ana."}, read, now)
    with pytest.raises(Conflict) as conflict, unit_of_work():
        write_minutes(person("adi"), made, {"nl": "Van Adi."}, read, now)
    assert "Van Adi." in conflict.value.mine.values()
    assert "Van Ana." in conflict.value.theirs.values()
    assert db.session.get_one(Meeting, made.id).minutes == {"nl": "Van Ana."}


def test_who_is_suspended_stands_at_the_meeting_they_were_noted_at_and_at_no_other() -> None:
    was_there, other = make_meeting("held"), make_meeting("begun")
    sacha = select(Membership).where(Membership.person_id == person("sacha").id)
    place = db.session.scalars(sacha).one()
    with unit_of_work():
        note = Attendance(
            meeting_id=was_there.id, membership_id=place.id, presence=Presence.PRESENT
        )
        db.session.add(note)
    assert place in members_on(was_there)
    assert place not in members_on(other)


def test_organisations_that_were_there_stand_in_the_order_of_their_names(now: datetime) -> None:
    made = make_meeting("begun")
    with unit_of_work():
        later = Organisation(slug="actie", name="actie Open", sector=Sector.CIVIL_SOCIETY,
                             created_at=now)  # fmt: skip
        db.session.add(later)
        db.session.flush()
        place = Membership(body_id=made.body_id, organisation_id=later.id, starts_on=SINCE)
        db.session.add(place)
    there = [one.id for one in members_on(made) if one.organisation is not None]
    noted = dict.fromkeys(sorted(there), Presence.PRESENT)
    with unit_of_work():
        note_attendance(person("ana"), made, noted, 0, now)
    assert turnout_of(made).organisations == ["actie Open", "Stichting Helder Bestuur"]


def test_attendance_tells_organisations_by_name_and_people_by_number(now: datetime) -> None:
    made = make_meeting("begun")
    names = {one.name: one.id for one in members_on(made)}
    assert list(names) == ["Stichting Helder Bestuur", "Lotte Smit", "Pia Jansen"]
    noted = {
        names["Stichting Helder Bestuur"]: Presence.REPRESENTED,
        names["Lotte Smit"]: Presence.PRESENT,
        names["Pia Jansen"]: Presence.EXCUSED,
    }
    with unit_of_work():
        note_attendance(person("ana"), made, noted, 4, now)
    turnout = turnout_of(made)
    assert turnout.represented == ["Stichting Helder Bestuur"]
    assert turnout.organisations == []
    assert (turnout.people, turnout.guests, turnout.absent, turnout.there) == (1, 4, 1, 2)
    with unit_of_work():
        again = {**noted, names["Pia Jansen"]: Presence.PRESENT}
        note_attendance(person("ana"), made, again, 0, now)
    assert turnout_of(made).people == 2
    assert len(db.session.scalars(select(Attendance)).all()) == 3


def test_attendance_that_cannot_be_is_refused(now: datetime) -> None:
    made = make_meeting("begun")
    nobody = all_there(made, Presence.ABSENT)
    for guests in (0, -1, 10_001):
        with pytest.raises(InvalidInput), unit_of_work():
            note_attendance(person("ana"), made, nobody, guests, now)
    with pytest.raises(NotFound), unit_of_work():
        note_attendance(person("ana"), made, {9999: Presence.PRESENT}, 0, now)
    with unit_of_work():
        note_attendance(person("ana"), made, nobody, 2, now)
    assert made.state is MeetingState.HELD, "guests met"


def test_members_are_those_of_the_day_itself(now: datetime) -> None:
    february = make_meeting("begun", at=datetime(2026, 2, 3, 9, 0, tzinfo=NOON.tzinfo))
    assert "Faas Dekker" in [one.name for one in members_on(february)]
    with unit_of_work():
        note_attendance(person("ana"), february, all_there(february), 0, now)
        person("lotte").active = False
    assert "Lotte Smit" in [one.name for one in members_on(february)], "it was noted before"


@pytest.mark.parametrize("who", ["pia", "mo", "sam", "hanna"])
def test_only_organisers_work_on_meetings(who: str, now: datetime) -> None:
    planned, begun, held = make_meeting(), make_meeting("begun"), make_meeting("held")
    actor, body = person(who), get_body("stakeholderforum")
    for act in (
        lambda: plan_meeting(actor, body, NEXT_WEEK, now),
        lambda: change_meeting(actor, planned, NEXT_WEEK, planned.version, now),
        lambda: cancel_meeting(actor, planned, "Zomaar.", now),
        lambda: note_attendance(actor, begun, all_there(begun), 0, now),
        lambda: write_minutes(actor, held, {"nl": "x"}, held.version, now),
        lambda: publish_minutes(actor, held, now),
        lambda: attach_files(actor, planned, [chosen("a.pdf", now)], now),
    ):
        with pytest.raises(NotAllowed), unit_of_work():
            act()
    with pytest.raises(SignInNeeded):
        plan_meeting(Anonymous(), body, NEXT_WEEK, now)


def chosen(name: str, now: datetime, content: bytes = PDF_FILE) -> StoredFile:
    return store_file(person("ana"), name, io.BytesIO(content), now)


def test_files_are_added_and_taken_away(now: datetime) -> None:
    ana, made = person("ana"), make_meeting()
    with unit_of_work():
        attach_files(ana, made, [chosen("agenda.pdf", now)], now)
    (one,) = files_of(made.id)
    with pytest.raises(InvalidInput) as none, unit_of_work():
        attach_files(ana, made, [], now)
    assert set(none.value.errors) == {"files"}
    with pytest.raises(InvalidInput), unit_of_work():
        chosen("x.exe", now, b"MZ")
    with pytest.raises(InvalidInput) as full, unit_of_work():
        attach_files(ana, made, [chosen(f"{n}.pdf", now) for n in range(MOST_FILES)], now)
    assert set(full.value.errors) == {"files"}
    with unit_of_work():
        remove_file(ana, made, one, now)
    assert files_of(made.id) == []


def test_a_file_of_another_meeting_is_not_found_here() -> None:
    mine, other = make_meeting(), make_meeting()
    address = filed(other)
    with pytest.raises(NotFound):
        get_file(mine, address)
    assert get_file(other, address).meeting_id == other.id
    assert len(db.session.scalars(select(MeetingFile)).all()) == 1
