"""The page of the record, and the public log itself."""

from flask import Blueprint, Flask

from consult.foundation.core.extensions import csrf, language_prefix, limit_posts
from consult.interfaces.verification.views import log, record


def pages() -> Blueprint:
    """Return the page of the record."""
    made = Blueprint("verification", __name__)
    record.routes.add_to(made)
    return made


def log_pages() -> Blueprint:
    """Return the files of the public log, and the figures; no language stands before them."""
    made = Blueprint("log", __name__)
    log.root.add_to(made)
    return made


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(pages(), url_prefix=language_prefix())
    app.register_blueprint(log_pages())
    # A witness that sends its cosignature has no form of ours: its signature is what counts.
    csrf.exempt(log.cosignatures)
    limit_posts(app, {"log.cosignatures": "60/hour"})
