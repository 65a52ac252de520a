"""Forms of meetings: what is planned, who was there, what was said."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField

from consult.consultation.meetings.labels import KINDS, PRESENCES
from consult.consultation.meetings.models import Attendance, Meeting, MeetingKind, Presence
from consult.consultation.meetings.services import MOST_FILES, MOST_GUESTS, MeetingText
from consult.foundation.core.calendar import clock_fault, local_time, moment_of
from consult.foundation.core.days import ClockField, DayField
from consult.foundation.core.forms import (
    Filled,
    choices,
    fill_localized,
    form_with,
    line,
    localized,
    localized_data,
    prose,
    stale_check,
)
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.core.numbers import NumberField
from consult.foundation.files.forms import FilesField
from consult.people.organisations.models import Membership

LONGEST_PLACE = 300
LONGEST_REASON = 1000


class MeetingForm(FlaskForm):
    """What is said about a meeting; the texts are added per language."""

    version = stale_check()
    kind = SelectField(
        _l("Kind"),
        choices=choices(KINDS.items()),
        description=_l(
            "In a monitoring meeting the results of the plan are presented; OGP standard 5.1 asks "
            "for two a year."
        ),
    )
    held_on = DayField(_l("Day"), validators=[Filled()])
    starts_time = ClockField(_l("Begins at"), validators=[Filled()])
    ends_time = ClockField(_l("Ends at"), validators=[Filled()])
    place = line(
        _l("Place or link"),
        LONGEST_PLACE,
        required=False,
        description=_l("Members read how they can come. It is never public."),
    )

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Check the fields, and that the clock shows each time that was typed, once."""
        valid = bool(super().validate(extra_validators))
        for each in (self.starts_time, self.ends_time):
            if not (self.held_on.data and each.data):
                continue
            if fault := clock_fault(self.held_on.data, each.data):
                each.errors = [*each.errors, fault]
                valid = False
        return valid

    def text(self) -> MeetingText:
        """Read what was written."""
        day = self.held_on.day
        return MeetingText(
            title=localized_data(self, "title", LANGUAGES),
            kind=MeetingKind(self.kind.data),
            starts_at=moment_of(day, self.starts_time.time_of_day),
            ends_at=moment_of(day, self.ends_time.time_of_day),
            place=self.place.data or "",
            agenda=localized_data(self, "agenda", LANGUAGES),
        )


def meeting_form(meeting: Meeting | None = None) -> MeetingForm:
    """Make the form of a meeting, filled with one."""
    fields = {
        **localized(line, _l("Title"), LANGUAGES, "title"),
        **localized(prose, _l("Agenda"), LANGUAGES, "agenda", required=False),
    }
    form: MeetingForm = form_with(MeetingForm, fields)()
    if meeting is not None and not form.is_submitted():
        form.version.data = str(meeting.version)
        form.kind.data = meeting.kind.value
        form.place.data = meeting.place
        _show(form, meeting.starts_at, meeting.ends_at)
        fill_localized(form, "title", meeting.title)
        fill_localized(form, "agenda", meeting.agenda)
    return form


def _show(form: MeetingForm, starts_at: datetime, ends_at: datetime) -> None:
    local = local_time(starts_at)
    form.held_on.data, form.starts_time.data = local.date(), local.time()
    form.ends_time.data = local_time(ends_at).time()


class MinutesForm(FlaskForm):
    """What was said; the texts are added per language."""

    version = stale_check()


def minutes_form(meeting: Meeting) -> MinutesForm:
    """Make the form of the minutes, filled with what was kept."""
    fields = localized(prose, _l("Minutes"), LANGUAGES, "minutes", required=False)
    form = form_with(MinutesForm, fields)()
    if not form.is_submitted():
        form.version.data = str(meeting.version)
        fill_localized(form, "minutes", meeting.minutes)
    return form


class AttendanceForm(FlaskForm):
    """Who was there; a field is added for each member."""

    guests = NumberField(
        _l("Guests"),
        least=0,
        most=MOST_GUESTS,
        validators=[Filled()],
        description=_l("How many people were there who are no members. Their names are not kept."),
    )


def attendance_form(
    meeting: Meeting, members: Sequence[Membership], noted: dict[int, Attendance]
) -> AttendanceForm:
    """Make the form in which is noted who was there, filled with what was noted."""
    fields = {
        f"member_{one.id}": SelectField(
            one.name,
            choices=choices([("", _l("Not noted yet")), *PRESENCES.items()]),
            default=noted[one.id].presence.value if one.id in noted else "",
        )
        for one in members
    }
    form = form_with(AttendanceForm, fields)()
    if not form.is_submitted():
        form.guests.data = meeting.guests
    return form


def presences(form: FlaskForm, members: Sequence[Membership]) -> dict[int, Presence]:
    """Read who was there, by membership; of whom nothing is noted, nothing is said."""
    said = {one.id: form[f"member_{one.id}"].data for one in members}
    return {id_: Presence(presence) for id_, presence in said.items() if presence}


class CancelMeetingForm(FlaskForm):
    """Why a meeting does not take place."""

    reason = prose(_l("Why is it cancelled?"), LONGEST_REASON)


class FilesForm(FlaskForm):
    """Files to add to a meeting."""

    files = FilesField(_l("Files"), most=MOST_FILES)
