"""The pages of bodies and organisations, by concept."""

from flask import Blueprint, Flask

from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.page_cache import PublicPage, public_pages
from consult.people.organisations.views import mandates, members, places, register

PUBLIC_PAGES = {
    "organisations.bodies": PublicPage(),
    "organisations.index": PublicPage("q", "sector", "cursor"),
    "organisations.organisation": PublicPage(),
}
"""The pages that are kept for everybody."""


def pages() -> Blueprint:
    """Return the pages of bodies and organisations."""
    made = Blueprint("organisations", __name__)
    for module in (mandates, members, places, register):
        module.routes.add_to(made)
    return made


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(pages(), url_prefix=language_prefix())
    public_pages(app, PUBLIC_PAGES)
