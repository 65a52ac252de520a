"""The nightly check of the record: what was found, who hears of it, and the page that says it.

A *verification* is one run of `record.verify` over the record, its checkpoints and the tables, with
what it found. A difference, a receipt that was never proven and a check that did not run are said
to the administrators and on the health page; that the record is sound, or not, everybody reads.
"""

from flask import Flask

from consult.foundation.core.extensions import language_prefix
from consult.foundation.jobs.queues import add_queue
from consult.foundation.notifications.kinds import Topic, declare
from consult.interfaces.verification import services, views


def init_app(app: Flask) -> None:
    """Register the check, its mail and its page."""
    declare(Topic.SECURITY, services.DIFFERS, always=True)
    add_queue("verification", services.check_record, services.is_due)
    app.register_blueprint(views.pages(), url_prefix=language_prefix())
