"""What is handed in for oneself while a mandate is asked becomes the organisation's once granted.

Until then it stands under the name of whoever wrote it, and nobody is told for whom they asked to
speak. From then on readers see the organisation, and since when.
"""

from datetime import datetime

from sqlalchemy import select

from consult.consultation.proposals.models import Attribution, is_handed_in
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.record.services import record
from consult.people.organisations.models import Mandate, MandateRequest, Organisation


def follow_mandate(
    actor: Actor, request: MandateRequest, mandate: Mandate | None, now: datetime
) -> None:
    """Let what waits for a mandate become the organisation's, or stay its writer's alone."""
    waiting = select(Attribution).where(Attribution.request_id == request.id)
    for one in db.session.scalars(waiting.order_by(Attribution.proposal_id)).all():
        proposal = one.proposal
        lock_rows(proposal)
        if mandate is None:
            db.session.delete(one)
        else:
            one.request_id = None
            _attribute(actor, one, mandate, now)
    db.session.flush()


def _attribute(actor: Actor, attribution: Attribution, mandate: Mandate, now: datetime) -> None:
    proposal = attribution.proposal
    if proposal.author_id != mandate.person_id or proposal.organisation_id is not None:
        return
    proposal.organisation_id = mandate.organisation_id
    if not is_handed_in(proposal):
        db.session.delete(attribution)  # handed in for the organisation from the start
        return
    proposal.sector = db.session.scalar(
        select(Organisation.sector).where(Organisation.id == mandate.organisation_id)
    )
    attribution.attributed_at = now
    db.session.flush()
    content = {"organisation": mandate.organisation_id, "mandate": mandate.id}
    record(
        actor, "proposal.attributed", proposal, now, content=content,
        plan_id=proposal.round.plan_id, round_id=proposal.round_id,
    )  # fmt: skip
