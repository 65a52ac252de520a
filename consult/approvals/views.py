"""Freezing a version; the frozen page itself is publishing's."""

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _

from consult.approvals.forms import FreezeForm
from consult.approvals.queries import versions_of
from consult.approvals.services import freeze_plan
from consult.core.clock import now
from consult.core.unit_of_work import unit_of_work
from consult.core.web import Answer, actor, once, see_other
from consult.plans.queries import get_plan
from consult.policy.actions import Action
from consult.policy.badges import requires
from consult.policy.services import ensure

bp = Blueprint("approvals", __name__)


@bp.route("/plans/<string:plan_slug>/versions/new", methods=["GET", "POST"])
@requires(Action.VERSION_FREEZE)
def freeze(plan_slug: str) -> Answer:
    """Freeze the published plan as its next version."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.VERSION_FREEZE, plan, now())
    form = FreezeForm()
    if form.validate_on_submit():
        with unit_of_work(once()) as work:
            version = freeze_plan(actor(), plan, form.label.data, now())
            work.leads_to = url_for(
                "publishing.version", plan_slug=plan_slug, number=version.number
            )
        flash(_("The version is frozen. Its text can no longer change."))
        return see_other(work.leads_to)
    page = render_template(
        "approvals/freeze.html", form=form, plan=plan, versions=versions_of(plan.id)
    )
    return (page, 422) if form.is_submitted() else page
