"""What waits for a person: their proposals, their queue, their rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from consult.comments.models import Comment
from consult.comments.models import ContributionState as State
from consult.core.db import db
from consult.core.errors import Sentence
from consult.core.people import Actor
from consult.plans.models import Plan
from consult.proposals.models import Proposal
from consult.responses.models import Response
from consult.rounds.models import Round, RoundState
from consult.summaries.models import Summary

LATEST = 6


@dataclass(frozen=True)
class RoundTask:
    """A round that a person organises, and what to do next about it."""

    round: Round
    state: RoundState
    next_step: Sentence
    endpoint: str


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
    )


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
    answered: dict[int, int] = {
        row[0]: row[1]
        for row in db.session.execute(
            select(Response.round_id, func.count()).group_by(Response.round_id)
        )
    }
    summarised = set(
        db.session.scalars(select(Summary.round_id).where(Summary.published_at.is_not(None)))
    )
    return [
        _task(round_, now, answered.get(round_.id, 0), summarised=round_.id in summarised)
        for round_ in rounds
    ]


def _task(round_: Round, now: datetime, answered: int, *, summarised: bool) -> RoundTask:
    state = round_.state_at(now)
    step: tuple[Sentence, str]
    if state is RoundState.DRAFT:
        step = _l("Check it and announce it"), "rounds.manage"
    elif state is RoundState.UPCOMING:
        step = _l("Invite people to take part"), "rounds.manage"
    elif state in {RoundState.OPEN, RoundState.GRACE}:
        step = _l("Follow what comes in"), "rounds.manage"
    elif state is RoundState.CLOSED:
        left = round_.tally.published - answered
        step = (
            (_l("Answer %(number)d more proposals", number=left), "responses.index")
            if left > 0
            else (_l("Publish the responses"), "responses.index")
        )
    elif not summarised:
        step = _l("Write the summary"), "summaries.edit"
    else:
        step = _l("Everything is done here"), "rounds.manage"
    return RoundTask(round_, state, *step)
