"""The pages on which one does something with a proposal, by concept."""

from flask import Blueprint

from consult.consultation.proposals.views import comments, cosigning, elsewhere, public, writing
from consult.foundation.core.page_cache import PublicPage

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
