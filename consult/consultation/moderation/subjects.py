"""What moderation deals with: a proposal or a comment, and the rows that are about one of them."""

from typing import TypedDict

from sqlalchemy import ColumnElement

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.models import Decision, OnContribution, Redaction
from consult.consultation.proposals.models import Proposal

Moderated = Proposal | Comment


def kind_of(contribution: Moderated) -> str:
    """Return what a contribution is, as addresses and events say it: proposal or comment."""
    return "proposal" if isinstance(contribution, Proposal) else "comment"


class SubjectKeys(TypedDict):
    """The columns that say which contribution a row is about."""

    round_id: int
    proposal_id: int | None
    comment_id: int | None


def keys_of(contribution: Moderated) -> SubjectKeys:
    """Return the columns that say which contribution a row is about."""
    is_proposal = isinstance(contribution, Proposal)
    return {
        "round_id": contribution.round_id,
        "proposal_id": contribution.id if is_proposal else None,
        "comment_id": None if is_proposal else contribution.id,
    }


def about(
    model: type[OnContribution | Decision | Redaction], contribution: Moderated
) -> ColumnElement[bool]:
    """Return the condition that a row is about a contribution."""
    if isinstance(contribution, Proposal):
        return model.proposal_id == contribution.id
    return model.comment_id == contribution.id


def is_about(row: OnContribution, contribution: Moderated) -> bool:
    """Whether a row is about a contribution."""
    if isinstance(contribution, Proposal):
        return row.proposal_id == contribution.id
    return row.comment_id == contribution.id
