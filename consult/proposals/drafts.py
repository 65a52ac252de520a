"""Deleting drafts that were never handed in: nobody but their author ever saw them."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from consult.comments.models import ContributionState
from consult.core.db import db
from consult.files.models import StoredFile
from consult.files.services import discard
from consult.proposals.models import Attachment, Proposal


def delete_drafts(ids: Sequence[int]) -> int:
    """Delete these proposals as far as they are drafts, with what was attached; gives how many."""
    drafts = db.session.scalars(
        select(Proposal.id).where(Proposal.id.in_(ids), Proposal.state == ContributionState.DRAFT)
    ).all()
    attached = select(Attachment.file_id).where(Attachment.proposal_id.in_(drafts))
    files = db.session.scalars(select(StoredFile).where(StoredFile.id.in_(attached))).all()
    # The bytes first: a file without its row would never be found again.
    for file in files:
        discard(file.storage_key)
    db.session.execute(delete(Attachment).where(Attachment.proposal_id.in_(drafts)))
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_([file.id for file in files])))
    db.session.execute(delete(Proposal).where(Proposal.id.in_(drafts)))
    return len(drafts)
