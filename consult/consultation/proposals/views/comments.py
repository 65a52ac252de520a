"""Commenting on a proposal."""

from flask import request, url_for
from flask_babel import gettext as _

from consult.consultation.comments.forms import CommentForm
from consult.consultation.comments.labels import WHAT_COMES_NEXT
from consult.consultation.comments.models import Comment
from consult.consultation.comments.queries import comment_in, comment_received
from consult.consultation.comments.services import add_comment, may_dissent
from consult.consultation.proposals.queries import address_under, get_proposal
from consult.consultation.rounds.kinds import rules_of
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor, arrival, form_opened_at, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.accounts.kept_forms import keep_present_form
from consult.people.accounts.models import Person
from consult.people.organisations.on_behalf import choices_for, first_choice
from consult.people.privacy.forms import agreed_in, with_consent

routes = Routes()


@routes.route(
    "/rounds/<string:round_slug>/proposals/<int:number>/comments", methods=["GET", "POST"]
)
@requires(Action.COMMENT_ADD)
def comment(round_slug: str, number: int) -> Answer:
    """Add a comment, or answer one (`?parent=`); for whoever has no room on the other page."""
    proposal = get_proposal(round_slug, number)
    form = with_consent(CommentForm, actor()).for_reader(
        choices_for(actor()),
        first_choice(actor()),
        dissents=may_dissent(actor(), proposal),
        about_theme=rules_of(proposal.round).asks_about_themes,
    )
    parent: Comment | None = None
    if not form.is_submitted():
        form.parent.data = request.args.get("parent", "")
    if form.parent.data:
        parent = comment_in(proposal.thread_id, form.parent.data)

    def act() -> Done:
        receipt = add_comment(
            actor(), proposal, form.text, arrival(), form_opened_at(), parent, agreed_in(form)
        )
        made = comment_received(receipt)
        return Done(
            address_under(round_slug, number, made),
            _("Your comment is received."),
            WHAT_COMES_NEXT[made.state],
            url_for("publishing.receipt", code=receipt.code),
        )

    if request.form.get("act") == "mandate" and isinstance(me := actor(), Person):
        with unit_of_work():
            there = keep_present_form(me, now())
        return see_other(url_for("organisations.mine", next=there))
    if answer := carry_out(form, act):
        return answer
    for shown in filter(None, (proposal, parent)):
        ensure(actor(), Action.COMMENT_ADD, shown, arrival())
    return form_page("proposals/comment.html", form, proposal=proposal, parent=parent)
