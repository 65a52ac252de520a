"""The pages of the publisher, and the files that every page takes along."""

from flask import Blueprint, Flask

from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.page_cache import PublicPage, public_pages
from consult.people.publisher.views import desk, look, reading

PUBLIC_PAGES = {
    "publisher.about": PublicPage(),
    "publisher.contact": PublicPage(),
    "publisher.imprint": PublicPage(),
}
"""The pages that are kept for everybody."""


def files() -> Blueprint:
    """Return what has an address without a language: logo, colours and icon."""
    made = Blueprint("publisher_files", __name__)
    look.root.add_to(made)
    return made


def pages() -> Blueprint:
    """Return what anybody reads about the publisher, and the desk on which it is changed."""
    made = Blueprint("publisher", __name__)
    for module in (desk, reading):
        module.routes.add_to(made)
    return made


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(pages(), url_prefix=language_prefix())
    app.register_blueprint(files())
    public_pages(app, PUBLIC_PAGES)
