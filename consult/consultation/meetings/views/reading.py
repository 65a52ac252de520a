"""Reading meetings: the list of a body, one meeting, its files, and a file for a calendar."""

from flask import Response, current_app, make_response, render_template, request, url_for

from consult.consultation.meetings.calendar_file import calendar_file
from consult.consultation.meetings.forms import FilesForm
from consult.consultation.meetings.models import Meeting, MeetingState
from consult.consultation.meetings.queries import (
    attendance_of,
    files_of,
    get_file,
    get_meeting,
    meetings_page,
    members_on,
    turnout_of,
)
from consult.foundation.core.clock import now
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor, as_attachment
from consult.foundation.files.downloads import as_download
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.policy.view_permissions import public, requires
from consult.people.organisations.queries import get_body

routes = Routes()


@routes.get("/bodies/<string:body_slug>/meetings")
@public
def index(body_slug: str) -> Answer:
    """List the meetings of a body, the latest first."""
    body = get_body(body_slug)
    page = meetings_page(body.id, request.args.get("cursor"))
    return render_template("meetings/index.html", body=body, page=page)


@routes.get("/bodies/<string:body_slug>/meetings/<int:number>")
@public
def meeting(body_slug: str, number: int) -> Answer:
    """Show a meeting: to everyone its day, and its minutes once they are published.

    Members and organisers read the agenda and the place as well; organisers also who was there,
    by name.
    """
    return meeting_page(get_meeting(body_slug, number))


def files_form(meeting: Meeting) -> FilesForm:
    """Make the form for files of a meeting, with those that were chosen in it before."""
    form = FilesForm()
    form.files.take(f"meeting:{meeting.id}")
    return form


def meeting_page(found: Meeting, form: FilesForm | None = None) -> Answer:
    """Show the page of a meeting, with a form that came back."""
    reads = can(actor(), Action.MEETING_READ, found, now())
    notes = can(actor(), Action.MEETING_MINUTE, found, now())
    attaches = can(actor(), Action.MEETING_ATTACH, found, now())
    published = found.state is MeetingState.PUBLISHED
    page = render_template(
        "meetings/meeting.html",
        meeting=found,
        reads=reads,
        notes=notes,
        turnout=turnout_of(found) if published or notes else None,
        noted=attendance_of(found.id) if notes else {},
        members=members_on(found) if notes else [],
        files=files_of(found.id) if reads else [],
        form=form or (files_form(found) if attaches else None),
    )
    return (page, 422) if form else page


@routes.get("/bodies/<string:body_slug>/meetings/<int:number>/meeting.ics")
@public
def calendar(body_slug: str, number: int) -> Answer:
    """Return a meeting as a file for a calendar."""
    found = get_meeting(body_slug, number)
    place = url_for("meetings.meeting", body_slug=body_slug, number=number)
    text = calendar_file(
        found,
        f"{current_app.config['BASE_URL']}{place}",
        now(),
        everything=can(actor(), Action.MEETING_READ, found, now()),
    )
    answer: Response = make_response(text)
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    return as_attachment(answer, f"{body_slug}-{number}.ics")


@routes.get("/bodies/<string:body_slug>/meetings/<int:number>/files/<uuid:public_id>")
@requires(Action.MEETING_READ)
def file(body_slug: str, number: int, public_id: object) -> Answer:
    """Return a file with a meeting, always as a download that can run nothing."""
    found = get_meeting(body_slug, number)
    ensure(actor(), Action.MEETING_READ, found, now())
    return as_download(get_file(found, str(public_id)).file)
