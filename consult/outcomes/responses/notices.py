"""Telling who follows a proposal of an answer that comes by itself: a later one, or a correction.

Of the answers that are published together, they hear with the round.
"""

from datetime import datetime

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.addresses import addresses_of
from consult.foundation.core.db import db
from consult.foundation.notifications.broadcasts import BroadcastPlanner, Telling, broadcast
from consult.foundation.notifications.models import Broadcast
from consult.outcomes.responses.models import Correction, Response
from consult.people.following.models import Follow, FollowedKind
from consult.people.following.queries import followers_of

FOLLOWED = "followed-answer"


def tell_answer(response: Response, correction: Correction | None, now: datetime) -> None:
    """Notify of one answer that is public now, or says something else."""
    number = correction.id if correction else 0
    broadcast(FOLLOWED, f"{FOLLOWED}:{response.id}:{number}", now, response.proposal_id, number)


def _answered(told: Broadcast, _now: datetime) -> Telling | None:
    proposal = db.session.get_one(Proposal, told.about_id, populate_existing=True)
    if proposal.state is not State.PUBLISHED:
        return None
    people = followers_of(FollowedKind.PROPOSAL, proposal.id)
    if proposal.author_id is not None:
        people = people.where(Follow.person_id != proposal.author_id)
    facts = {
        "proposal": proposal,
        "corrected": bool(told.detail_id),
        "addresses": addresses_of(
            "publishing.proposal", round_slug=proposal.round.slug, number=proposal.number
        ),
    }
    return Telling(people, facts)


PLANS: dict[str, BroadcastPlanner] = {FOLLOWED: _answered}
"""Whom the broadcasts of each kind tell, and what."""
