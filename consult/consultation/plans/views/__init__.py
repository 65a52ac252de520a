"""The desk of a plan: its frame, its themes, its people."""

from flask import Blueprint

from consult.consultation.plans.views import editing, people, themes


def pages() -> Blueprint:
    """Return the pages of a plan's desk."""
    made = Blueprint("plans", __name__)
    for module in (editing, people, themes):
        module.routes.add_to(made)
    return made
