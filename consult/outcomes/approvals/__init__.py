"""Approvals: frozen versions of a plan, the exact texts that people decide about.

A version is made from the published plan, gets a number and a digest over its canonical text, and
never changes; triggers see to it. Any later edit of the plan needs a new version.
"""

from flask import Flask

from consult.foundation.core.extensions import language_prefix
from consult.outcomes.approvals import views


def init_app(app: Flask) -> None:
    """Register what approvals bring."""
    app.register_blueprint(views.bp, url_prefix=language_prefix())
