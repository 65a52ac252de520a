"""Telling who follows a plan, a theme, a proposal or a commitment what is promised now."""

from datetime import datetime

from sqlalchemy import select, union

from consult.foundation.core.addresses import addresses_of
from consult.foundation.core.db import db
from consult.foundation.notifications.broadcasts import BroadcastPlanner, Telling, broadcast
from consult.foundation.notifications.models import Broadcast
from consult.foundation.policy.actions import Action
from consult.outcomes.commitments.models import Commitment, CommitmentSource
from consult.people.accounts.recipients import may_still
from consult.people.following.models import Follow, FollowedKind
from consult.people.following.queries import followers_of

PUBLISHED = "followed-commitment"
CHANGED = "followed-commitment-changed"


def may_read_commitment(person_id: int, commitment_id: int, now: datetime) -> bool:
    """Whether a person may still read a commitment."""
    return may_still(person_id, Action.COMMITMENT_READ, Commitment, commitment_id, now)


def tell_commitment_published(commitment: Commitment, now: datetime) -> None:
    """Notify that a commitment stands in the public plan."""
    broadcast(PUBLISHED, f"{PUBLISHED}:{commitment.id}", now, commitment.id)


def tell_commitment_changed(commitment: Commitment, now: datetime) -> None:
    """Notify that a public commitment says something else."""
    key = f"{CHANGED}:{commitment.id}:{commitment.version}"
    broadcast(CHANGED, key, now, commitment.id)


def _facts(commitment: Commitment) -> dict[str, object]:
    addresses = addresses_of(
        "publishing.commitment", plan_slug=commitment.plan.slug, number=commitment.number
    )
    return {"commitment": commitment, "addresses": addresses}


def _published(told: Broadcast, _now: datetime) -> Telling:
    """Tell who follows its plan, its theme or a proposal behind it."""
    commitment = db.session.get_one(Commitment, told.about_id, populate_existing=True)
    sources = select(CommitmentSource.proposal_id).where(
        CommitmentSource.commitment_id == commitment.id
    )
    people = union(
        followers_of(FollowedKind.PLAN, commitment.plan_id),
        followers_of(FollowedKind.THEME, commitment.theme_id),
        select(Follow.person_id).where(
            Follow.kind == FollowedKind.PROPOSAL, Follow.subject_id.in_(sources)
        ),
    ).subquery()
    return Telling(select(people.c[0]), _facts(commitment))


def _changed(told: Broadcast, _now: datetime) -> Telling:
    commitment = db.session.get_one(Commitment, told.about_id, populate_existing=True)
    return Telling(followers_of(FollowedKind.COMMITMENT, commitment.id), _facts(commitment))


PLANS: dict[str, BroadcastPlanner] = {PUBLISHED: _published, CHANGED: _changed}
"""Whom the broadcasts of each kind tell, and what."""
