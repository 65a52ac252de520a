"""Reading commitments, both ways along the chain."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from consult.consultation.comments.models import ContributionState
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.languages import pick
from consult.outcomes.commitments.models import Commitment, CommitmentSource
from consult.people.organisations.models import Organisation


def get_commitment(plan_slug: str, number: int) -> Commitment:
    """Return a commitment with its plan, theme, holder and the proposals behind it, or NotFound."""
    found: Commitment | None = db.session.scalar(
        select(Commitment)
        .join(Plan, Plan.id == Commitment.plan_id)
        .where(Plan.slug == plan_slug, Commitment.number == number)
        .options(
            joinedload(Commitment.plan).selectinload(Plan.themes),
            joinedload(Commitment.theme),
            joinedload(Commitment.holder),
            selectinload(Commitment.sources)
            .joinedload(CommitmentSource.proposal)
            .options(joinedload(Proposal.round), joinedload(Proposal.organisation)),
        )
    )
    if found is None:
        raise NotFound(_l("There is no such commitment."), _l("Look at the plan for all of them."))
    return found


def commitments_of(plan_id: int, *, drafts: bool = False) -> Sequence[Commitment]:
    """Return the commitments of a plan in order of number, with holder and sources."""
    statement = (
        select(Commitment)
        .where(Commitment.plan_id == plan_id)
        .options(
            joinedload(Commitment.holder),
            selectinload(Commitment.sources)
            .joinedload(CommitmentSource.proposal)
            .joinedload(Proposal.round),
        )
        .order_by(Commitment.number)
    )
    if not drafts:
        statement = statement.where(Commitment.published_at.is_not(None))
    return db.session.scalars(statement).unique().all()


def proposals_to_choose(plan_id: int) -> list[tuple[int, str]]:
    """Return the published proposals of a plan's rounds for a pick list: (id, label)."""
    rows = db.session.execute(
        select(Proposal.id, Proposal.number, Proposal.title, Round.title)
        .join(Round, Round.id == Proposal.round_id)
        .where(Round.plan_id == plan_id, Proposal.state == ContributionState.PUBLISHED)
        .order_by(Round.opens_at.desc(), Proposal.number)
    ).all()
    return [(row[0], f"#{row[1]} {row[2]} ({pick(row[3])[0]})") for row in rows]


def holders_to_choose() -> list[tuple[int, str]]:
    """Return the organisations that could hold a commitment, for a pick list: (id, name)."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name).order_by(
            Organisation.name_order, Organisation.id
        )
    ).all()
    return [(id_, name) for id_, name in rows]


def granted_cents(plan_id: int) -> int:
    """Return the sum that the commitments of a plan ask from the programme, in cents."""
    total: int = db.session.scalar(
        select(func.coalesce(func.sum(Commitment.amount_cents), 0)).where(
            Commitment.plan_id == plan_id
        )
    )
    return total
