"""The moderators' desk, and the public log."""

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _

from consult.comments.models import ContributionState as State
from consult.core.clock import now
from consult.core.errors import InvalidInput
from consult.core.unit_of_work import unit_of_work
from consult.core.web import Answer, actor, once, see_other
from consult.moderation.forms import GROUNDS, DecisionForm
from consult.moderation.models import Verb
from consult.moderation.queries import (
    decisions_about,
    get_contribution,
    log_of,
    totals_of,
    waiting,
)
from consult.moderation.services import decide
from consult.policy.actions import Action
from consult.policy.badges import requires
from consult.policy.services import can, ensure
from consult.rounds.queries import get_round

bp = Blueprint("moderation", __name__)


def _plans_at_hand() -> frozenset[int]:
    return actor().standing.ids("plan", "moderator", "organiser")


@bp.get("/moderation")
@requires(Action.MODERATION_VIEW_QUEUE)
def queue() -> Answer:
    """Show everything that waits for a look, oldest first."""
    ensure(actor(), Action.MODERATION_VIEW_QUEUE, None, now())
    late = request.args.get("late") == "1"
    page = waiting(
        _plans_at_hand(),
        request.args.get("cursor"),
        state=State.LATE if late else State.PENDING,
        kind=request.args.get("kind", ""),
        round_slug=request.args.get("round", ""),
    )
    return render_template(
        "moderation/queue.html", page=page, late=late, form=DecisionForm(), grounds=GROUNDS
    )


@bp.get("/moderation/<any(proposal, comment):kind>/<uuid:public_id>")
@requires(Action.MODERATION_VIEW_QUEUE)
def item(kind: str, public_id: object) -> Answer:
    """Show one contribution with all decisions about it, and the ways on."""
    found = get_contribution(kind, str(public_id))
    ensure(actor(), Action.MODERATION_VIEW_QUEUE, found, now())
    return render_template(
        "moderation/item.html",
        contribution=found,
        kind=kind,
        decisions=decisions_about(found),
        form=DecisionForm(),
        grounds=GROUNDS,
    )


@bp.post("/moderation/<any(proposal, comment):kind>/<uuid:public_id>/<string:verb>")
@requires(Action.CONTRIBUTION_PUBLISH)
def act(kind: str, public_id: object, verb: str) -> Answer:
    """Decide, and go on to the next in the queue."""
    found = get_contribution(kind, str(public_id))
    ensure(actor(), Action.MODERATION_VIEW_QUEUE, found, now())
    form = DecisionForm()
    if verb not in set(Verb) or not form.validate_on_submit():
        raise InvalidInput(_("This decision is not complete."), _("Go back and choose again."))
    with unit_of_work(once()) as work:
        decide(actor(), found, form.judgement(Verb(verb)), now())
        late = 1 if Verb(verb) is Verb.ADMIT else None
        work.leads_to = url_for("moderation.queue", late=late)
    flash(_("Your decision is stored, and the author is told."))
    return see_other(work.leads_to)


@bp.get("/rounds/<string:round_slug>/moderation-log")
@requires(Action.MODERATION_READ_LOG)
def log(round_slug: str) -> Answer:
    """Show every decision of a round, with its reason."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.MODERATION_READ_LOG, round_, now())
    return render_template(
        "moderation/log.html",
        round=round_,
        page=log_of(round_.id, request.args.get("cursor")),
        totals=totals_of(round_.id),
        grounds=GROUNDS,
        team=can(actor(), Action.MODERATION_VIEW_QUEUE, round_, now()),
    )
