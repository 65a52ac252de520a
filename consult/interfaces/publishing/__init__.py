"""Publishing: the pages and documents that read across the whole chain. It writes nothing.

Home pages per role, the public plan, round, proposal, commitment and version pages, the moderation
log, downloads, and the pages every public site owes its readers (privacy, accessibility, health).
"""

from flask import Flask

from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.labels import add_labels
from consult.interfaces.publishing import labels, views


def init_app(app: Flask) -> None:
    """Register the public pages, and what the kinds of things that are found are called."""
    add_labels(*labels.LABELS)
    app.register_blueprint(views.root_pages())
    app.register_blueprint(views.pages(), url_prefix=language_prefix())
