"""Meetings of a body: planned, held, and told about in public.

A meeting is planned, with an agenda for the members. Once it has begun, an organiser notes who
was there: then it is held, and its minutes are written. Published, everyone reads the minutes,
how many were there and which organisations, never the name of a person. What is cancelled keeps
its place and its reason. A body that is the space for dialogue of the plan meets at least every
six months (OGP standard 1.1): after five months without one its organisers are warned, once.
"""

from datetime import time

from flask import Flask

from consult.consultation.meetings import (
    answers,
    labels,
    notices,
    overdue_warnings,
    personal,
    queries,
)
from consult.consultation.meetings.models import Attendance, Meeting, MeetingFile
from consult.foundation.core.findable import findable
from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.core.page_expiry import add_dates
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.notifications.broadcasts import plan_broadcasts
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.notifications.readers import check_readers
from consult.foundation.personal_data.export_parts import name_rows, personal_data
from consult.foundation.policy.questions import answer
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy


def init_app(app: Flask) -> None:
    """Register what meetings answer, tell, keep and show."""
    for table in (Meeting, Attendance, MeetingFile):
        record_rows(table)
    findable(Meeting)
    add_dates(queries.dates_after)
    add_labels(*labels.LABELS)
    answer(answers.ANSWERS)

    declare(Topic.MEETINGS, *notices.PLANS, about="meeting")
    declare(Topic.WARNINGS, notices.GAP)
    plan_broadcasts(notices.PLANS)
    check_readers("meeting", notices.may_read_meeting)
    repeat("meeting-gaps", overdue_warnings.warn_about_gaps, Interval.DAY, time(7, 30))

    name_rows(*personal.NAMED)
    personal_data(*personal.PARTS)

    bring_pages(app, lazy("consult.consultation.meetings.views:init_pages"))
