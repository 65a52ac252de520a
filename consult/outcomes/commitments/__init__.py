"""Commitments: what the plan promises, in the fields of the OGP commitment form.

A commitment is made from one or more proposals; each link says what was taken over and is followed
both ways. It has a number within its plan, a theme, a holder and a text in each language of the
plan, and stands in the public plan once it is published.
"""

from flask import Flask

from consult.consultation.moderation.quoted_words import look_for_quotes
from consult.foundation.core.findable import findable
from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.notifications.broadcasts import plan_broadcasts
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.notifications.readers import check_readers
from consult.foundation.policy.questions import answer
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy
from consult.outcomes.commitments import answers, labels, notices, queries, quotes
from consult.outcomes.commitments.models import Commitment, CommitmentSource
from consult.people.following.models import FollowedKind
from consult.people.following.subjects import followable


def init_app(app: Flask) -> None:
    """Register what commitments answer and show."""
    for table in (Commitment, CommitmentSource):
        record_rows(table)
    findable(Commitment)
    look_for_quotes(quotes.quotes)
    add_labels(*labels.LABELS)
    answer(answers.ANSWERS)

    declare(Topic.FOLLOWING, *notices.PLANS, about="commitment")
    plan_broadcasts(notices.PLANS)
    check_readers("commitment", notices.may_read_commitment)
    followable(FollowedKind.COMMITMENT, queries.commitments_to_follow)

    app.jinja_env.globals["number_of_commitments"] = queries.number_of_commitments
    bring_pages(app, lazy("consult.outcomes.commitments.views:init_pages"))
