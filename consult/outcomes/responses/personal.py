"""What responses keep about people: the answers to their proposals, once they are public."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, select

from consult.consultation.proposals.models import Proposal
from consult.foundation.personal_data.export_parts import ExportPart
from consult.outcomes.responses.models import Response


def _to_my_proposals(person_id: int) -> ColumnElement[bool]:
    mine = select(Proposal.id).where(Proposal.author_id == person_id)
    return and_(Response.proposal_id.in_(mine), Response.published_at.is_not(None))


PARTS = (
    ExportPart(
        "answers", _l("Answers to my proposals"), Response, where=_to_my_proposals, place=52,
        leaves_out=("version",),
    ),
)  # fmt: skip
