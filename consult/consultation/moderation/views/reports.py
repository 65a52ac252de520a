"""Reporting a text to the moderators, and what they do with the reports."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from consult.consultation.moderation.desk import plans_at_hand
from consult.consultation.moderation.forms import DismissForm, ReportForm
from consult.consultation.moderation.models import ReportKind
from consult.consultation.moderation.queries import get_contribution, number_of
from consult.consultation.moderation.reports import (
    dismiss_reports,
    open_reports,
    report_contribution,
    reported_texts,
)
from consult.consultation.moderation.views.naming import page_of
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires

routes = Routes()
LIMITS = {"moderation.report": "10/hour;30/day"}
"""How often a person, or a place, may report."""


@routes.route("/report/<any(proposal, comment):kind>/<uuid:public_id>", methods=["GET", "POST"])
@requires(Action.CONTRIBUTION_REPORT)
def report(kind: str, public_id: object) -> Answer:
    """Tell the moderators that a public text does not belong here."""
    found = get_contribution(kind, str(public_id))
    ensure(actor(), Action.CONTRIBUTION_REPORT, found, now())
    form = ReportForm()

    def act() -> Done:
        chosen = ReportKind(form.kind.data)
        report_contribution(actor(), found, chosen, form.sentence.data, now())
        told = _("Thank you. A moderator looks at it, and you hear what becomes of it.")
        return Done(page_of(found), told)

    return carry_out(form, act) or form_page(
        "moderation/report.html", form, contribution=found, number=number_of(found),
        back=page_of(found),
    )  # fmt: skip


@routes.get("/moderation/reports")
@requires(Action.MODERATION_VIEW_QUEUE)
def reports() -> Answer:
    """List what was reported and not answered, the oldest first."""
    ensure(actor(), Action.MODERATION_VIEW_QUEUE, None, now())
    page = reported_texts(plans_at_hand(actor()), request.args.get("cursor"))
    return render_template("moderation/reports.html", page=page)


@routes.route(
    "/moderation/<any(proposal, comment):kind>/<uuid:public_id>/reports", methods=["GET", "POST"]
)
@requires(Action.REPORTS_DISMISS)
def dismiss(kind: str, public_id: object) -> Answer:
    """Answer the reports of a text that stays."""
    found = get_contribution(kind, str(public_id))
    ensure(actor(), Action.REPORTS_DISMISS, found, now())
    form = DismissForm()

    def act() -> Done:
        told = dismiss_reports(actor(), found, form.answer.data, now())
        said = ngettext(
            "It stays, and the %(num)s person who reported it is told.",
            "It stays, and the %(num)s people who reported it are told.",
            told,
        )
        return Done(url_for("moderation.reports"), said)

    return carry_out(form, act) or form_page(
        "moderation/dismiss.html", form, contribution=found, number=number_of(found), kind=kind,
        reports=open_reports(found),
    )  # fmt: skip
