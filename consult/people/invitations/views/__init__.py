"""The pages of invitations: those that a key opens, and the desk."""

from flask import Blueprint, Flask

from consult.foundation.core.extensions import language_prefix, limit_all
from consult.foundation.core.web import never_kept
from consult.people.invitations.views import answering, desk, files


def pages() -> Blueprint:
    """Return the pages of invitations."""
    made = Blueprint("invitations", __name__)
    for module in (answering, desk, files):
        module.routes.add_to(made)
    made.after_request(never_kept)
    return made


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(pages(), url_prefix=language_prefix())
    limit_all(app, answering.TOKEN_LIMITS)
