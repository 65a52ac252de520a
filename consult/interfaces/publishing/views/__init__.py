"""The public pages, by concept."""

from flask import Blueprint, Flask

from consult.foundation.core.extensions import language_prefix, limit_all
from consult.foundation.core.page_cache import PublicPage, public_pages
from consult.interfaces.publishing.views import (
    bodies,
    chain,
    downloads,
    feeds,
    mails,
    receipts,
    round_downloads,
    search,
    site,
)

PUBLIC_PAGES = {
    "publishing.accessibility": PublicPage(),
    "publishing.body": PublicPage(),
    "publishing.commitment": PublicPage(),
    "publishing.commitments_feed": PublicPage(),
    "publishing.data_dictionary": PublicPage(),
    "publishing.help": PublicPage(),
    "publishing.log_feed": PublicPage("cursor"),
    "publishing.plan": PublicPage(),
    "publishing.plan_calendar": PublicPage(),
    "publishing.plan_feed": PublicPage(),
    "publishing.plans": PublicPage(),
    "publishing.privacy": PublicPage(),
    "publishing.proposal": PublicPage("cursor", "comment"),
    "publishing.round": PublicPage(counts=True),
    "publishing.round_calendar": PublicPage(),
    "publishing.round_feed": PublicPage("cursor"),
    "publishing.search": PublicPage("q", "kind", "cursor"),
    "publishing.start": PublicPage(),
    "publishing.version": PublicPage(),
    "publishing.version_text": PublicPage(),
}
"""The pages and files that are kept for everybody."""


def root_pages() -> Blueprint:
    """Return what has an address without a language."""
    made = Blueprint("root", __name__)
    site.root.add_to(made)
    return made


def pages() -> Blueprint:
    """Return the public pages."""
    made = Blueprint("publishing", __name__)
    for module in (
        bodies,
        chain,
        downloads,
        feeds,
        mails,
        receipts,
        round_downloads,
        search,
        site,
    ):
        module.routes.add_to(made)
    return made


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(pages(), url_prefix=language_prefix())
    app.register_blueprint(root_pages())
    limit_all(app, round_downloads.LIMITS)
    public_pages(app, PUBLIC_PAGES)
