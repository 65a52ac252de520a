"""The organiser's pages for commitments; the public page is publishing's."""

from collections.abc import Callable

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from consult.consultation.plans.models import Plan
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.listing import list_proposals
from consult.consultation.proposals.queries import no_such_proposal
from consult.consultation.rounds.queries import no_such_round, rounds_in
from consult.foundation.core.clock import now
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.numbers import plain_number
from consult.foundation.core.pages import Page
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.outcomes.commitments.forms import (
    CommitmentForm,
    SourceChoices,
    asked_search,
    asked_sources,
    commitment_form,
    written_in,
)
from consult.outcomes.commitments.models import Commitment
from consult.outcomes.commitments.queries import (
    chosen_proposals,
    commitments_of,
    get_commitment,
    granted_cents,
    holders_to_choose,
)
from consult.outcomes.commitments.services import (
    change_commitment,
    make_commitment,
)

bp = Blueprint("commitments", __name__)
FIND, MORE = "find", "more"
"""What the buttons beside the list of proposals ask for."""


@bp.get("/plans/<string:plan_slug>/commitments")
@requires(Action.COMMITMENT_WRITE)
def index(plan_slug: str) -> Answer:
    """List the commitments of a plan, and the money against its ceiling."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.COMMITMENT_WRITE, plan, now())
    return render_template(
        "commitments/index.html",
        plan=plan,
        commitments=commitments_of(plan.id, drafts=True),
        granted=granted_cents(plan.id),
    )


def _offered(plan: Plan, linked: list[int], commitment: Commitment | None = None) -> SourceChoices:
    """Read which proposals a form offers: what is ticked or linked, and a page of what was found.

    NotFound for a round that is none of this plan's.
    """
    posted = request.form
    ids = asked_sources(posted) if request.method == "POST" else linked
    every = rounds_in(plan.id)
    rounds = [one for one in every if one.tally.published]
    here = rounds[0] if rounds else None
    if asked := posted.get("round_id"):
        here = next((one for one in every if one.id == plain_number(asked)), None)
        if here is None:
            raise no_such_round()
    cursor = posted.get("cursor") if posted.get("act") == MORE else None
    found = list_proposals(here.id, asked_search(posted), cursor) if here else Page([])
    return SourceChoices(chosen_proposals(plan.id, ids, commitment), rounds, found)


def _linked(plan: Plan) -> list[int]:
    """Read the proposals that the address names; NotFound for what is no choice."""
    asked = [plain_number(said) for said in request.args.getlist("proposal")]
    known = [key for key in asked if key is not None]
    if len(known) < len(asked) or len(chosen_proposals(plan.id, known, None)) < len({*known}):
        raise no_such_proposal()
    return known


def _page(form: FlaskForm, plan: Plan, commitment: Commitment | None = None) -> Answer:
    context = {"plan": plan, "commitment": commitment}
    if _only_looks():
        return render_template("commitments/edit.html", form=form, **context)
    return form_page("commitments/edit.html", form, **context)


def _only_looks() -> bool:
    """Whether somebody looks for proposals, and saves nothing yet."""
    return request.form.get("act") in {FIND, MORE}


def _carry_out(form: CommitmentForm, act: Callable[[], Done]) -> Answer | None:
    return None if _only_looks() else carry_out(form, act)


@bp.route("/plans/<string:plan_slug>/commitments/new", methods=["GET", "POST"])
@requires(Action.COMMITMENT_WRITE)
def new(plan_slug: str) -> Answer:
    """Make a commitment from proposals."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.COMMITMENT_WRITE, plan, now())
    form = commitment_form(plan, _offered(plan, _linked(plan)), holders_to_choose())

    def act() -> Done:
        made = make_commitment(actor(), plan, written_in(form, plan), now())
        return Done(
            url_for("commitments.edit", plan_slug=plan_slug, number=made.number),
            _("The commitment is saved as a draft. Publish it when it is complete."),
        )

    return _carry_out(form, act) or _page(form, plan)


@bp.route("/plans/<string:plan_slug>/commitments/<int:number>/edit", methods=["GET", "POST"])
@requires(Action.COMMITMENT_WRITE)
def edit(plan_slug: str, number: int) -> Answer:
    """Change a commitment, and put it in the public plan when it is complete."""
    commitment = get_commitment(plan_slug, number)
    ensure(actor(), Action.COMMITMENT_WRITE, commitment, now())
    plan = commitment.plan
    linked = [source.proposal_id for source in commitment.sources]
    offered = _offered(plan, linked, commitment)
    form = commitment_form(plan, offered, holders_to_choose(), commitment)

    def act() -> Done:
        version = version_of(form)
        publishes = request.form.get("act") == "publish"
        written = written_in(form, plan)
        change_commitment(actor(), commitment, written, version, now(), publish=publishes)
        done = _("The commitment stands in the public plan."), _("The commitment is saved.")
        return Done(
            url_for("commitments.index", plan_slug=plan_slug), done[0] if publishes else done[1]
        )

    return _carry_out(form, act) or _page(form, plan, commitment)


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(bp, url_prefix=language_prefix())
