"""Policy: who may do what, when. One table says it all; everybody asks the table.

An action is allowed when every question of one of its alternatives is answered yes. Questions are
about the actor, the subject and the moment; the packages that know register the answers. A refusal
says which question was answered no, and what would help.
"""

from flask import Flask

from consult.foundation.core.clock import now
from consult.foundation.core.web import actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.questions import ANSWERS, answer
from consult.foundation.policy.services import can


def init_app(app: Flask) -> None:
    """Register the answers about any actor, and let templates ask the table."""
    answer(ANSWERS)
    app.context_processor(_for_templates)


def _for_templates() -> dict[str, object]:
    return {
        "actor": actor(),
        "can": lambda action, subject=None: can(actor(), Action(action), subject, now()),
    }
