"""The public pages, by concept."""

from flask import Blueprint

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
