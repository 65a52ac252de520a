"""Asking for a place at a body, and deciding about it."""

from flask import request, url_for
from flask_babel import gettext as _

from consult.foundation.core.clock import now
from consult.foundation.core.errors import SignInNeeded
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.accounts.models import Person
from consult.people.accounts.safe_redirects import local_path
from consult.people.organisations.forms import AskPlaceForm, DecideForm
from consult.people.organisations.places import ask_place, decide_place, waiting_place
from consult.people.organisations.queries import get_body, get_place_request

routes = Routes()


@routes.route("/bodies/<string:body_slug>/place", methods=["GET", "POST"])
@requires(Action.PLACE_ASK)
def ask_for_place(body_slug: str) -> Answer:
    """Ask for a place at a body, and go back to where one came from."""
    me, body = actor(), get_body(body_slug)
    ensure(me, Action.PLACE_ASK, body, now())
    if not isinstance(me, Person):
        raise SignInNeeded(_("You need to sign in for this."))
    form = AskPlaceForm()
    if not form.is_submitted():
        form.next.data = local_path(request.args.get("next"))
    there = form.next.data or url_for("publishing.body", body_slug=body_slug)
    if body.id in me.grants.ids("body"):
        return see_other(there)  # signing in showed that they sit there

    def act() -> Done:
        ask_place(me, body, form.note.data, now())
        return Done(there, _("It is asked. You get a mail when it is decided."))

    return carry_out(form, act) or form_page(
        "organisations/ask_place.html", form, body=body, waits=waiting_place(me.id, body.id)
    )


@routes.post("/bodies/<string:body_slug>/places/<int:request_id>/<any(grant, refuse):decision>")
@requires(Action.BODY_MANAGE)
def decide_about_place(body_slug: str, request_id: int, decision: str) -> Answer:
    """Give a place at a body to somebody who asked for it, or refuse it."""
    body = get_body(body_slug)
    ensure(actor(), Action.BODY_MANAGE, body, now())
    asked = get_place_request(body, request_id)
    reason = DecideForm().reason.data or ""

    def act() -> Done:
        decide_place(actor(), asked, granted=decision == "grant", reason=reason, now=now())
        return Done(
            url_for("organisations.members", body_slug=body_slug),
            _("It is decided, and the person is told."),
        )

    return do_once(act)
