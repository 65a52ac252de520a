"""The pages of signing in, under the names that the library knows, and those of one's account."""

from flask import Blueprint, Flask

from consult.foundation.core.extensions import csrf, language_prefix, limit_posts
from consult.foundation.core.web import never_kept
from consult.people.accounts.setup import SIGN_IN_LIMITS, init_accounts
from consult.people.accounts.views import (
    entrance,
    mail,
    notices,
    profile,
    provider,
    second_factor,
    security,
)


def sign_in_pages() -> Blueprint:
    """Return the pages of signing in and out, and of what secures that."""
    made = Blueprint("security", __name__)
    for module in (entrance, second_factor, provider, security):
        module.routes.add_to(made)
    made.before_request(entrance.only_local)
    made.after_request(never_kept)
    made.context_processor(provider.ways_in)
    return made


def pages() -> Blueprint:
    """Return the pages of one's profile, mails and notices."""
    made = Blueprint("accounts", __name__)
    for module in (profile, mail, notices):
        module.routes.add_to(made)
    return made


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    init_accounts(app)
    app.register_blueprint(sign_in_pages(), url_prefix=app.config["SECURITY_URL_PREFIX"])
    limit_posts(app, SIGN_IN_LIMITS)
    app.register_blueprint(pages(), url_prefix=language_prefix())
    # A mail program that stops mails with one click has no form of ours (RFC 8058).
    csrf.exempt(mail.unsubscribe_now)
