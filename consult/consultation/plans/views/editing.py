"""The desk of a plan, and the forms of the plan itself."""

from itertools import groupby

from flask import render_template, url_for
from flask_babel import gettext as _

from consult.consultation.plans.desk import SECTIONS, uses_of_bodies
from consult.consultation.plans.forms import plan_form, plan_text
from consult.consultation.plans.labels import ROLE_EXPLANATIONS
from consult.consultation.plans.models import Plan, PlanRole, Role
from consult.consultation.plans.queries import bodies_in, get_plan, roles_on
from consult.consultation.plans.services import change_plan, create_plan
from consult.consultation.plans.themes import uses_of_themes
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires

routes = Routes()


def _people(plan: Plan) -> tuple[list[tuple[Role, list[PlanRole]]], list[PlanRole]]:
    """Return who has which role now, role by role, and the roles that were taken back."""
    roles = roles_on(plan.id)
    order = list(Role)
    present = sorted(
        (one for one in roles if one.ended_at is None), key=lambda one: order.index(one.role)
    )
    grouped = [(role, list(held)) for role, held in groupby(present, key=lambda one: one.role)]
    return grouped, [one for one in roles if one.ended_at is not None]


@routes.get("/plans/<string:plan_slug>/manage")
@requires(Action.PLAN_MANAGE)
def manage(plan_slug: str) -> Answer:
    """Show the desk of a plan: its texts, themes, bodies, people and rounds."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.PLAN_MANAGE, plan, now())
    people, former = _people(plan)
    sections = [(one.template, one.load(plan, now())) for one in SECTIONS]
    return render_template(
        "plans/manage.html",
        plan=plan,
        theme_uses=uses_of_themes(plan.themes),
        bodies=bodies_in(plan.id),
        body_uses=uses_of_bodies(plan.id),
        people=people,
        former=former,
        explanations=ROLE_EXPLANATIONS,
        sections=sections,
    )


@routes.route("/plans/new", methods=["GET", "POST"])
@requires(Action.PLAN_CREATE)
def new() -> Answer:
    """Make a plan."""
    ensure(actor(), Action.PLAN_CREATE, None, now())
    form = plan_form()

    def act() -> Done:
        made = create_plan(actor(), plan_text(form), form.slug.data or "", now())
        return Done(
            url_for("plans.manage", plan_slug=made.slug),
            _("The plan is made. Now make somebody its organiser."),
        )

    return carry_out(form, act) or form_page("plans/edit.html", form, plan=None)


@routes.route("/plans/<string:plan_slug>/edit", methods=["GET", "POST"])
@requires(Action.PLAN_MANAGE)
def edit(plan_slug: str) -> Answer:
    """Change what is said about a plan."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.PLAN_MANAGE, plan, now())
    form = plan_form(plan)

    def act() -> Done:
        change_plan(actor(), plan, plan_text(form), version_of(form), now())
        return Done(url_for("plans.manage", plan_slug=plan_slug), _("The plan is saved."))

    return carry_out(form, act) or form_page("plans/edit.html", form, plan=plan)
