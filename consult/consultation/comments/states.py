"""What happens to a comment's state, with every count that follows."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update

from consult.consultation.comments.models import Comment, Thread
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.rounds.models import Moderation, Round
from consult.consultation.rounds.services import count
from consult.foundation.core.db import db
from consult.foundation.core.registries import add_new
from consult.foundation.core.search import index_text

COUNTED = {
    State.PUBLISHED: "comments",
    State.PENDING: "comments_pending",
    State.LATE: "comments_late",
    State.NOT_FOR_PUBLICATION: "comments_not_for_publication",
}
"""Under which name a round counts the comments of each state."""


ThreadCounter = Callable[[int, int], None]
_counters: list[ThreadCounter] = []


def add_counter(counter: ThreadCounter) -> None:
    """Register who else counts the published comments of a thread: the thing discussed."""
    add_new(_counters, [counter])


def _move(comment: Comment, to: State) -> None:
    changes: dict[str, int] = {}
    for state, by in ((comment.state, -1), (to, 1)):
        if state in COUNTED:
            changes[COUNTED[state]] = changes.get(COUNTED[state], 0) + by
    shown = (to is State.PUBLISHED) - (comment.state is State.PUBLISHED)
    if shown:
        _count_in_thread(comment.thread_id, shown)
    count(comment.round_id, **changes)
    comment.state = to


def _count_in_thread(thread_id: int, by: int) -> None:
    """Count in what is discussed, then in its thread: in that order everybody locks the two."""
    for counter in _counters:
        counter(thread_id, by)
    db.session.execute(
        update(Thread)
        .where(Thread.id == thread_id)
        .values(comment_count=Thread.comment_count + by)
        .execution_options(synchronize_session=False)
    )


def arrive(comment: Comment, round_: Round, at: datetime, *, late: bool) -> None:
    """Take a comment in: late, pending, published or to be read only, as round and author say."""
    comment.arrived_at = at
    if late:
        comment.state = State.LATE
    elif comment.not_for_publication:
        comment.state = State.NOT_FOR_PUBLICATION
    elif round_.moderation is Moderation.POST:
        comment.state = State.PUBLISHED
        comment.published_at = at
    else:
        comment.state = State.PENDING


def count_arrival(comment: Comment) -> None:
    """Count a comment that was taken in: of all that is stored with it, last."""
    if comment.state is State.PUBLISHED:
        _count_in_thread(comment.thread_id, 1)
    count(comment.round_id, **{COUNTED[comment.state]: 1})


def make_findable(comment: Comment) -> None:
    """Index the present text of a comment."""
    index_text("comment", comment.id, comment.body, comment.language, seen=comment.is_seen())


def publish(comment: Comment, now: datetime) -> None:
    """Show a comment to the public."""
    _move(comment, State.PUBLISHED)
    comment.published_at = comment.published_at or now


def return_(comment: Comment) -> None:
    """Send a comment back to its author."""
    _move(comment, State.RETURNED)


def hide(comment: Comment) -> None:
    """Take a comment out of sight."""
    _move(comment, State.HIDDEN)


def restore(comment: Comment, now: datetime) -> None:
    """Show a hidden comment again."""
    publish(comment, now)


def put_back(comment: Comment, state: State, now: datetime) -> None:
    """Let a hidden comment be where it was before somebody hid it: `state`."""
    if state is State.PUBLISHED:
        publish(comment, now)
    else:
        _move(comment, state)


def admit(comment: Comment) -> None:
    """Let a late comment in: it is curated like any other, unless it is not for publication."""
    _move(comment, State.NOT_FOR_PUBLICATION if comment.not_for_publication else State.PENDING)


def resubmit(comment: Comment) -> None:
    """Put a comment back in the queue that was returned, or whose author now agrees to that.

    What its author wants read only goes nowhere else. Nothing is flushed: what they want and where
    it stands are stored together.
    """
    comment.reviewed_at = None
    with db.session.no_autoflush:
        if comment.not_for_publication:
            _move(comment, State.NOT_FOR_PUBLICATION)
        elif comment.state in {State.RETURNED, State.NOT_FOR_PUBLICATION}:
            _move(comment, State.PENDING)


def withdraw(comment: Comment) -> None:
    """Withdraw a comment; its place stays."""
    _move(comment, State.WITHDRAWN)
