"""Publishing: the pages and documents that read across the whole chain. It changes nothing in it.

Home pages per role, the public plan, round, proposal, commitment and version pages, the moderation
log, downloads, and the pages every public site owes its readers (privacy, accessibility, health).
"""

from flask import Flask

from consult.consultation.moderation.redacted_copies import register_copies
from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.jobs.services import handle
from consult.interfaces.publishing import labels, made_files
from consult.interfaces.publishing.round_job import JOB
from consult.lazy import lazy


def init_app(app: Flask) -> None:
    """Register the public pages, the files of rounds, and what what is found is called."""
    handle(JOB, lazy("consult.interfaces.publishing.round_writing:make_file"))
    drop = lazy("consult.interfaces.publishing.round_files:drop_stale")
    repeat("stale-round-files", drop, Interval.HOUR)
    drop_made = made_files.drop_made_files
    register_copies("documents and downloads", drop_made, drop_made)
    add_labels(*labels.LABELS)
    bring_pages(app, lazy("consult.interfaces.publishing.views:init_pages"))
