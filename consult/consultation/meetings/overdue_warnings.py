"""Warning the organisers of a body that has not met for five months: once for each gap."""

from collections.abc import Mapping
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from consult.consultation.meetings.meeting_frequency import (
    MeetingFrequency,
    half_yearly_bodies,
    rhythms,
)
from consult.consultation.meetings.models import GapWarning
from consult.consultation.meetings.notices import GAP
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.services import notify
from consult.foundation.record.services import record
from consult.people.organisations.organisers import organisers_of


def warn_about_gaps(_payload: Mapping[str, object], now: datetime) -> None:
    """Warn about each gap that nobody was warned about yet."""
    late = [one for one in rhythms(half_yearly_bodies(), now) if one.warns]
    # Links in mails need an address, as in a request.
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        for one in late:
            with unit_of_work():
                _warn(one, now)


def _warn(late: MeetingFrequency, now: datetime) -> None:
    known = select(GapWarning.id).where(
        GapWarning.body_id == late.body.id, GapWarning.since == late.since
    )
    organisers = organisers_of(late.body.id)
    if not organisers or db.session.scalar(known) is not None:
        return
    db.session.add(GapWarning(body_id=late.body.id, since=late.since, warned_at=now))
    db.session.flush()
    content = {"since": late.since.isoformat()}
    record(SYSTEM, "body.gap_warned", late.body, now, content=content)
    for person in organisers:
        notify(person, GAP, now, late=late)
