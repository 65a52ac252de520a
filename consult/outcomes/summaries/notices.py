"""Telling who follows a round, or its plan, that its summary is there."""

from datetime import datetime

from sqlalchemy import select, union

from consult.foundation.core.addresses import addresses_of
from consult.foundation.core.db import db
from consult.foundation.notifications.broadcasts import BroadcastPlanner, Telling, broadcast
from consult.foundation.notifications.models import Broadcast
from consult.foundation.policy.actions import Action
from consult.outcomes.summaries.models import Summary
from consult.people.accounts.recipients import may_still
from consult.people.following.models import FollowedKind
from consult.people.following.queries import followers_of

PUBLISHED = "followed-summary"


def may_read_summary(person_id: int, summary_id: int, now: datetime) -> bool:
    """Whether a person may still read a summary."""
    return may_still(person_id, Action.SUMMARY_READ, Summary, summary_id, now)


def tell_summary_published(summary: Summary, now: datetime) -> None:
    """Notify that a summary is public."""
    broadcast(PUBLISHED, f"{PUBLISHED}:{summary.id}", now, summary.id)


def _published(told: Broadcast, _now: datetime) -> Telling:
    summary = db.session.get_one(Summary, told.about_id)
    round_ = summary.round
    people = union(
        followers_of(FollowedKind.ROUND, round_.id),
        followers_of(FollowedKind.PLAN, round_.plan_id),
    ).subquery()
    addresses = addresses_of("summaries.show", round_slug=round_.slug)
    facts = {"summary": summary, "round": round_, "addresses": addresses}
    return Telling(select(people.c[0]), facts)


PLANS: dict[str, BroadcastPlanner] = {PUBLISHED: _published}
"""Whom the broadcasts of each kind tell, and what."""
