"""Moderation: what may be seen, decided by a person with a reason, on the public record.

One queue holds everything that waits for a look, in order of arrival. A moderator publishes,
returns with a reason, hides with a ground, or restores; an organiser admits what came late. The
author is told who decided and why. Decisions are never changed; a new one follows the old one.

Whoever reads a public text may report it to the moderators, with a kind and a sentence. A report
is open until the text is taken away, or a moderator says why it stays; who reported is told.
"""

from flask import Flask

from consult.consultation.moderation import (
    answers,
    copies_in_messages,
    holding,
    labels,
    notices,
    personal,
    quotes,
    redaction,
    reports,
    services,
    suspected,
)
from consult.consultation.moderation.models import Decision, Redaction
from consult.consultation.moderation.quoted_words import look_for_quotes
from consult.consultation.moderation.redacted_copies import register_copies
from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.jobs.services import handle
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.notifications.readers import check_readers
from consult.foundation.personal_data.closing import on_closing
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.personal_data.retention import register_rules
from consult.foundation.policy.questions import answer
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy


def init_app(app: Flask) -> None:
    """Register what moderation tells, keeps and shows."""
    for table in (Decision, Redaction):
        record_rows(table)
    add_labels(*labels.LABELS)
    answer(answers.ANSWERS)
    declare(Topic.QUEUE, notices.PROPOSAL, notices.COMMENT, about="contribution")
    declare(Topic.CONTRIBUTION, services.DECIDED, about="contribution")
    declare(Topic.QUEUE, notices.REPORTED, about="report")
    declare(Topic.CONTRIBUTION, reports.ANSWERED)
    check_readers(notices.PROPOSAL, notices.proposal_still_waits)
    check_readers(notices.COMMENT, notices.comment_still_waits)
    check_readers(notices.REPORTED, notices.report_still_waits)
    handle("contribution-arrived", suspected.take_in)
    repeat("withdrawn-reports", reports.settle_withdrawn, Interval.HOUR)
    handle("decision-held", holding.settle_held)
    handle(redaction.FORGET, redaction.forget_redacted)
    handle("contribution-reported", notices.tell_of_report)

    drop, suggestions = (
        copies_in_messages.drop_personal_exports,
        copies_in_messages.forget_suggestions,
    )
    register_copies("exports of people", drop, drop)  # before the mails, which tell whose they are
    for name, rewrite in (
        ("mails", copies_in_messages.rewrite_messages),
        ("notices", copies_in_messages.rewrite_notices),
    ):
        register_copies(name, rewrite, rewrite)
    register_copies("suggested words", suggestions, suggestions)
    look_for_quotes(quotes.quotes)

    personal_data(*personal.PARTS)
    on_closing(personal.forget_who_reported, personal.forget_who_noted, personal.let_go_of_claims)
    register_rules(*personal.RULES)

    bring_pages(app, lazy("consult.consultation.moderation.views:init_pages"))
