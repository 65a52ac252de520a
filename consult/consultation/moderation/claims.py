"""Who reads what: opening a contribution at the desk claims it for a quarter of an hour.

Others see who reads it. A claim ends by itself, with a decision, or when another takes it over; it
keeps nobody from reading.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from consult.consultation.moderation.models import Claim
from consult.consultation.moderation.subjects import Moderated, SubjectKeys, about, keys_of
from consult.foundation.core.db import db, table_of
from consult.foundation.core.people import Actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure

LEASE = timedelta(minutes=15)
_RENEWED_BELOW = timedelta(minutes=10)
"""Reading on renews a claim, but not at every page."""


def claim_of(contribution: Moderated) -> Claim | None:
    """Return the claim on a contribution, ended or not, with who made it."""
    return db.session.scalar(
        select(Claim).where(about(Claim, contribution)).options(joinedload(Claim.person))
    )


def is_others(claim: Claim | None, actor: Actor, now: datetime) -> bool:
    """Whether a claim is that of somebody else, and holds now."""
    return claim is not None and claim.until > now and claim.person_id != actor.actor_id


def needs_claim(claim: Claim | None, actor: Actor, contribution: Moderated, now: datetime) -> bool:
    """Whether who opens a contribution should claim it: they may, and nobody has for long yet."""
    if is_others(claim, actor, now) or (claim is not None and claim.until - now > _RENEWED_BELOW):
        return False
    return can(actor, Action.CONTRIBUTION_CLAIM, contribution, now)


def keep_claim(actor: Actor, about_what: SubjectKeys, now: datetime, *, take_over: bool) -> None:
    """Let somebody hold a contribution for a quarter of an hour; the caller asked the policy.

    Where another holds it, that stays, unless it is taken over. One statement.
    """
    engine = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    key = "proposal_id" if about_what["proposal_id"] else "comment_id"
    held = {"person_id": actor.actor_id, "until": now + LEASE}
    free = (Claim.until <= now) | (Claim.person_id == actor.actor_id)
    statement = engine.insert(table_of(Claim)).values({**about_what, **held})
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[key], set_=held, where=None if take_over else free
        )
    )


def take_over(actor: Actor, contribution: Moderated, now: datetime) -> None:
    """Take over what another moderator is reading."""
    ensure(actor, Action.CONTRIBUTION_CLAIM, contribution, now)
    keep_claim(actor, keys_of(contribution), now, take_over=True)


def release(contribution: Moderated) -> None:
    """End the claim on a contribution."""
    db.session.execute(delete(Claim).where(about(Claim, contribution)))
