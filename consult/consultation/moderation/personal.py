"""What moderation keeps about people: decisions about their texts, who took them, and reports."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select, update

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.models import Decision, Report
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.personal_data.retention import YEAR, Rule, before, deletes


def _about_my_texts(person_id: int) -> ColumnElement[bool]:
    proposals = select(Proposal.id).where(Proposal.author_id == person_id)
    comments = select(Comment.id).where(Comment.author_id == person_id)
    return or_(Decision.proposal_id.in_(proposals), Decision.comment_id.in_(comments))


PARTS = (
    ExportPart(
        "decisions_about_me", _l("Decisions of moderators about my texts"), Decision,
        where=_about_my_texts, place=50,
    ),
    ExportPart(
        "decisions", _l("Decisions that I took as a moderator"), Decision,
        (Decision.decided_by_id,), place=51,
    ),
    ExportPart(
        "reports", _l("Texts that I reported to the moderators"), Report,
        (Report.reported_by_id,), place=52,
    ),
    ExportPart(
        "reports_answered", _l("Reports that I answered as a moderator"), Report,
        (Report.settled_by_id,), leaves_out=("sentence", "kind", "reported_at"), place=53,
    ),
)  # fmt: skip


def forget_who_reported(_actor: Actor, person_id: int, _now: datetime) -> None:
    """Keep what somebody reported whose account closes, without who it was."""
    db.session.execute(
        update(Report)
        .where(Report.reported_by_id == person_id)
        .values(reported_by_id=None)
        .execution_options(synchronize_session=False)
    )


RULES = (
    Rule(
        "reports", _l("Reports of texts"), _l("a moderator answered it"), YEAR, _l("deleted"),
        _l("Long enough to see that the same comes back."), before(Report.settled_at),
        deletes(Report),
    ),
)  # fmt: skip
