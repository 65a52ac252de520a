"""The pages of moderation: the desk, batches, rules of a plan, reports and the public log."""

from flask import Blueprint, Flask

from consult.consultation.moderation.views import batches, desk, log, reports, rules
from consult.foundation.core.extensions import language_prefix, limit_posts
from consult.foundation.core.page_cache import public_pages


def pages() -> Blueprint:
    """Return the pages of moderation."""
    made = Blueprint("moderation", __name__)
    for module in (desk, batches, rules, reports, log):
        module.routes.add_to(made)
    return made


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(pages(), url_prefix=language_prefix())
    limit_posts(app, reports.LIMITS)
    public_pages(app, log.PUBLIC_PAGES)
