"""The organiser's pages of a round; the public page is publishing's."""

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext as _

from consult.consultation.plans.queries import bodies_in, get_plan
from consult.consultation.rounds.dates import (
    announce_round,
    cancel_round,
    missing_for_announcement,
    move_date,
    needs_reason,
)
from consult.consultation.rounds.desk import steps_for
from consult.consultation.rounds.editing import change_round, create_round, fixed_fields
from consult.consultation.rounds.forms import (
    AnnounceForm,
    CancelRoundForm,
    MoveForm,
    round_form,
    round_text,
)
from consult.consultation.rounds.models import MovedDate, Round
from consult.consultation.rounds.queries import get_round, moves_of
from consult.consultation.rounds.timeline import Milestone, timeline_of
from consult.foundation.core.clock import now
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires

bp = Blueprint("rounds", __name__)


def _round(round_slug: str, action: Action) -> Round:
    """Return a round to whoever may act on it."""
    round_ = get_round(round_slug)
    ensure(actor(), action, round_, now())
    return round_


def _desk(round_slug: str) -> str:
    return url_for("rounds.manage", round_slug=round_slug)


@bp.get("/rounds/<string:round_slug>/manage")
@requires(Action.ROUND_VIEW_DESK)
def manage(round_slug: str) -> Answer:
    """Show the desk of a round: its life, its counts, and what to do now."""
    round_ = _round(round_slug, Action.ROUND_VIEW_DESK)
    moves = moves_of(round_.id)
    made = Milestone(_("Made"), round_.created_at)
    return render_template(
        "rounds/manage.html",
        round=round_,
        state=round_.state_at(now()).value,
        milestones=timeline_of(round_, moves, now(), before=[made]),
        steps=steps_for(round_, now()),
        moves=moves,
    )


@bp.route("/plans/<string:plan_slug>/rounds/new", methods=["GET", "POST"])
@requires(Action.ROUND_CREATE)
def new(plan_slug: str) -> Answer:
    """Make a round."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.ROUND_CREATE, plan, now())
    form = round_form(plan, bodies_in(plan.id))

    def act() -> Done:
        written = round_text(form, plan)
        made = create_round(actor(), plan, written, form.slug.data or "", now())
        return Done(
            _desk(made.slug), _("The round is a draft. Nobody sees it until you announce it.")
        )

    return carry_out(form, act) or form_page("rounds/edit.html", form, plan=plan, round=None)


@bp.route("/rounds/<string:round_slug>/edit", methods=["GET", "POST"])
@requires(Action.ROUND_MANAGE)
def edit(round_slug: str) -> Answer:
    """Change what is said about a round."""
    round_ = _round(round_slug, Action.ROUND_MANAGE)
    plan = round_.plan
    form = round_form(plan, bodies_in(plan.id), round_, fixed_fields(round_, now()))

    def act() -> Done:
        written = round_text(form, plan, round_)
        change_round(actor(), round_, written, version_of(form), now())
        return Done(_desk(round_slug), _("The round is saved."))

    return carry_out(form, act) or form_page("rounds/edit.html", form, plan=plan, round=round_)


@bp.route("/rounds/<string:round_slug>/announce", methods=["GET", "POST"])
@requires(Action.ROUND_PUBLISH)
def announce(round_slug: str) -> Answer:
    """Publish the timeline of a round."""
    round_ = _round(round_slug, Action.ROUND_PUBLISH)
    form = AnnounceForm()

    def act() -> Done:
        announce_round(actor(), round_, form.reason.data or "", now())
        return Done(
            _desk(round_slug), _("The round is announced. Everyone who may read it sees its dates.")
        )

    return carry_out(form, act) or form_page(
        "rounds/announce.html",
        form,
        round=round_,
        short=needs_reason(round_, now()),
        missing=missing_for_announcement(round_, now()),
    )


@bp.route("/rounds/<string:round_slug>/move", methods=["GET", "POST"])
@requires(Action.ROUND_MANAGE)
def move(round_slug: str) -> Answer:
    """Move the opening or the closing of an announced round, with a reason."""
    round_ = _round(round_slug, Action.ROUND_MANAGE)
    form = MoveForm()

    def act() -> Done:
        which = MovedDate(form.which.data)
        move_date(actor(), round_, which, form.becomes(), form.reason.data, now())
        return Done(
            _desk(round_slug), _("The date is moved. The reason stands on the page of the round.")
        )

    if answer := carry_out(form, act):
        return answer
    if request.method == "GET":
        form.show_moment("becomes", round_.closes_at)
    return form_page("rounds/move.html", form, round=round_)


@bp.route("/rounds/<string:round_slug>/cancel", methods=["GET", "POST"])
@requires(Action.ROUND_CANCEL)
def cancel(round_slug: str) -> Answer:
    """Cancel a round, with a reason."""
    round_ = _round(round_slug, Action.ROUND_CANCEL)
    form = CancelRoundForm()

    def act() -> Done:
        cancel_round(actor(), round_, form.reason.data, now())
        return Done(_desk(round_slug), _("The round is cancelled. What was handed in is kept."))

    return carry_out(form, act) or form_page("rounds/cancel.html", form, round=round_)


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(bp, url_prefix=language_prefix())
