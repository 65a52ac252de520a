"""Plans: an action plan with a term, languages, ordered themes, bodies and a team.

Themes are input, not code: an ordered list with titles in each language of the plan. A person has
roles on a plan: organiser, moderator, approver, participant, holder. A role that was taken back
stays on record.
"""

from flask import Flask

from consult.consultation.plans import answers, labels, personal, queries
from consult.consultation.plans.models import GRANTS, Plan, PlanBody, PlanRole, Role, Theme
from consult.foundation.core.findable import findable
from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.core.people import add_grants, needs_second_factor
from consult.foundation.personal_data.closing import add_obstacle, on_closing
from consult.foundation.personal_data.export_parts import name_rows, personal_data
from consult.foundation.policy.questions import answer
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy
from consult.people.following.models import FollowedKind
from consult.people.following.subjects import followable
from consult.people.organisations.organisers import add_organisers


def init_app(app: Flask) -> None:
    """Register the roles on plans, and what plans answer, keep and show."""
    for table in (Plan, PlanBody, PlanRole):
        record_rows(table)
    record_rows(Theme, newer=[(Theme.removed_at,)])
    findable(Plan)
    followable(FollowedKind.PLAN, queries.plans_to_follow)
    followable(FollowedKind.THEME, queries.themes_to_follow)
    add_labels(*labels.LABELS)
    add_grants(GRANTS)
    needs_second_factor("plan", Role.ORGANISER, Role.MODERATOR, Role.APPROVER)
    answer(answers.ANSWERS)
    add_organisers(answers.organisers_of_body)

    name_rows(*personal.NAMED)
    personal_data(*personal.PARTS)
    add_obstacle(personal.last_organiser)
    on_closing(personal.end_roles)

    app.jinja_env.globals["plans_of_body"] = queries.plans_of_body
    bring_pages(app, lazy("consult.consultation.plans.views:init_pages"))
