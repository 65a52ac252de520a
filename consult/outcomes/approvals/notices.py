"""Telling who follows a plan that a version of it was frozen."""

from datetime import datetime

from consult.foundation.core.addresses import addresses_of
from consult.foundation.core.db import db
from consult.foundation.notifications.broadcasts import BroadcastPlanner, Telling, broadcast
from consult.foundation.notifications.models import Broadcast
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.approvals.omissions import label_of
from consult.people.following.models import FollowedKind
from consult.people.following.queries import followers_of

FROZEN = "followed-version"


def tell_frozen(version: PlanVersion, now: datetime) -> None:
    """Notify that a version is there."""
    broadcast(FROZEN, f"{FROZEN}:{version.id}", now, version.id)


def _frozen(told: Broadcast, _now: datetime) -> Telling:
    version = db.session.get_one(PlanVersion, told.about_id, populate_existing=True)
    facts = {
        "plan": version.plan,
        "version": version,
        "label": label_of(version),
        "addresses": addresses_of(
            "publishing.version", plan_slug=version.plan.slug, number=version.number
        ),
    }
    return Telling(followers_of(FollowedKind.PLAN, version.plan_id), facts)


PLANS: dict[str, BroadcastPlanner] = {FROZEN: _frozen}
"""Whom the broadcasts of each kind tell, and what."""
