"""The pages on which one does something with a proposal, by concept."""

from flask import Blueprint, Flask

from consult.consultation.proposals.views import comments, cosigning, elsewhere, public, writing
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.page_cache import PublicPage, public_pages

PUBLIC_PAGES = {
    "proposals.history": PublicPage(),
    "proposals.index": PublicPage(
        "q",
        "theme",
        "body",
        "organisation",
        "sector",
        "state",
        "outcome",
        "order",
        "kind",
        "cursor",
    ),
}
"""The pages that are kept for everybody."""


def pages() -> Blueprint:
    """Return the pages on which one does something with a proposal."""
    made = Blueprint("proposals", __name__)
    for module in (comments, cosigning, elsewhere, public, writing):
        module.routes.add_to(made)
    return made


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(pages(), url_prefix=language_prefix())
    public_pages(app, PUBLIC_PAGES)
