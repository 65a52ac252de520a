"""A second pair of eyes: on some grounds of a plan, a hiding is confirmed by another moderator.

The text is hidden at once. Until a second moderator has looked, the hiding stands in their list.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Decision, SecondLook, Verb
from consult.consultation.moderation.ready_reasons import rules_of
from consult.consultation.moderation.subjects import about, keys_of
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor


def open_second_look(contribution: Proposal | Comment) -> SecondLook | None:
    """Return the second look that the hiding of a contribution waits for, if it does."""
    return db.session.scalar(
        select(SecondLook)
        .where(about(SecondLook, contribution), SecondLook.settled_at.is_(None))
        .options(joinedload(SecondLook.decision))
    )


def ask_second_look(
    contribution: Proposal | Comment, decision: Decision, state_before: State, now: datetime
) -> SecondLook | None:
    """Ask for a second moderator where the plan wants two people for this ground.

    `state_before` is where the contribution stood before it was hidden.
    """
    grounds_for_two = rules_of(contribution.round.plan_id).grounds_for_two
    if decision.verb is not Verb.HIDE or decision.ground not in grounds_for_two:
        return None
    look = SecondLook(
        **keys_of(contribution), decision=decision, state_before=state_before, asked_at=now
    )
    db.session.add(look)
    return look


def settle_second_look(actor: Actor, contribution: Proposal | Comment, now: datetime) -> State:
    """Close the second look of a contribution, and return where it stood before it was hidden."""
    look = open_second_look(contribution)
    if look is None:
        return State.PUBLISHED
    look.settled_at, look.settled_by_id = now, actor.actor_id
    return look.state_before
