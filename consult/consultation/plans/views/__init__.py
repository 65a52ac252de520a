"""The desk of a plan: its frame, its themes, its people."""

from flask import Blueprint, Flask

from consult.consultation.plans.views import editing, people, themes
from consult.foundation.core.extensions import language_prefix


def pages() -> Blueprint:
    """Return the pages of a plan's desk."""
    made = Blueprint("plans", __name__)
    for module in (editing, people, themes):
        module.routes.add_to(made)
    return made


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(pages(), url_prefix=language_prefix())
