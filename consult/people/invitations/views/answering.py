"""The page that a link in a mail opens, and the invitations of whoever is signed in."""

from flask import flash, render_template, session, url_for
from flask_babel import gettext as _
from flask_security import login_user
from flask_wtf import FlaskForm

from consult.foundation.core.calendar import local_day
from consult.foundation.core.clock import now
from consult.foundation.core.errors import NotAllowed, NotFound
from consult.foundation.core.form_posts import Done, do_once
from consult.foundation.core.forms import errors_on
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.policy.view_permissions import public, requires
from consult.people.accounts.forms import WelcomeForm
from consult.people.accounts.registering import with_boxes
from consult.people.invitations.answering import (
    accept,
    accept_as_newcomer,
    decline,
    decline_by_token,
)
from consult.people.invitations.forms import DeclineForm
from consult.people.invitations.models import Invitation
from consult.people.invitations.queries import (
    find_by_token,
    find_invitation,
    has_account,
    open_invitations_of,
)

routes = Routes()
FORM = ["GET", "POST"]

TOKEN_LIMITS = {"invitations.show": "300/minute", "invitations.refuse": "60/minute"}
"""How often one place may try links, by endpoint; hundreds of people may stand behind it."""


def _over(found: Invitation | None) -> Answer:
    """Say that a link is worth nothing (any more), and what to do."""
    state = found.state_at(now()).value if found else ""
    own = found is not None and found.accepted_by_id == actor().actor_id is not None
    page = render_template("invitations/over.html", state=state, own=own)
    return page, 410 if found else 404


def _welcome(**more: object) -> tuple[FlaskForm, list[str]]:
    """Make the form of a new account with what packages above ask on it, and the names of that."""
    kind, boxes = with_boxes(WelcomeForm)
    return kind(**more), boxes


def _page(
    token: str,
    found: Invitation,
    welcome: FlaskForm,
    boxes: list[str],
    refusal: DeclineForm,
    status: int = 200,
) -> Answer:
    me = actor()
    if me.is_authenticated:
        who = "own" if can(me, Action.INVITATION_ANSWER, found, now()) else "other"
    else:
        who = "known" if has_account(found.address) else "new"
    if not welcome.is_submitted() and not welcome.display_name.data:
        welcome.display_name.data = found.name
    page = render_template(
        "invitations/show.html",
        invitation=found, token=token, who=who, form=welcome, boxes=boxes,
        refusal=refusal,
        today=local_day(now()),
    )  # fmt: skip
    return page, status


@routes.route("/invitations/<string:token>", methods=FORM)
@public
def show(token: str) -> Answer:
    """Show an invitation; who has no account makes one here and accepts with it."""
    found = find_by_token(token)
    if found is None or not found.is_open(now()):
        return _over(found)
    (form, boxes), refusal = _welcome(), DeclineForm(formdata=None)
    if form.is_submitted() and actor().is_authenticated:
        return see_other(url_for("invitations.mine"))
    if not form.validate_on_submit():
        return _page(token, found, form, boxes, refusal, 422 if form.is_submitted() else 200)
    said = form.display_name.data, form.language.data
    try:
        with errors_on(form), unit_of_work():
            ticked = {name: form[name].data for name in boxes}
            person = accept_as_newcomer(token, *said, now(), ticked)
    except (NotFound, NotAllowed):
        return _over(find_by_token(token))
    if form.errors:
        return _page(token, found, form, boxes, refusal, 422)
    login_user(person, authn_via=["confirm"])
    session.permanent = bool(form.keep.data)
    flash(
        _("Welcome. You accepted the invitation, and you are signed in. You can take part at once.")
    )
    return see_other(url_for("publishing.home"))


@routes.post("/invitations/<string:token>/decline")
@public
def refuse(token: str) -> Answer:
    """Decline with the link of a mail; no account is needed."""
    form = DeclineForm()
    found = find_by_token(token)
    if found is None or not found.is_open(now()):
        return _over(found)
    if not form.validate_on_submit():
        return _page(token, found, *_welcome(formdata=None), form, 422)
    try:
        with unit_of_work():
            decline_by_token(token, form.reason.data or "", now())
    except (NotFound, NotAllowed):
        return _over(find_by_token(token))
    return see_other(url_for("invitations.declined"))


@routes.get("/invitations/declined")
@public
def declined() -> Answer:
    """Thank somebody for answering."""
    return render_template("invitations/declined.html")


@routes.get("/invitations/mine")
@requires(Action.INVITATION_LIST_OWN)
def mine() -> Answer:
    """Show a person the invitations for their address."""
    ensure(actor(), Action.INVITATION_LIST_OWN, None, now())
    return _mine(DeclineForm(formdata=None))


def _mine(refusal: DeclineForm, about: int | None = None) -> Answer:
    page = render_template(
        "invitations/mine.html",
        invitations=open_invitations_of(actor(), now()), refusal=refusal, about_id=about,
        today=local_day(now()),
    )  # fmt: skip
    return (page, 422) if about else page


@routes.post("/invitations/mine/<int:invitation_id>/<any(accept, decline):reply>")
@requires(Action.INVITATION_ANSWER)
def answer(invitation_id: int, reply: str) -> Answer:
    """Accept or decline, signed in with the address that was invited."""
    ensure(actor(), Action.INVITATION_ANSWER, find_invitation(invitation_id), now())
    form = DeclineForm()
    if reply == "decline" and not form.validate_on_submit():
        return _mine(form, invitation_id)

    def act() -> Done:
        if reply == "accept":
            accept(actor(), invitation_id, now())
            return Done(url_for("publishing.home"), _("You accepted the invitation."))
        decline(actor(), invitation_id, form.reason.data or "", now())
        return Done(url_for("invitations.declined"))

    return do_once(act)
