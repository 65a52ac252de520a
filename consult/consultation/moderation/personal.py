"""What moderation keeps about people: decisions about their texts, and who took them."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.models import Decision
from consult.consultation.proposals.models import Proposal
from consult.foundation.personal_data.export_parts import ExportPart


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
)  # fmt: skip
