"""The record for outsiders: the public log, what is opened of it, witnesses, the nightly check.

A *verification* is one run of `record.verify` over the record, its checkpoints and the tables, with
what it found. A difference, a receipt that was never proven and a check that did not run are said
to the administrators and on the health page; that the record is sound, or not, everybody reads.
"""

from datetime import time

from flask import Flask

from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.jobs.queues import add_queue
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.notifications.kinds import Topic, declare
from consult.interfaces.verification import services
from consult.lazy import lazy


def init_app(app: Flask) -> None:
    """Register the check, its mails, its page, and the public log."""
    declare(Topic.SECURITY, services.DIFFERS, services.UNPROVEN, services.STALLED, always=True)
    declare(Topic.RECORD, services.CHECKPOINT)
    add_queue("verification", services.check_record, services.is_due)
    repeat("record-alarms", services.raise_alarms, Interval.HOUR)
    repeat("witnesses", services.ask_witnesses, Interval.HOUR)
    repeat("checkpoint-mail", services.mail_checkpoint, Interval.DAY, time(8, 0))
    bring_pages(app, lazy("consult.interfaces.verification.views:init_pages"))
