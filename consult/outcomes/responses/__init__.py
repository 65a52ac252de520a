"""Responses: the organiser's answer to each proposal, with an outcome and a reason.

Responses are prepared as drafts and published together, when every proposal of the round that is
public has one (OGP Participation and Co-creation Standards, requirement 4.1: reasoned response).
"""

from flask import Flask

from consult.consultation.moderation.quoted_words import look_for_quotes
from consult.foundation.core.findable import findable
from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.notifications.broadcasts import plan_broadcasts
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy
from consult.outcomes.responses import labels, notices, personal, quotes, services
from consult.outcomes.responses.models import Correction, Response


def init_app(app: Flask) -> None:
    """Register what responses tell, keep and show."""
    record_rows(Response, newer=[(Response.given_at,)])
    record_rows(Correction)
    findable(Response)
    look_for_quotes(quotes.quotes)
    add_labels(*labels.LABELS)
    declare(Topic.CONTRIBUTION, services.ANSWERED, about="proposal")
    declare(Topic.FOLLOWING, *notices.PLANS, about="proposal")
    plan_broadcasts(notices.PLANS)
    personal_data(*personal.PARTS)
    bring_pages(app, lazy("consult.outcomes.responses.views:init_pages"))
