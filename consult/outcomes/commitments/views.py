"""The organiser's pages for commitments; the public page is publishing's."""

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from consult.consultation.plans.models import Plan
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.queries import no_such_proposal
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.numbers import plain_number
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.outcomes.commitments.forms import CommitmentForm, commitment_form, written_in
from consult.outcomes.commitments.models import Commitment
from consult.outcomes.commitments.queries import (
    commitments_of,
    get_commitment,
    granted_cents,
    holders_to_choose,
    proposals_to_choose,
)
from consult.outcomes.commitments.services import (
    change_commitment,
    make_commitment,
)

bp = Blueprint("commitments", __name__)


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


def _form(plan: Plan, commitment: Commitment | None = None) -> CommitmentForm:
    return commitment_form(plan, proposals_to_choose(plan.id), holders_to_choose(), commitment)


def _form_from(plan: Plan) -> CommitmentForm:
    """Make the form with the proposals that the address names; NotFound for what is no choice."""
    known = proposals_to_choose(plan.id)
    asked = [plain_number(said) for said in request.args.getlist("proposal")]
    if not set(asked) <= {id_ for id_, _label in known}:
        raise no_such_proposal()
    chosen = [id_ for id_, _label in known if id_ in asked]
    return commitment_form(plan, known, holders_to_choose(), chosen=chosen)


def _page(form: FlaskForm, plan: Plan, commitment: Commitment | None = None) -> Answer:
    return form_page("commitments/edit.html", form, plan=plan, commitment=commitment)


@bp.route("/plans/<string:plan_slug>/commitments/new", methods=["GET", "POST"])
@requires(Action.COMMITMENT_WRITE)
def new(plan_slug: str) -> Answer:
    """Make a commitment from proposals."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.COMMITMENT_WRITE, plan, now())
    form = _form_from(plan)

    def act() -> Done:
        made = make_commitment(actor(), plan, written_in(form, plan), now())
        return Done(
            url_for("commitments.edit", plan_slug=plan_slug, number=made.number),
            _("The commitment is saved as a draft. Publish it when it is complete."),
        )

    return carry_out(form, act) or _page(form, plan)


@bp.route("/plans/<string:plan_slug>/commitments/<int:number>/edit", methods=["GET", "POST"])
@requires(Action.COMMITMENT_WRITE)
def edit(plan_slug: str, number: int) -> Answer:
    """Change a commitment, and put it in the public plan when it is complete."""
    commitment = get_commitment(plan_slug, number)
    ensure(actor(), Action.COMMITMENT_WRITE, commitment, now())
    form = _form(commitment.plan, commitment)

    def act() -> Done:
        version = version_of(form)
        publishes = request.form.get("act") == "publish"
        written = written_in(form, commitment.plan)
        change_commitment(actor(), commitment, written, version, now(), publish=publishes)
        done = _("The commitment stands in the public plan."), _("The commitment is saved.")
        return Done(
            url_for("commitments.index", plan_slug=plan_slug), done[0] if publishes else done[1]
        )

    return carry_out(form, act) or _page(form, commitment.plan, commitment)
