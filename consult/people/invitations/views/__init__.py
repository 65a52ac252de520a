"""The pages of invitations: those that a key opens, and the desk."""

from flask import Blueprint

from consult.foundation.core.web import never_kept
from consult.people.invitations.views import answering, desk, files


def pages() -> Blueprint:
    """Return the pages of invitations."""
    made = Blueprint("invitations", __name__)
    for module in (answering, desk, files):
        module.routes.add_to(made)
    made.after_request(never_kept)
    return made
