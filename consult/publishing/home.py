"""What waits for a person: their proposals, their queue, their rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from consult.approvals.models import PlanVersion
from consult.comments.models import Comment
from consult.comments.models import ContributionState as State
from consult.commitments.models import Commitment
from consult.core.db import db
from consult.core.people import Actor
from consult.plans.models import Plan
from consult.proposals.models import Proposal
from consult.rounds.desk import Step, steps_for, summarised
from consult.rounds.models import Round, RoundState

LATEST = 6


@dataclass(frozen=True)
class RoundTask:
    """A round that a person organises, and what to do next about it; None: nothing."""

    round: Round
    state: RoundState
    step: Step | None


@dataclass(frozen=True)
class Home:
    """What stands on a person's own page; an empty part is not shown."""

    proposals: Sequence[Proposal]
    rounds_to_join: Sequence[Round]
    moderates: bool
    pending_proposals: int
    pending_comments: int
    tasks: Sequence[RoundTask]
    plans: Sequence[Plan]
    administers: bool
    versions: Sequence[PlanVersion]
    """The newest version of each plan that a person approves."""
    commitments: Sequence[Commitment]
    """What the organisations of a holder have to do."""

    @property
    def unfinished(self) -> Sequence[Proposal]:
        """Which of their own proposals wait for their author."""
        return [one for one in self.proposals if one.state in {State.DRAFT, State.RETURNED}]


def home_of(actor: Actor, now: datetime) -> Home:
    """Put together the page of a person, by their roles."""
    moderated = actor.standing.ids("plan", "moderator")
    organised = actor.standing.ids("plan", "organiser")
    queue = _queue_counts(moderated) if moderated else (0, 0)
    administers = actor.standing.has("platform", 0, "administrator")
    return Home(
        proposals=_own_proposals(actor),
        rounds_to_join=_rounds_to_join(actor, now),
        moderates=bool(moderated),
        pending_proposals=queue[0],
        pending_comments=queue[1],
        tasks=_tasks(organised, now) if organised else (),
        plans=_plans(organised, everything=administers),
        administers=administers,
        versions=_versions(actor.standing.ids("plan", "approver")),
        commitments=_commitments(actor),
    )


def _versions(plan_ids: frozenset[int]) -> Sequence[PlanVersion]:
    if not plan_ids:
        return []
    newest = (
        select(func.max(PlanVersion.id))
        .where(PlanVersion.plan_id.in_(plan_ids))
        .group_by(PlanVersion.plan_id)
    )
    return db.session.scalars(
        select(PlanVersion).where(PlanVersion.id.in_(newest)).options(joinedload(PlanVersion.plan))
    ).all()


def _commitments(actor: Actor) -> Sequence[Commitment]:
    plans = actor.standing.ids("plan", "holder")
    if not plans:
        return []
    return db.session.scalars(
        select(Commitment)
        .where(
            Commitment.plan_id.in_(plans),
            Commitment.holder_id.in_(actor.standing.ids("organisation")),
            Commitment.published_at.is_not(None),
        )
        .options(joinedload(Commitment.plan))
        .order_by(Commitment.plan_id, Commitment.number)
    ).all()


def _own_proposals(actor: Actor) -> Sequence[Proposal]:
    return db.session.scalars(
        select(Proposal)
        .where(Proposal.author_id == actor.actor_id)
        .options(joinedload(Proposal.round))
        .order_by(Proposal.saved_at.desc())
        .limit(LATEST)
    ).all()


def _rounds_to_join(actor: Actor, now: datetime) -> Sequence[Round]:
    rounds = db.session.scalars(
        select(Round)
        .where(
            Round.published_at.is_not(None), Round.closes_at >= now, Round.cancelled_at.is_(None)
        )
        .options(joinedload(Round.bodies), joinedload(Round.tally), joinedload(Round.plan))
        .order_by(Round.closes_at)
    ).unique()
    mine = actor.standing.ids("body")
    return [
        round_
        for round_ in rounds
        if round_.open_to_everyone or mine & {link.body_id for link in round_.bodies}
    ]


def _queue_counts(plan_ids: frozenset[int]) -> tuple[int, int]:
    rounds = select(Round.id).where(Round.plan_id.in_(plan_ids))
    proposals = select(func.count()).where(
        Proposal.round_id.in_(rounds), Proposal.state == State.PENDING
    )
    comments = select(func.count()).where(
        Comment.round_id.in_(rounds), Comment.state == State.PENDING
    )
    row = db.session.execute(select(proposals.scalar_subquery(), comments.scalar_subquery())).one()
    return row[0], row[1]


def _plans(organised: frozenset[int], *, everything: bool) -> Sequence[Plan]:
    statement = select(Plan).order_by(Plan.starts_on.desc())
    if not everything:
        statement = statement.where(Plan.id.in_(organised))
    return db.session.scalars(statement).all()


def _tasks(plan_ids: frozenset[int], now: datetime) -> list[RoundTask]:
    rounds = db.session.scalars(
        select(Round)
        .where(Round.plan_id.in_(plan_ids), Round.cancelled_at.is_(None))
        .options(joinedload(Round.tally), joinedload(Round.plan))
        .order_by(Round.opens_at.desc())
        .limit(20)
    ).all()
    with_summary = summarised([round_.id for round_ in rounds])
    return [
        RoundTask(
            round_, round_.state_at(now), next(iter(steps_for(round_, now, with_summary)), None)
        )
        for round_ in rounds
    ]
