"""The pages of bodies and organisations, by concept."""

from flask import Blueprint

from consult.people.organisations.views import mandates, members, places, register


def pages() -> Blueprint:
    """Return the pages of bodies and organisations."""
    made = Blueprint("organisations", __name__)
    for module in (mandates, members, places, register):
        module.routes.add_to(made)
    return made
