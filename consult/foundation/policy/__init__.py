"""Policy: who may do what, when. One table says it all; everybody asks the table.

An action is allowed when every question of one of its alternatives is answered yes. Questions are
about the actor, the subject and the moment; the packages that know register the answers. A refusal
says which question was answered no, and what would help.
"""

from flask import Flask
from werkzeug.local import LocalProxy

from consult.foundation.core.clock import now
from consult.foundation.core.web import actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.questions import ANSWERS, answer
from consult.foundation.policy.services import can


def init_app(app: Flask) -> None:
    """Register the answers about any actor, and let templates ask the table."""
    answer(ANSWERS)
    # A macro asks the proxy; a page, whose answer has one reader, has the reader at hand.
    app.jinja_env.globals.update(can=_can, actor=LocalProxy(actor))
    app.context_processor(lambda: {"actor": actor()})


def _can(action: str, subject: object = None) -> bool:
    """Whether the reader of the page may do this now."""
    return can(actor(), Action(action), subject, now())
