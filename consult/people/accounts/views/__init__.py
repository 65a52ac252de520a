"""The pages of signing in, under the names that the library knows, and those of one's account."""

from flask import Blueprint

from consult.foundation.core.web import never_kept
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
