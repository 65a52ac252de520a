"""Asking the worker to tell people of what arrived or became public; it finds out whom."""

from datetime import datetime

from sqlalchemy import Select, select

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.foundation.jobs.services import enqueue
from consult.foundation.policy.actions import Action
from consult.people.accounts.recipients import may_still


def tell_arrived(kind: str, id_: int, text: int, now: datetime) -> None:
    """Ask to tell moderators of text number `text` of a proposal or a comment; one row."""
    enqueue("contribution-arrived", {"kind": kind, "id": id_, "text": text}, now)


def tell_published(comment: Comment, now: datetime) -> None:
    """Ask to tell whoever is answered; one row, however many read along."""
    enqueue("comment-published", {"comment": comment.id}, now)


def may_read_comment(person_id: int, comment_id: int, now: datetime) -> bool:
    """Whether a person may still read the text of a comment."""
    return may_still(person_id, Action.PROPOSAL_READ_TEXT, Comment, comment_id, now)


def who_commented(round_id: int) -> Select[int | None]:
    """Select who wrote comments in a round."""
    return select(Comment.author_id).where(
        Comment.round_id == round_id,
        Comment.author_id.is_not(None),
        Comment.state != State.DRAFT,
    )
