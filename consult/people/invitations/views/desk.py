"""The desk of a body's invitations: the list, one more, and what is done with one."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from consult.foundation.core.calendar import local_day
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, do_once
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.invitations.forms import InviteForm
from consult.people.invitations.models import InvitationState
from consult.people.invitations.queries import (
    answers_by_day,
    batches_of,
    counts_by_state,
    get_invitation,
    invitations_to,
    undelivered_to,
)
from consult.people.invitations.services import invite, remind, resend, revoke
from consult.people.organisations.models import Body
from consult.people.organisations.queries import all_organisations, get_body

routes = Routes()

ACTS = {"remind": remind, "resend": resend, "revoke": revoke}


def _asked_state() -> InvitationState | None:
    asked = request.args.get("state", "")
    return InvitationState(asked) if asked in set(InvitationState) else None


def _list_page(body: Body, form: FlaskForm | None = None) -> Answer:
    at = now()
    state = _asked_state()
    page = invitations_to(body, at, state, request.args.get("cursor"))
    waiting = [one.id for one in page.rows if one.state is InvitationState.WAITING]
    shown = render_template(
        "invitations/index.html",
        body=body,
        page=page,
        state=state,
        counts=counts_by_state(at, body=body),
        days=answers_by_day(body, at),
        batches=batches_of(body),
        undelivered=undelivered_to(body, waiting) if waiting else set(),
        form=form or InviteForm.among(all_organisations(), local_day(at), formdata=None),
        at=at,
    )
    return (shown, 422) if form else shown


@routes.get("/bodies/<string:body_slug>/invitations")
@requires(Action.INVITATION_LIST)
def index(body_slug: str) -> Answer:
    """Show who is invited to a body, and what they answered."""
    body = get_body(body_slug)
    ensure(actor(), Action.INVITATION_LIST, body, now())
    return _list_page(body)


@routes.post("/bodies/<string:body_slug>/invitations")
@requires(Action.INVITATION_SEND)
def send(body_slug: str) -> Answer:
    """Invite one person."""
    body = get_body(body_slug)
    ensure(actor(), Action.INVITATION_SEND, body, now())
    form = InviteForm.among(all_organisations(), local_day(now()))

    def act() -> Done:
        invite(actor(), body, form.offer(), form.period(), now())
        return Done(
            url_for("invitations.index", body_slug=body_slug), _("The invitation is on its way.")
        )

    return carry_out(form, act) or _list_page(body, form)


@routes.post(
    "/bodies/<string:body_slug>/invitations/<int:invitation_id>/<any(remind, resend, revoke):act>"
)
@requires(Action.INVITATION_SEND)
def change(body_slug: str, invitation_id: int, act: str) -> Answer:
    """Remind somebody, send an invitation again, or revoke it."""
    body = get_body(body_slug)
    ensure(actor(), Action.INVITATION_SEND, body, now())
    invitation = get_invitation(body, invitation_id)
    said = {
        "remind": _("A reminder is on its way. The first link keeps working."),
        "resend": _("The invitation goes out again. Earlier links no longer work."),
        "revoke": _("The invitation is revoked. Its link no longer works."),
    }

    def change_it() -> Done:
        ACTS[act](actor(), invitation, now())
        return Done(url_for("invitations.index", body_slug=body_slug), said[act])

    return do_once(change_it)
