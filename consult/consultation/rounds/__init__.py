"""Rounds: a window in time in which a plan takes contributions.

A round is a draft until its timeline is published; then it is upcoming, open, in its grace period,
closed, and answered, as its dates and the recorded decisions say: no nightly job changes its
state. It opens at the earliest 14 days after its timeline was published, or a reason is recorded
(OGP Participation and Co-creation Standards, requirement 3.1). What arrives after the grace
period is kept as late and an organiser decides about it.
"""

from flask import Flask

from consult.consultation.plans.desk import add_section, add_use_of_bodies
from consult.consultation.rounds import answers, desk, labels, notices, queries
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import SINCE_0024, DateMove, Round, RoundBody
from consult.foundation.core.findable import findable
from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.core.page_expiry import add_dates
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.notifications.broadcasts import plan_broadcasts
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.notifications.readers import check_readers
from consult.foundation.policy.questions import answer
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy
from consult.people.following.models import FollowedKind
from consult.people.following.subjects import followable


def init_app(app: Flask) -> None:
    """Register what rounds answer, tell and show."""
    record_rows(Round, newer=[SINCE_0024])
    for table in (RoundBody, DateMove):
        record_rows(table)
    findable(Round)
    add_dates(queries.dates_after)
    followable(FollowedKind.ROUND, queries.rounds_to_follow)
    add_labels(*labels.LABELS)
    answer(answers.ANSWERS)

    declare(Topic.ROUNDS, *notices.PLANS, about="round")
    plan_broadcasts(notices.PLANS)
    check_readers("round", notices.may_read_round)
    repeat("round-calendar", notices.look_at_calendar, Interval.HOUR)

    add_section("rounds/_plan_section.html", desk.rounds_on_desk)
    add_use_of_bodies(desk.rounds_that_address)

    app.jinja_env.globals.update(
        rules_of=rules_of,
        words_of=labels.words_of,
        for_whom=labels.for_whom,
        first_question=labels.first_question,
        open_rounds_for=queries.open_rounds_for,
    )
    bring_pages(app, lazy("consult.consultation.rounds.views:init_pages"))
