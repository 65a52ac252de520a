"""The organiser's desk of responses."""

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from consult.consultation.proposals.facets import organisations_in
from consult.consultation.proposals.listing import Order, ProposalFilter
from consult.consultation.proposals.queries import get_proposal
from consult.consultation.rounds.queries import get_round
from consult.foundation.core.clock import now
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.search import fault_in
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.outcomes.responses.forms import response_form
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.queries import next_unanswered, progress_of, response_of, to_answer
from consult.outcomes.responses.services import prepare_response, publish_responses

bp = Blueprint("responses", __name__)


@bp.get("/rounds/<string:round_slug>/responses")
@requires(Action.RESPONSES_VIEW_DESK)
def index(round_slug: str) -> Answer:
    """Show what has an answer and what has none, and publish them when all have one."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.RESPONSES_VIEW_DESK, round_, now())
    asked = request.args
    only_open, outcome = asked.get("open") == "1", _outcome(asked.get("outcome", ""))
    wanted = ProposalFilter(
        query=asked.get("q", "").strip(),
        theme=asked.get("theme", ""),
        sector=asked.get("sector", ""),
        organisation=asked.get("organisation", ""),
        order=asked.get("order") or Order.OLDEST.value,
    )
    return render_template(
        "responses/index.html",
        round=round_,
        progress=progress_of(round_.id),
        page=to_answer(
            round_.id, wanted, asked.get("cursor"), only_open=only_open, outcome=outcome
        ),
        wanted=wanted,
        query_fault=fault_in(wanted.query),
        only_open=only_open,
        outcome=outcome,
        organisations=organisations_in(round_.id).items(),
    )


def _outcome(value: str) -> Outcome | None:
    if value and value not in set(Outcome):
        raise InvalidInput(_("There is no such outcome."), _("Choose one of the filters."))
    return Outcome(value) if value else None


@bp.route("/rounds/<string:round_slug>/responses/<int:number>", methods=["GET", "POST"])
@requires(Action.RESPONSE_PREPARE)
def prepare(round_slug: str, number: int) -> Answer:
    """Write the response to a proposal."""
    proposal = get_proposal(round_slug, number)
    ensure(actor(), Action.RESPONSE_PREPARE, proposal, now())
    response = response_of(proposal.id)
    form = response_form(proposal, response)

    def act() -> Done:
        prepare_response(actor(), proposal, form.answer, form.opened_with, now())
        return Done(
            _onwards(round_slug, proposal.round_id, number),
            _("The response to #%(number)s is saved.", number=number),
        )

    if answer := carry_out(form, act):
        return answer
    return form_page("responses/prepare.html", form, proposal=proposal, response=response)


def _onwards(round_slug: str, round_id: int, number: int) -> str:
    """Return where to go after a response: the next proposal without one, if that was asked for."""
    following = next_unanswered(round_id, number) if request.form.get("act") == "next" else None
    if following is not None:
        return url_for("responses.prepare", round_slug=round_slug, number=following)
    return url_for("responses.index", round_slug=round_slug)


@bp.post("/rounds/<string:round_slug>/responses/publish")
@requires(Action.RESPONSES_PUBLISH)
def publish(round_slug: str) -> Answer:
    """Publish all responses together."""
    round_ = get_round(round_slug)

    def act() -> Done:
        many = publish_responses(actor(), round_, now())
        return Done(
            url_for("publishing.round", round_slug=round_slug),
            ngettext(
                "One response is public, and its author is told.",
                "%(num)s responses are public, and the authors are told.",
                many,
            ),
        )

    return do_once(act)


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(bp, url_prefix=language_prefix())
