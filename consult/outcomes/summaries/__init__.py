"""Summaries: what was said in a round, told per theme by the organiser, with citations.

A citation is written as #12 (proposal 12) or #12.3 (comment 3 on proposal 12) in the text; it
becomes a link both ways. The summary is a draft until it is published. What is not yet answered
or cited is listed for the organiser.
"""

from flask import Flask

from consult.consultation.moderation.quoted_words import look_for_quotes
from consult.consultation.rounds.desk import add_summarised
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.notifications.broadcasts import plan_broadcasts
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.notifications.readers import check_readers
from consult.foundation.policy.questions import answer
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy
from consult.outcomes.summaries import answers, notices, queries, quotes
from consult.outcomes.summaries.models import Citation, Summary, SummarySection


def init_app(app: Flask) -> None:
    """Register what summaries answer and show."""
    for table in (Summary, SummarySection, Citation):
        record_rows(table)
    answer(answers.ANSWERS)
    look_for_quotes(quotes.quotes)
    declare(Topic.FOLLOWING, *notices.PLANS, about="summary")
    plan_broadcasts(notices.PLANS)
    check_readers("summary", notices.may_read_summary)
    add_summarised(queries.summarised_rounds)
    bring_pages(app, lazy("consult.outcomes.summaries.views:init_pages"))
