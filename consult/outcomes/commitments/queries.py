"""Reading commitments, both ways along the chain."""

from collections.abc import Collection, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.queries import public_proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound, Sentence
from consult.foundation.core.languages import pick
from consult.foundation.policy.actions import Action
from consult.outcomes.commitments.models import Commitment, CommitmentSource
from consult.people.following.models import FollowedKind
from consult.people.following.subjects import FollowedSubject
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


def number_of_commitments(plan_id: int) -> int:
    """Return how many commitments of a plan everybody reads."""
    counted = select(func.count()).where(
        Commitment.plan_id == plan_id, Commitment.published_at.is_not(None)
    )
    return db.session.scalar(counted) or 0


def may_be_source(commitment: Commitment | None) -> ColumnElement[bool]:
    """Say of which proposals a commitment is made: published ones, and those it was made of."""
    linked = [source.proposal_id for source in commitment.sources] if commitment else []
    return or_(public_proposal(), Proposal.id.in_(linked))


def chosen_proposals(
    plan_id: int, ids: Collection[int], commitment: Commitment | None
) -> list[tuple[int, Sentence]]:
    """Return those of some proposals of a plan that may be a source of a commitment: (id, label).

    One from which a commitment was made stays its source when it is hidden or withdrawn.
    """
    if not ids:
        return []
    rows = db.session.execute(
        select(Proposal.id, Proposal.number, Proposal.title, Round.title, public_proposal())
        .join(Round, Round.id == Proposal.round_id)
        .where(Proposal.id.in_(ids), Round.plan_id == plan_id, may_be_source(commitment))
        .order_by(Round.opens_at.desc(), Proposal.number)
    ).all()
    return [
        (id_, _source_label(f"#{number} {title} ({pick(round_title)[0]})", is_public=is_public))
        for id_, number, title, round_title, is_public in rows
    ]


def _source_label(label: str, *, is_public: bool) -> Sentence:
    return label if is_public else _l("%(proposal)s, no longer public", proposal=label)


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


def commitments_to_follow(ids: Collection[int]) -> Mapping[int, FollowedSubject]:
    """Return commitments with these numbers as things that can be followed."""
    found = db.session.scalars(
        select(Commitment).where(Commitment.id.in_(ids)).options(joinedload(Commitment.plan))
    )
    return {
        one.id: FollowedSubject(
            FollowedKind.COMMITMENT, one, one.title, "publishing.commitment",
            {"plan_slug": one.plan.slug, "number": one.number}, Action.COMMITMENT_READ,
        )
        for one in found
    }  # fmt: skip
