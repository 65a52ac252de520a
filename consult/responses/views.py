"""The organiser's desk of responses."""

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _

from consult.core.clock import now
from consult.core.unit_of_work import unit_of_work
from consult.core.web import Answer as Page
from consult.core.web import actor, once, see_other
from consult.policy.actions import Action
from consult.policy.badges import requires
from consult.policy.services import ensure
from consult.proposals.queries import get_proposal
from consult.responses.forms import ResponseForm
from consult.responses.models import Outcome
from consult.responses.queries import progress_of, response_of, to_answer
from consult.responses.services import Answer, prepare_response, publish_responses
from consult.rounds.queries import get_round

bp = Blueprint("responses", __name__)


@bp.get("/rounds/<string:round_slug>/responses")
@requires(Action.RESPONSES_VIEW_DESK)
def index(round_slug: str) -> Page:
    """Show what has an answer and what has none, and publish them when all have one."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.RESPONSES_VIEW_DESK, round_, now())
    only_open = request.args.get("open") == "1"
    return render_template(
        "responses/index.html",
        round=round_,
        progress=progress_of(round_.id),
        page=to_answer(round_.id, request.args.get("cursor"), only_open=only_open),
        only_open=only_open,
    )


@bp.route("/rounds/<string:round_slug>/responses/<int:number>", methods=["GET", "POST"])
@requires(Action.RESPONSE_PREPARE)
def prepare(round_slug: str, number: int) -> Page:
    """Write the response to a proposal."""
    proposal = get_proposal(round_slug, number)
    ensure(actor(), Action.RESPONSE_PREPARE, proposal, now())
    response = response_of(proposal.id)
    form = ResponseForm()
    if not form.is_submitted():
        form.language.data = proposal.language
        if response is not None:
            form.outcome.data, form.reason.data = response.outcome.value, response.reason
            form.language.data, form.version.data = response.language, str(response.version)
    elif form.validate():
        version = int(form.version.data) if (form.version.data or "").isdecimal() else None
        answer = Answer(Outcome(form.outcome.data), form.reason.data, form.language.data)
        with unit_of_work(once()) as work:
            prepare_response(actor(), proposal, answer, version, now())
            work.leads_to = url_for("responses.index", round_slug=round_slug)
        flash(_("The response to #%(number)s is saved.", number=number))
        return see_other(work.leads_to)
    page = render_template(
        "responses/prepare.html", form=form, proposal=proposal, response=response
    )
    return (page, 422) if form.is_submitted() else page


@bp.post("/rounds/<string:round_slug>/responses/publish")
@requires(Action.RESPONSES_PUBLISH)
def publish(round_slug: str) -> Page:
    """Publish all responses together."""
    round_ = get_round(round_slug)
    with unit_of_work(once()) as work:
        published = publish_responses(actor(), round_, now())
        work.leads_to = url_for("publishing.round", round_slug=round_slug)
    flash(_("%(number)s responses are public, and the authors are told.", number=published))
    return see_other(work.leads_to)
