"""Inviting from a file: bring it, look at what was found in it, send, and see how far it is."""

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from consult.foundation.core.calendar import local_day
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, do_once
from consult.foundation.core.forms import errors_on
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import Work, unit_of_work
from consult.foundation.core.web import Answer, actor, csv_download, once, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.invitations.batches import (
    check_file,
    example,
    keep_batch,
    rows_to_mend,
    send_batch,
)
from consult.people.invitations.forms import FileForm
from consult.people.invitations.queries import get_batch, progress_of
from consult.people.invitations.row_faults import reason_of
from consult.people.organisations.models import Body
from consult.people.organisations.queries import all_organisations, get_body

routes = Routes()

SHOWN = 100
"""So many rows stand on the page; the file holds all of them."""


def _headings() -> list[str]:
    return [_("e-mail"), _("name"), _("organisation"), _("language")]


@routes.route("/bodies/<string:body_slug>/invitations/files/new", methods=["GET", "POST"])
@requires(Action.INVITATION_SEND)
def bring(body_slug: str) -> Answer:
    """Explain the format, take a file, and check it whole."""
    body = get_body(body_slug)
    ensure(actor(), Action.INVITATION_SEND, body, now())
    form = FileForm()
    form.from_today(local_day(now()))
    if form.validate_on_submit() and (leads_to := _checked(body, form)):
        return see_other(leads_to)
    page = render_template(
        "invitations/bring.html",
        body=body,
        form=form,
        kept=form.keep_file(),
        organisations=all_organisations(),
    )
    return (page, 422) if form.is_submitted() else page


def _checked(body: Body, form: FileForm) -> str:
    """Check and keep what was brought; return where it is shown, or None if it was refused."""
    at, work = now(), Work()
    with errors_on(form):
        checked = check_file(actor(), body, form.content(), form.language.data, at)
        with unit_of_work(once()) as work:
            batch = keep_batch(actor(), body, checked, form.period(), form.note.data or "", at)
            work.leads_to = url_for(
                "invitations.batch", body_slug=body.slug, batch_id=batch.id
            )  # fmt: skip
    return work.leads_to


@routes.get("/bodies/<string:body_slug>/invitations/example.csv")
@requires(Action.INVITATION_SEND)
def example_file(body_slug: str) -> Answer:
    """Return a small file that shows the format."""
    ensure(actor(), Action.INVITATION_SEND, get_body(body_slug), now())
    return csv_download(example(_headings()), _("invitations") + ".csv")


@routes.get("/bodies/<string:body_slug>/invitations/files/<int:batch_id>")
@requires(Action.INVITATION_LIST)
def batch(body_slug: str, batch_id: int) -> Answer:
    """Show what was found in a file; once it was sent, how far its invitations are."""
    body = get_body(body_slug)
    ensure(actor(), Action.INVITATION_LIST, body, now())
    found = get_batch(body, batch_id)
    return render_template(
        "invitations/batch.html",
        body=body,
        batch=found,
        progress=progress_of(found, now()) if found.sent_at else None,
        shown=SHOWN,
        reason_of=reason_of,
        organisations={one.id: one.name for one in all_organisations()},
    )


@routes.post("/bodies/<string:body_slug>/invitations/files/<int:batch_id>/send")
@requires(Action.INVITATION_SEND)
def send_file(body_slug: str, batch_id: int) -> Answer:
    """Invite everybody in a file that was checked."""
    body = get_body(body_slug)
    ensure(actor(), Action.INVITATION_SEND, body, now())
    found = get_batch(body, batch_id)

    def act() -> Done:
        number = send_batch(actor(), found, now())
        return Done(
            url_for("invitations.batch", body_slug=body_slug, batch_id=batch_id),
            ngettext("%(num)s person is invited.", "%(num)s people are invited.", number),
        )

    return do_once(act)


@routes.get("/bodies/<string:body_slug>/invitations/files/<int:batch_id>/to-mend.csv")
@requires(Action.INVITATION_LIST)
def to_mend(body_slug: str, batch_id: int) -> Answer:
    """Return the rows that were refused, each with its line and reason, to mend and bring again."""
    body = get_body(body_slug)
    ensure(actor(), Action.INVITATION_LIST, body, now())
    headings = [*_headings(), _("line"), _("what is wrong")]
    return csv_download(rows_to_mend(get_batch(body, batch_id), headings), _("to-mend") + ".csv")
