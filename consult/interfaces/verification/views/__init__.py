"""The page of the record, and the public log itself."""

from flask import Blueprint

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
