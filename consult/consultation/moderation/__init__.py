"""Moderation: what may be seen, decided by a person with a reason, on the public record.

One queue holds everything that waits for a look, in order of arrival. A moderator publishes,
returns with a reason, hides with a ground, or restores; an organiser admits what came late. The
author is told who decided and why. Decisions are never changed; a new one follows the old one.
"""

from flask import Flask

from consult.consultation.moderation import labels, notices, personal, services, views
from consult.consultation.moderation.models import Decision
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.labels import add_labels
from consult.foundation.jobs.services import handle
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.notifications.readers import check_readers
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.record.rows import record_rows


def init_app(app: Flask) -> None:
    """Register what moderation tells, keeps and shows."""
    record_rows(Decision)
    add_labels(*labels.LABELS)
    declare(Topic.QUEUE, notices.PROPOSAL, notices.COMMENT, about="contribution")
    declare(Topic.CONTRIBUTION, services.DECIDED, about="contribution")
    check_readers(notices.PROPOSAL, notices.proposal_still_waits)
    check_readers(notices.COMMENT, notices.comment_still_waits)
    handle("contribution-arrived", notices.tell_moderators)

    personal_data(*personal.PARTS)

    app.register_blueprint(views.bp, url_prefix=language_prefix())
