"""Plans: an action plan with a term, languages, ordered themes, bodies and a team.

Themes are input, not code: an ordered list with titles in each language of the plan. A person has
roles on a plan: organiser, moderator, approver, participant, holder. A role that was taken back
stays on record.
"""

from flask import Flask

from consult.consultation.plans import answers, views
from consult.foundation.core.extensions import language_prefix
from consult.foundation.policy.questions import answer


def init_app(app: Flask) -> None:
    """Bring plans, and the roles on them."""
    answer(answers.ANSWERS)
    app.register_blueprint(views.pages(), url_prefix=language_prefix())
