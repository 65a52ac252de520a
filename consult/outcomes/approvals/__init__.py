"""Approvals: frozen versions of a plan, the exact texts that people decide about.

A version is made from the published plan, and gets a number and a digest over its canonical text.
Nothing in it changes but what must be left out by law (omissions); triggers see to it. Any later
edit of the plan needs a new version.
"""

from datetime import time

from flask import Flask

from consult.consultation.moderation.redacted_copies import register_copies
from consult.consultation.proposals.public_copies import when_no_longer_public, when_public_again
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.notifications.broadcasts import plan_broadcasts
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy
from consult.outcomes.approvals import notices, titles
from consult.outcomes.approvals.models import Omission, PlanVersion


def init_app(app: Flask) -> None:
    """Register what follows the proposals that versions name, and the pages."""
    for table in (PlanVersion, Omission):
        record_rows(table)
    declare(Topic.FOLLOWING, *notices.PLANS)
    plan_broadcasts(notices.PLANS)
    when_no_longer_public(titles.leave_titles_out)
    when_public_again(titles.put_titles_back)
    register_copies("frozen titles", titles.rewrite_titles, titles.restore_words_in_titles)
    repeat("frozen-titles", titles.leave_out_what_was_missed, Interval.DAY, time(4, 45))

    bring_pages(app, lazy("consult.outcomes.approvals.views:init_pages"))
