"""The pages of meetings: what everyone reads, and the desk."""

from flask import Blueprint, Flask

from consult.consultation.meetings.views import desk, reading
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.page_cache import PublicPage, public_pages

PUBLIC_PAGES = {
    "meetings.calendar": PublicPage(),
    "meetings.index": PublicPage("cursor"),
    "meetings.meeting": PublicPage(),
}
"""The pages that are kept for everybody."""


def pages() -> Blueprint:
    """Return the pages of meetings."""
    made = Blueprint("meetings", __name__)
    for module in (reading, desk):
        module.routes.add_to(made)
    return made


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(pages(), url_prefix=language_prefix())
    public_pages(app, PUBLIC_PAGES)
