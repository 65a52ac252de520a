"""Freezing a version and leaving something out of one; the page of it is publishing's."""

from collections.abc import Sequence

from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup, escape

from consult.consultation.plans.models import Plan
from consult.consultation.plans.queries import get_plan
from consult.foundation.core.clock import now
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.forms import errors_on
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor, once, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.outcomes.approvals.forms import FreezeForm, RedactForm
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.approvals.omissions import label_of
from consult.outcomes.approvals.queries import get_version, versions_of
from consult.outcomes.approvals.redaction import (
    FieldChange,
    changes_of,
    redact_version,
    redactable,
    still_public,
    versions_with,
)
from consult.outcomes.approvals.services import freeze_plan

bp = Blueprint("approvals", __name__)


@bp.route("/plans/<string:plan_slug>/versions/new", methods=["GET", "POST"])
@requires(Action.VERSION_FREEZE)
def freeze(plan_slug: str) -> Answer:
    """Freeze the published plan as its next version."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.VERSION_FREEZE, plan, now())
    form = FreezeForm()

    def act() -> Done:
        version = freeze_plan(actor(), plan, form.label.data, now())
        return Done(
            url_for("publishing.version", plan_slug=plan_slug, number=version.number),
            _("The version is frozen. Its text can no longer change."),
        )

    return carry_out(form, act) or form_page(
        "approvals/freeze.html",
        form,
        plan=plan,
        versions=[(one, label_of(one)) for one in versions_of(plan.id)],
    )


@bp.route("/plans/<string:plan_slug>/versions/<int:number>/redact", methods=["GET", "POST"])
@requires(Action.VERSION_REDACT)
def redact(plan_slug: str, number: int) -> Answer:
    """Leave words or a field out of a frozen version: first what would change, then for good."""
    version = get_version(plan_slug, number)
    ensure(actor(), Action.VERSION_REDACT, version.plan, now())
    form = RedactForm.for_fields(redactable(version))
    if not form.validate_on_submit():
        return _redact_page(form, version)
    if request.form.get("act") != "redact":
        changes: list[FieldChange] = []
        with errors_on(form):
            changes = changes_of(version, form.wanted)
        return _redact_page(form, version, changes)
    others: Sequence[PlanVersion] = ()
    with errors_on(form), unit_of_work(once()) as work:
        others = redact_version(actor(), version, form.wanted, now())
        work.leads_to = url_for("publishing.version", plan_slug=plan_slug, number=number)
    if form.errors:
        return _redact_page(form, version)
    flash(_("It is left out, and the page of the version says so."))
    if others:
        flash(_still_there(version.plan, others), "warning")
    return see_other(work.leads_to)


def _still_there(plan: Plan, versions: Sequence[PlanVersion]) -> Markup:
    """Say where the same words still stand, with a link to the form of each version."""
    links = [
        Markup('<a class="nl-link" href="{}">{}</a>').format(
            url_for("approvals.redact", plan_slug=plan.slug, number=one.number),
            _("Version %(number)s", number=one.number),
        )
        for one in versions
    ]
    said = escape(_("The same words still stand elsewhere. Leave them out there as well:"))
    return said + Markup(" ") + Markup(", ").join(links)


def _redact_page(
    form: FlaskForm, version: PlanVersion, changes: Sequence[FieldChange] = ()
) -> Answer:
    page = render_template(
        "approvals/redact.html",
        form=form,
        version=version,
        plan=version.plan,
        changes=changes,
        public=still_public(version.plan, form.wanted, changes) if changes else [],
        others=versions_with(version, form.wanted, changes) if changes else [],
    )
    return (page, 422) if form.errors else page


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(bp, url_prefix=language_prefix())
