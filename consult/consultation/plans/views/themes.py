"""The themes of a plan: adding, changing, moving and removing them."""

from flask import request, url_for
from flask_babel import gettext as _

from consult.consultation.plans.forms import theme_form, theme_text
from consult.consultation.plans.queries import get_plan
from consult.consultation.plans.themes import (
    add_theme,
    change_theme,
    move_theme,
    remove_theme,
    theme_of,
)
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires

routes = Routes()


def _desk(plan_slug: str) -> str:
    return url_for("plans.manage", plan_slug=plan_slug, _anchor="themes")


@routes.route("/plans/<string:plan_slug>/themes/new", methods=["GET", "POST"])
@requires(Action.PLAN_MANAGE)
def new_theme(plan_slug: str) -> Answer:
    """Add a theme."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.PLAN_MANAGE, plan, now())
    form = theme_form(plan)

    def act() -> Done:
        add_theme(actor(), plan, theme_text(form, plan), form.slug.data or "", now())
        return Done(_desk(plan_slug), _("The theme is added, as the last one."))

    return carry_out(form, act) or form_page("plans/edit_theme.html", form, plan=plan, theme=None)


@routes.route("/plans/<string:plan_slug>/themes/<string:theme_slug>/edit", methods=["GET", "POST"])
@requires(Action.PLAN_MANAGE)
def edit_theme(plan_slug: str, theme_slug: str) -> Answer:
    """Change a theme."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.PLAN_MANAGE, plan, now())
    theme = theme_of(plan, theme_slug)
    form = theme_form(plan, theme)

    def act() -> Done:
        change_theme(actor(), theme, theme_text(form, plan), version_of(form), now())
        return Done(_desk(plan_slug), _("The theme is saved."))

    return carry_out(form, act) or form_page("plans/edit_theme.html", form, plan=plan, theme=theme)


@routes.post("/plans/<string:plan_slug>/themes/<string:theme_slug>/move")
@requires(Action.PLAN_MANAGE)
def move(plan_slug: str, theme_slug: str) -> Answer:
    """Move a theme one place up or down."""
    theme = theme_of(get_plan(plan_slug), theme_slug)
    places = -1 if request.form.get("direction") == "up" else 1

    def act() -> Done:
        move_theme(actor(), theme, places, now())
        return Done(_desk(plan_slug))

    return do_once(act)


@routes.post("/plans/<string:plan_slug>/themes/<string:theme_slug>/remove")
@requires(Action.PLAN_MANAGE)
def remove(plan_slug: str, theme_slug: str) -> Answer:
    """Remove a theme that nothing uses."""
    theme = theme_of(get_plan(plan_slug), theme_slug)

    def act() -> Done:
        remove_theme(actor(), theme, now())
        return Done(_desk(plan_slug), _("The theme is removed."))

    return do_once(act)
