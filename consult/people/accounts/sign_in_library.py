"""Flask-Security as it is bound to the application: with the pages, or for who needs it before."""

from flask import current_app
from flask_security import Security

from consult.foundation.core.lazy_pages import add_pages


def sign_in_library() -> Security:
    """Return the library of signing in; a command that hashes a password binds it so."""
    add_pages(current_app)
    found: Security = current_app.extensions["security"]
    return found
