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
    """Return the median time from handing in to the decision to publish or return it, in a round.

    Of the latest decisions; None where they are too few.
    """
    round_id = select(Round.id).where(Round.slug == round_slug).scalar_subquery()
    latest = (
        select(Decision.proposal_id, Decision.verb, Decision.decided_at)
        .where(Decision.round_id == round_id)
        .order_by(Decision.id.desc())
        .limit(_MOST_READ)
        .subquery()
    )
    rows = db.session.execute(
        select(Proposal.arrived_at, latest.c.decided_at)
        .join(Proposal, Proposal.id == latest.c.proposal_id)
        .where(
            latest.c.verb.in_((Verb.PUBLISH, Verb.RETURN)),
            latest.c.decided_at >= Proposal.arrived_at,
        )
    )
    waits = [decided - arrived for arrived, decided in rows if arrived and decided]
    return median_low(waits) if len(waits) >= _FEWEST else None
