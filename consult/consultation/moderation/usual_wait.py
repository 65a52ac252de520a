"""How long it usually takes until a moderator has looked: told from what was decided before."""

from datetime import timedelta
from statistics import median_low

from sqlalchemy import select

from consult.consultation.moderation.models import Decision, Verb
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db

_MOST_READ = 50
_FEWEST = 5
"""With fewer decisions there is nothing usual."""


def usual_wait(round_slug: str) -> timedelta | None:
    """Return the median time from handing in to the decision, in the plan of a round.

    Of the latest decisions to publish or return a proposal; None where they are too few.
    """
    plan_id = select(Round.plan_id).where(Round.slug == round_slug).scalar_subquery()
    rows = db.session.execute(
        select(Proposal.arrived_at, Decision.decided_at)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .join(Round, Round.id == Decision.round_id)
        .where(
            Round.plan_id == plan_id,
            Decision.verb.in_((Verb.PUBLISH, Verb.RETURN)),
            Decision.decided_at >= Proposal.arrived_at,
        )
        .order_by(Decision.id.desc())
        .limit(_MOST_READ)
    )
    waits = [decided - arrived for arrived, decided in rows if arrived and decided]
    return median_low(waits) if len(waits) >= _FEWEST else None
