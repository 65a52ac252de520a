"""Telling people of what others say about their proposal or their comment."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, select

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.notices import may_read_comment
from consult.consultation.proposals.follower_notices import announce_comment
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Readers
from consult.foundation.core.addresses import address_of
from consult.foundation.core.db import db
from consult.foundation.core.text import excerpt
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.broadcasts import tell_once
from consult.foundation.notifications.services import notify
from consult.people.accounts.models import Person

COMMENTED = "comment-received"
ANSWERED = "comment-answered"
EXCERPT = 300


def who_proposed(round_id: int) -> Select[int | None]:
    """Select who wrote proposals in a round."""
    return select(Proposal.author_id).where(
        Proposal.round_id == round_id,
        Proposal.author_id.is_not(None),
        Proposal.state != State.DRAFT,
    )


def tell_of_comment(payload: Mapping[str, object], now: datetime) -> None:
    """Notify who wrote what is answered, once: the comment above it, and the proposal.

    Who follows the proposal is told too. Nobody hears of their own words, nor twice of the same.
    """
    comment = db.session.get(Comment, payload["comment"])
    if comment is None:
        return
    about = select(Proposal).where(Proposal.thread_id == comment.thread_id)
    proposal = db.session.scalars(about).one()
    with unit_of_work():
        if not tell_once(f"comment:{comment.id}", COMMENTED, now):
            return
        parent = db.session.get(Comment, comment.parent_id) if comment.parent_id else None
        told = {comment.author_id}
        for kind, author in (
            (ANSWERED, parent.author if parent else None),
            (COMMENTED, proposal.author),
        ):
            if author is None or author.id in told:
                continue
            told.add(author.id)
            _tell(author, kind, comment, proposal, now)
        announce_comment(comment, proposal, now)


def _tell(author: Person, kind: str, comment: Comment, proposal: Proposal, now: datetime) -> None:
    if not may_read_comment(author.id, comment.id, now):
        return
    notify(
        author, kind, now,
        comment=comment,
        proposal=proposal,
        said=excerpt(comment.body, EXCERPT) if _is_open(proposal) else "",
        who=comment.author.display_name if comment.author else "",
        address=address_of(
            "publishing.proposal", author.language, round_slug=proposal.round.slug,
            number=proposal.number, comment=comment.number, anchor=f"comment-{comment.number}",
        ),
    )  # fmt: skip


def _is_open(proposal: Proposal) -> bool:
    """Whether everybody may read the round: of another no text travels by mail."""
    return proposal.round.readers is Readers.EVERYONE
