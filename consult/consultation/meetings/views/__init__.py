"""The pages of meetings: what everyone reads, and the desk."""

from flask import Blueprint

from consult.consultation.meetings.views import desk, reading


def pages() -> Blueprint:
    """Return the pages of meetings."""
    made = Blueprint("meetings", __name__)
    for module in (reading, desk):
        module.routes.add_to(made)
    return made
