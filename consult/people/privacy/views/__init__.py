"""The pages of one's own data, and those of administrators."""

from flask import Blueprint, Flask
from flask_security.signals import user_authenticated

from consult.foundation.core.extensions import language_prefix
from consult.people.privacy import inactive_accounts
from consult.people.privacy.views import incidents, my_data, people


def pages() -> Blueprint:
    """Return the pages of privacy."""
    made = Blueprint("privacy", __name__)
    for module in (my_data, incidents, people):
        module.routes.add_to(made)
    return made


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(pages(), url_prefix=language_prefix())
    user_authenticated.connect(inactive_accounts.at_sign_in, app)
