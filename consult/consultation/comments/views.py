"""Revising and withdrawing a comment; adding one is done on the page of what it is about."""

from flask import Blueprint, Flask, url_for
from flask_babel import gettext as _

from consult.consultation.comments.addresses import address_in_thread
from consult.consultation.comments.forms import CommentForm
from consult.consultation.comments.labels import WHAT_COMES_NEXT
from consult.consultation.comments.models import CommentKind
from consult.consultation.comments.queries import get_comment
from consult.consultation.comments.services import (
    agree_to_publish_comment,
    revise_comment,
    withdraw_comment,
)
from consult.consultation.rounds.kinds import rules_of
from consult.foundation.core.clock import now
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.organisations.on_behalf import MYSELF, choices_for

bp = Blueprint("comments", __name__)


@bp.route("/comments/<uuid:public_id>/revise", methods=["GET", "POST"])
@requires(Action.COMMENT_REVISE)
def revise(public_id: object) -> Answer:
    """Hand in a new text of a comment that was returned."""
    comment = get_comment(str(public_id))
    ensure(actor(), Action.COMMENT_REVISE, comment, now())
    form = CommentForm.for_reader(
        choices_for(actor()),
        comment.organisation_id or MYSELF,
        dissents=comment.kind is CommentKind.DISSENT,
        about_theme=rules_of(comment.round).asks_about_themes,
    )
    if comment.published_at is not None:
        form.leave_out_publication()
    if not form.is_submitted():
        form.body.data, form.kind.data = comment.body, comment.kind.value
        form.language.data = comment.language

    def act() -> Done:
        receipt = revise_comment(actor(), comment, form.text, now())
        return Done(
            address_in_thread(comment),
            _("Your new text is received."),
            WHAT_COMES_NEXT[comment.state],
            url_for("publishing.receipt", code=receipt.code),
        )

    return carry_out(form, act) or form_page("comments/revise.html", form, comment=comment)


@bp.post("/comments/<uuid:public_id>/withdraw")
@requires(Action.COMMENT_WITHDRAW)
def withdraw(public_id: object) -> Answer:
    """Withdraw a comment."""
    comment = get_comment(str(public_id))

    def act() -> Done:
        withdraw_comment(actor(), comment, now())
        return Done(
            address_in_thread(comment),
            _("Your comment is withdrawn."),
            WHAT_COMES_NEXT[comment.state],
        )

    return do_once(act)


@bp.post("/comments/<uuid:public_id>/agree")
@requires(Action.COMMENT_AGREE_TO_PUBLISH)
def agree(public_id: object) -> Answer:
    """Let a comment be published after all."""
    comment = get_comment(str(public_id))

    def act() -> Done:
        agree_to_publish_comment(actor(), comment, now())
        return Done(
            address_in_thread(comment),
            _("Your comment may be published."),
            WHAT_COMES_NEXT[comment.state],
        )

    return do_once(act)


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(bp, url_prefix=language_prefix())
