"""How a page of moderation names a contribution, and where the public reads it."""

from flask import url_for

from consult.consultation.moderation.queries import discussed
from consult.consultation.moderation.subjects import Moderated
from consult.consultation.proposals.models import Proposal


def title_of(contribution: Moderated) -> str:
    """Return the title of a proposal, or of the one that a comment is about."""
    if isinstance(contribution, Proposal):
        return contribution.title
    return discussed(contribution).title


def page_of(contribution: Moderated, discussed_in: Proposal | None = None) -> str:
    """Return the address of the page on which the public reads a contribution.

    `discussed_in` is the proposal that a comment is about, where that is known already.
    """
    if isinstance(contribution, Proposal):
        proposal, comment = contribution, None
    else:
        proposal, comment = discussed_in or discussed(contribution), contribution.number
    return url_for(
        "publishing.proposal",
        round_slug=proposal.round.slug,
        number=proposal.number,
        comment=comment,
        _anchor=f"comment-{comment}" if comment else None,
    )
