"""Who takes part in a plan: bodies and people with a role."""

from flask import url_for
from flask_babel import gettext as _

from consult.consultation.plans.forms import AddBodyForm, RoleForm
from consult.consultation.plans.models import Role
from consult.consultation.plans.queries import bodies_to_add, get_plan, get_role
from consult.consultation.plans.roles import grant_role, take_back_role
from consult.consultation.plans.services import create_body_of_plan, leave_out_body, take_in_body
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.organisations.forms import body_form, body_text
from consult.people.organisations.queries import get_body

routes = Routes()


def _bodies(plan_slug: str) -> str:
    return url_for("plans.manage", plan_slug=plan_slug, _anchor="bodies")


def _people(plan_slug: str) -> str:
    return url_for("plans.manage", plan_slug=plan_slug, _anchor="people")


@routes.route("/plans/<string:plan_slug>/bodies/add", methods=["GET", "POST"])
@requires(Action.PLAN_MANAGE)
def add_body(plan_slug: str) -> Answer:
    """Let a body that exists take part."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.PLAN_MANAGE, plan, now())
    bodies = {body.id: body for body in bodies_to_add(actor(), plan.id)}
    form = AddBodyForm.among(list(bodies.values()))

    def act() -> Done:
        take_in_body(actor(), plan, bodies[form.body_id.data], now())
        return Done(_bodies(plan_slug), _("The body takes part in the plan."))

    return carry_out(form, act) or form_page("plans/add_body.html", form, plan=plan)


@routes.route("/plans/<string:plan_slug>/bodies/new", methods=["GET", "POST"])
@requires(Action.PLAN_MANAGE)
def new_body(plan_slug: str) -> Answer:
    """Make a body, which takes part in the plan from the start."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.PLAN_MANAGE, plan, now())
    form = body_form()

    def act() -> Done:
        made = create_body_of_plan(actor(), plan, body_text(form), form.slug.data or "", now())
        return Done(
            url_for("organisations.members", body_slug=made.slug),
            _("The body is made, and takes part in the plan. Now add its members."),
        )

    return carry_out(form, act) or form_page("plans/new_body.html", form, plan=plan)


@routes.post("/plans/<string:plan_slug>/bodies/<string:body_slug>/remove")
@requires(Action.PLAN_MANAGE)
def remove_body(plan_slug: str, body_slug: str) -> Answer:
    """Let a body no longer take part."""
    plan, body = get_plan(plan_slug), get_body(body_slug)

    def act() -> Done:
        leave_out_body(actor(), plan, body, now())
        return Done(_bodies(plan_slug), _("The body no longer takes part in the plan."))

    return do_once(act)


@routes.route("/plans/<string:plan_slug>/roles/new", methods=["GET", "POST"])
@requires(Action.ROLE_GRANT)
def new_role(plan_slug: str) -> Answer:
    """Grant somebody a role."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.ROLE_GRANT, plan, now())
    form = RoleForm()

    def act() -> Done:
        grant_role(actor(), plan, form.address.data, Role(form.role.data), now())
        return Done(_people(plan_slug), _("The role is given."))

    return carry_out(form, act) or form_page("plans/new_role.html", form, plan=plan)


@routes.post("/plans/<string:plan_slug>/roles/<int:role_id>/take-back")
@requires(Action.ROLE_GRANT)
def end_role(plan_slug: str, role_id: int) -> Answer:
    """Take a role back; whoever takes back their own last role leaves the desk."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.ROLE_GRANT, plan, now())
    held = get_role(plan, role_id)
    own = held.person_id == actor().actor_id

    def act() -> Done:
        take_back_role(actor(), plan, held, now())
        return Done(
            url_for("publishing.home") if own else _people(plan_slug),
            _("The role is taken back. That somebody had it stays on record."),
        )

    return do_once(act)
