"""What happens to a proposal's state, with every count that follows.

Policy and record are the caller's: moderation, and the services of this package.
"""

from datetime import datetime

from sqlalchemy import update

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.models import Thread
from consult.consultation.proposals.models import TEXT_FIELDS, Proposal
from consult.consultation.rounds.models import Moderation, Round
from consult.consultation.rounds.services import count
from consult.foundation.core.db import db
from consult.foundation.core.search import index_text
from consult.foundation.core.series import next_number, reserve_number


def arrive(proposal: Proposal, round_: Round, at: datetime, *, late: bool) -> None:
    """Take a proposal in: late, pending, published or to be read only, as round and author say.

    Gives it its number. Nothing is flushed: the caller stores all of it together, and counts it in
    the end (`count_arrival`).
    """
    proposal.arrived_at = at
    proposal.number = reserve_number(Proposal.number, Proposal.round_id, round_.id)
    if late:
        proposal.state = State.LATE
    elif proposal.not_for_publication:
        proposal.state = State.NOT_FOR_PUBLICATION
    elif round_.moderation is Moderation.POST:
        proposal.state = State.PUBLISHED
        _show(proposal, at)
    else:
        proposal.state = State.PENDING


def count_arrival(proposal: Proposal) -> None:
    """Count a proposal that was taken in: of all that is stored with it, last.

    Two connections that share a slot then wait for each other no longer than it takes to commit.
    """
    received = int(proposal.state is not State.LATE)
    count(proposal.round_id, received=received, **{proposal.state.value: 1})


def put_forward(proposal: Proposal, round_: Round, at: datetime) -> None:
    """Take in what the organiser puts to the participants: public at once, with a number."""
    proposal.arrived_at = proposal.reviewed_at = at
    proposal.number = next_number(Proposal.number, within=round_)
    proposal.state = State.PUBLISHED
    count(round_.id, received=1, published=1)
    _show(proposal, at)


def _show(proposal: Proposal, now: datetime) -> None:
    """Let the public see a proposal; the conversation about it begins."""
    proposal.published_at = proposal.published_at or now
    present = max(1, proposal.text_version or 0)
    proposal.shown_versions = sorted({*(proposal.shown_versions or []), present})
    if proposal.thread_id is None:
        proposal.thread = Thread(round_id=proposal.round.id)


def make_findable(proposal: Proposal) -> None:
    """Index the present text of a proposal."""
    content = " ".join(getattr(proposal, name) for name in TEXT_FIELDS)
    index_text("proposal", proposal.id, content, proposal.language, seen=proposal.is_seen())


def _move(proposal: Proposal, to: State) -> None:
    if proposal.state is to:
        return
    count(proposal.round_id, **{proposal.state.value: -1}, **{to.value: 1})
    proposal.state = to


def publish(proposal: Proposal, now: datetime) -> None:
    """Show a proposal to the public."""
    _move(proposal, State.PUBLISHED)
    _show(proposal, now)


def return_(proposal: Proposal) -> None:
    """Send a proposal back to its author."""
    _move(proposal, State.RETURNED)


def hide(proposal: Proposal) -> None:
    """Take a proposal out of sight."""
    _move(proposal, State.HIDDEN)


def restore(proposal: Proposal, now: datetime) -> None:
    """Show a hidden proposal again."""
    publish(proposal, now)


def put_back(proposal: Proposal, state: State, now: datetime) -> None:
    """Let a hidden proposal be where it was before somebody hid it: `state`."""
    if state is State.PUBLISHED:
        publish(proposal, now)
    else:
        _move(proposal, state)


def admit(proposal: Proposal) -> None:
    """Let a late proposal in: it is curated like any other, unless it is not for publication."""
    to = State.NOT_FOR_PUBLICATION if proposal.not_for_publication else State.PENDING
    count(proposal.round_id, late=-1, received=1, **{to.value: 1})
    proposal.state = to


def resubmit(proposal: Proposal, now: datetime) -> None:
    """Put a revised proposal back in the queue, where a moderator looks before publication.

    What its author wants read only goes out of the queue; what they agree to publish comes into it.
    Nothing is flushed: what they want and where it stands are stored together.
    """
    proposal.reviewed_at = None
    with db.session.no_autoflush:
        looked_at_first = proposal.round.moderation is Moderation.PRE
        if proposal.not_for_publication:
            _move(proposal, State.NOT_FOR_PUBLICATION)
        elif proposal.state in {State.RETURNED, State.NOT_FOR_PUBLICATION} or (
            looked_at_first and proposal.state is State.PUBLISHED
        ):
            _move(proposal, State.PENDING)
        elif proposal.state is State.PUBLISHED:
            _show(proposal, now)


def withdraw(proposal: Proposal) -> None:
    """Withdraw a proposal; a late one stays out of every other count."""
    if proposal.state is State.LATE:
        proposal.state = State.WITHDRAWN
        return
    _move(proposal, State.WITHDRAWN)


def count_comments(thread_id: int, by: int) -> None:
    """Count published comments in the proposal that they are about."""
    db.session.execute(
        update(Proposal)
        .where(Proposal.thread_id == thread_id)
        .values(comment_count=Proposal.comment_count + by)
        .execution_options(synchronize_session=False)
    )
