"""What organisers do with a meeting: plan, change, cancel, note who was there, minute, publish."""

from flask import url_for
from flask_babel import gettext as _

from consult.consultation.meetings.forms import (
    CancelMeetingForm,
    attendance_form,
    meeting_form,
    minutes_form,
    presences,
)
from consult.consultation.meetings.models import Meeting
from consult.consultation.meetings.queries import attendance_of, get_file, get_meeting, members_on
from consult.consultation.meetings.services import (
    attach_files,
    cancel_meeting,
    change_meeting,
    note_attendance,
    plan_meeting,
    publish_minutes,
    remove_file,
    write_minutes,
)
from consult.consultation.meetings.views.reading import files_form, meeting_page
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.forms import localized_data, version_of
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.organisations.queries import get_body

routes = Routes()

ONE = "/bodies/<string:body_slug>/meetings/<int:number>"


def _at(meeting: Meeting) -> str:
    return url_for("meetings.meeting", body_slug=meeting.body.slug, number=meeting.number)


@routes.route("/bodies/<string:body_slug>/meetings/new", methods=["GET", "POST"])
@requires(Action.MEETING_PLAN)
def new(body_slug: str) -> Answer:
    """Plan a meeting."""
    body = get_body(body_slug)
    ensure(actor(), Action.MEETING_PLAN, body, now())
    form = meeting_form()

    def act() -> Done:
        made = plan_meeting(actor(), body, form.text(), now())
        if form.text().ends_at > now():
            said = _("The meeting is planned. Its members are told by mail.")
        else:
            said = _("The meeting is noted. Its day is over, so nobody gets a mail.")
        return Done(_at(made), said)

    return carry_out(form, act) or form_page("meetings/new.html", form, body=body, meeting=None)


@routes.route(f"{ONE}/edit", methods=["GET", "POST"])
@requires(Action.MEETING_PLAN)
def edit(body_slug: str, number: int) -> Answer:
    """Change what is planned."""
    found = get_meeting(body_slug, number)
    ensure(actor(), Action.MEETING_PLAN, found, now())
    form = meeting_form(found)

    def act() -> Done:
        change_meeting(actor(), found, form.text(), version_of(form), now())
        return Done(_at(found), _("The meeting is changed."))

    return carry_out(form, act) or form_page(
        "meetings/edit.html", form, body=found.body, meeting=found
    )


@routes.route(f"{ONE}/cancel", methods=["GET", "POST"])
@requires(Action.MEETING_CANCEL)
def cancel(body_slug: str, number: int) -> Answer:
    """Cancel a meeting, with a reason."""
    found = get_meeting(body_slug, number)
    ensure(actor(), Action.MEETING_CANCEL, found, now())
    form = CancelMeetingForm()

    def act() -> Done:
        cancel_meeting(actor(), found, form.reason.data, now())
        return Done(_at(found), _("The meeting is cancelled. Its members are told by mail."))

    return carry_out(form, act) or form_page("meetings/cancel.html", form, meeting=found)


@routes.route(f"{ONE}/attendance", methods=["GET", "POST"])
@requires(Action.MEETING_MINUTE)
def attendance(body_slug: str, number: int) -> Answer:
    """Note who was there: then the meeting was held."""
    found = get_meeting(body_slug, number)
    ensure(actor(), Action.MEETING_MINUTE, found, now())
    members = members_on(found)
    form = attendance_form(found, members, attendance_of(found.id))

    def act() -> Done:
        note_attendance(actor(), found, presences(form, members), form.guests.data or 0, now())
        return Done(_at(found), _("It is noted who was there."))

    return carry_out(form, act) or form_page(
        "meetings/attendance.html", form, meeting=found, members=members
    )


@routes.route(f"{ONE}/minutes", methods=["GET", "POST"])
@requires(Action.MEETING_MINUTE)
def minutes(body_slug: str, number: int) -> Answer:
    """Write the minutes."""
    found = get_meeting(body_slug, number)
    ensure(actor(), Action.MEETING_MINUTE, found, now())
    form = minutes_form(found)

    def act() -> Done:
        text = localized_data(form, "minutes", LANGUAGES)
        write_minutes(actor(), found, text, version_of(form), now())
        return Done(_at(found), _("The minutes are saved."))

    return carry_out(form, act) or form_page("meetings/minutes.html", form, meeting=found)


@routes.post(f"{ONE}/publish")
@requires(Action.MEETING_PUBLISH)
def publish(body_slug: str, number: int) -> Answer:
    """Publish the minutes."""
    found = get_meeting(body_slug, number)
    ensure(actor(), Action.MEETING_PUBLISH, found, now())

    def act() -> Done:
        publish_minutes(actor(), found, now())
        return Done(_at(found), _("The minutes are published."))

    return do_once(act)


@routes.post(f"{ONE}/files")
@requires(Action.MEETING_ATTACH)
def attach(body_slug: str, number: int) -> Answer:
    """Add files to a meeting."""
    found = get_meeting(body_slug, number)
    ensure(actor(), Action.MEETING_ATTACH, found, now())
    form = files_form(found)

    def act() -> Done:
        attach_files(actor(), found, form.files.kept, now())
        return Done(_at(found), _("The file is added."))

    return carry_out(form, act) or meeting_page(found, form)


@routes.post(f"{ONE}/files/<uuid:public_id>/remove")
@requires(Action.MEETING_ATTACH)
def detach(body_slug: str, number: int, public_id: object) -> Answer:
    """Take a file away from a meeting."""
    found = get_meeting(body_slug, number)
    ensure(actor(), Action.MEETING_ATTACH, found, now())
    attached = get_file(found, str(public_id))

    def act() -> Done:
        remove_file(actor(), found, attached, now())
        return Done(_at(found), _("The file is taken away."))

    return do_once(act)
