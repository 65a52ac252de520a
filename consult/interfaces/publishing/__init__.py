"""Publishing: the pages and documents that read across the whole chain. It changes nothing in it.

Home pages per role, the public plan, round, proposal, commitment and version pages, the moderation
log, downloads, and the pages every public site owes its readers (privacy, accessibility, health).
"""

from flask import Flask

from consult.foundation.core.extensions import language_prefix, limit_all
from consult.foundation.core.labels import add_labels
from consult.foundation.core.page_cache import public_pages
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.jobs.services import handle
from consult.interfaces.publishing import labels, round_files, round_writing, views
from consult.interfaces.publishing.views.round_downloads import LIMITS


def init_app(app: Flask) -> None:
    """Register the public pages, the files of rounds, and what what is found is called."""
    handle(round_writing.JOB, round_writing.make_file)
    repeat("stale-round-files", round_files.drop_stale, Interval.HOUR)
    add_labels(*labels.LABELS)
    app.register_blueprint(views.root_pages())
    app.register_blueprint(views.pages(), url_prefix=language_prefix())
    public_pages(app, views.PUBLIC_PAGES)
    limit_all(app, LIMITS)
