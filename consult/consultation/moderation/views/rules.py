"""What the moderators of a plan agreed on."""

from flask import url_for
from flask_babel import gettext as _

from consult.consultation.moderation.forms import rules_form
from consult.consultation.moderation.ready_reasons import rules_of, set_rules
from consult.consultation.plans.queries import get_plan
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires

routes = Routes()


@routes.route("/plans/<string:plan_slug>/moderation-rules", methods=["GET", "POST"])
@requires(Action.MODERATION_SET_RULES)
def rules(plan_slug: str) -> Answer:
    """Change what the moderators of a plan agreed on: ready reasons, grounds that ask for two."""
    plan = get_plan(plan_slug)
    ensure(actor(), Action.MODERATION_SET_RULES, plan, now())
    form = rules_form(plan, rules_of(plan.id))

    def act() -> Done:
        set_rules(actor(), plan, form.rules, now())
        return Done(url_for("moderation.rules", plan_slug=plan_slug), _("Stored."))

    return carry_out(form, act) or form_page("moderation/rules.html", form, plan=plan)
