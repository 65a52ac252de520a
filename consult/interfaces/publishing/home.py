"""What waits for a person: their proposals, their queue, their rounds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from consult.consultation.comments.models import Comment, CommentKind
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.meetings.meeting_frequency import rhythms
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import Position, Proposal
from consult.consultation.proposals.queries import public_comment
from consult.consultation.rounds.desk import RoundStep, steps_for, summarised
from consult.consultation.rounds.models import Round, RoundBody, RoundState, RoundTally
from consult.consultation.rounds.phases import TAKES_INPUT, open_or_upcoming_at
from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can
from consult.interfaces.publishing.bodies import OwnBody, bodies_in_plans, own_bodies
from consult.interfaces.publishing.todo import (
    OpenQuestion,
    Wait,
    bodies_to_convene,
    invitations_to_answer,
    notices_to_read,
    own_texts,
    proposal_to_write,
    publisher_to_fill_in,
    questions_to_answer,
    queue,
    steps_of,
    terms_to_renew,
    undelivered,
    versions_to_read,
    votes_to_give,
    waits_for_its_author,
)
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.commitments.models import Commitment
from consult.people.accounts.notices import unread_notices
from consult.people.accounts.outbox import mail_state
from consult.people.following.queries import Followed, followed_by
from consult.people.invitations.queries import open_invitations_of
from consult.people.organisations.seats import ending_soon
from consult.people.publisher.current import current_publisher

LATEST = 6
QUESTIONS_AMONG = 20
"""So many of the newest comments on each of them are looked at for questions."""


@dataclass(frozen=True)
class Task:
    """A round that a person organises, and what can be done about it now."""

    round: Round
    state: RoundState
    steps: Sequence[RoundStep]


@dataclass(frozen=True)
class OwnComment:
    """A comment of the person's own, and where it stands."""

    body: str
    language: str
    state: State
    arrived_at: datetime
    number: int
    public_id: str
    about: str
    about_language: str
    about_number: int
    round_slug: str


@dataclass(frozen=True)
class Home:
    """What stands on a person's own page; an empty part is not shown."""

    waits: Sequence[Wait]
    proposals: Sequence[Proposal]
    comments: Sequence[OwnComment]
    rounds_to_join: Sequence[Round]
    followed: Sequence[Followed]
    """What they followed last."""
    bodies: Sequence[OwnBody]
    moderates: bool
    tasks: Sequence[Task]
    plans: Sequence[Plan]
    administers: bool
    commitments: Sequence[Commitment]
    """What the organisations of a holder have to do."""

    @property
    def works_here(self) -> bool:
        """Whether the person has something to do here besides taking part."""
        return bool(self.tasks or self.moderates or self.administers or self.commitments)


def home_of(actor: Actor, now: datetime) -> Home:
    """Put together the page of a person, by their roles."""
    moderated = actor.grants.ids("plan", "moderator")
    organised = actor.grants.ids("plan", "organiser")
    administers = actor.grants.has("platform", 0, "administrator")
    proposals = _own_proposals(actor)
    tasks = _tasks(organised, now) if organised else []
    rounds = _rounds_to_join(actor, now)
    return Home(
        waits=_waits(
            actor, proposals, tasks, rounds, now, writes=not (tasks or moderated or administers)
        ),
        proposals=[one for one in proposals if not waits_for_its_author(one, now)],
        comments=_own_comments(actor),
        rounds_to_join=rounds,
        followed=followed_by(actor, None, now, LATEST).rows,
        bodies=own_bodies(actor, now),
        moderates=bool(moderated),
        tasks=tasks,
        plans=_plans(organised, everything=administers),
        administers=administers,
        commitments=_commitments(actor),
    )


def waits_of(actor: Actor, now: datetime) -> Sequence[Wait]:
    """Return what waits for a person, the most urgent first; the page lists the rounds itself."""
    organised = actor.grants.ids("plan", "organiser")
    tasks = _tasks(organised, now) if organised else []
    return _waits(
        actor, _own_proposals(actor), tasks, _rounds_to_join(actor, now), now, writes=False
    )


def _waits(
    actor: Actor,
    proposals: Sequence[Proposal],
    tasks: Sequence[Task],
    rounds: Sequence[Round],
    now: datetime,
    *,
    writes: bool,
) -> list[Wait]:
    moderated = actor.grants.ids("plan", "moderator")
    administers = actor.grants.has("platform", 0, "administrator")
    return [
        *invitations_to_answer(open_invitations_of(actor, now)),
        *undelivered(mail_state(now) if administers else None),
        *(publisher_to_fill_in(current_publisher()) if administers else ()),
        *own_texts(proposals, now),
        *questions_to_answer(_questions(actor, proposals, now)),
        *queue(*(_queue_counts(moderated) if moderated else (0, 0))),
        *(
            wait
            for task in tasks
            for wait in steps_of(task.round, task.steps, moderates=task.round.plan_id in moderated)
        ),
        *_of_bodies(actor.grants.ids("plan", "organiser"), now),
        *versions_to_read(_versions(actor.grants.ids("plan", "approver"))),
        *_to_take_part(actor, rounds, now, writes=writes),
        *notices_to_read(unread_notices()),
    ]


def _questions(
    actor: Actor, proposals: Sequence[Proposal], now: datetime
) -> Sequence[OpenQuestion]:
    """Return the questions about some of a person's proposals that they did not answer yet."""
    threads = [one.thread_id for one in proposals if one.round.state_at(now) in TAKES_INPUT]
    comments = _newest_comments(threads)
    if not comments:
        return []
    reply = aliased(Comment)
    answer = select(reply.id).where(
        reply.parent_id == Comment.id, reply.author_id == actor.actor_id
    )
    rows = db.session.execute(
        select(
            Comment.public_id, Comment.body, Comment.language, Proposal.number, Proposal.title,
            Round.slug,
        )
        .join(Proposal, Proposal.thread_id == Comment.thread_id)
        .join(Round, Round.id == Proposal.round_id)
        .where(
            Comment.id.in_(comments),
            Comment.kind == CommentKind.QUESTION,
            Comment.author_id.is_distinct_from(actor.actor_id),
            public_comment(),
            ~answer.exists(),
        )
    )  # fmt: skip
    return [OpenQuestion(*row) for row in rows]


def _newest_comments(threads: Sequence[int | None]) -> Sequence[int]:
    """Return the newest comments of each thread, which may be long; one statement."""
    if not threads:
        return []
    of_each = (
        select(Comment.id)
        .where(Comment.thread_id == one, Comment.root_id.is_(None))
        .order_by(Comment.id.desc())
        .limit(QUESTIONS_AMONG)
        .subquery()
        for one in threads
    )
    return db.session.scalars(union_all(*(select(one.c.id) for one in of_each))).all()


def _to_take_part(
    actor: Actor, rounds: Sequence[Round], now: datetime, *, writes: bool
) -> Iterator[Wait]:
    """Yield what one can do in the open rounds, those of one's own bodies first."""
    mine = actor.grants.ids("body")
    votes = {one.id: left for one, left in _votes_left(actor, rounds, now)}
    to_write = _without_proposal(actor, rounds, now) if writes else frozenset()
    for one in sorted(rounds, key=lambda one: not mine & {link.body_id for link in one.bodies}):
        if one.id in votes:
            yield votes_to_give(one, votes[one.id])
        elif one.id in to_write:
            yield proposal_to_write(one)


def _without_proposal(actor: Actor, rounds: Sequence[Round], now: datetime) -> frozenset[int]:
    """Return the open rounds in which a person can propose something, and did not."""
    open_ = {
        one.id
        for one in rounds
        if one.state_at(now) in TAKES_INPUT and can(actor, Action.PROPOSAL_DRAFT, one, now)
    }
    if not open_:
        return frozenset()
    written = db.session.scalars(
        select(Round.id).where(
            Round.id.in_(open_),
            exists().where(Proposal.author_id == actor.actor_id, Proposal.round_id == Round.id),
        )
    )
    return frozenset(open_.difference(written))


def _votes_left(
    actor: Actor, rounds: Sequence[Round], now: datetime
) -> Sequence[tuple[Round, int]]:
    """Return the rounds in which a person can vote, with on how much they did not vote yet."""
    open_ = [one for one in rounds if can(actor, Action.VOTE_BEGIN, one, now)]
    if not open_:
        return []
    rows = db.session.execute(
        select(Proposal.round_id, func.count())
        .select_from(Position)
        .join(Proposal, Proposal.id == Position.proposal_id)
        .where(
            Position.person_id == actor.actor_id,
            Proposal.round_id.in_([one.id for one in open_]),
            Proposal.state == State.PUBLISHED,
        )
        .group_by(Proposal.round_id)
    )
    voted = {row[0]: row[1] for row in rows}
    left = [(one, one.tally.published - voted.get(one.id, 0)) for one in open_]
    return [(round_, many) for round_, many in left if many > 0]


def _of_bodies(plan_ids: frozenset[int], now: datetime) -> Iterator[Wait]:
    """Yield what waits for whoever organises plans, in the bodies that take part in them."""
    if not plan_ids:
        return
    bodies = bodies_in_plans(plan_ids)
    yield from bodies_to_convene(rhythms(bodies, now))
    yield from terms_to_renew(bodies, ending_soon([one.id for one in bodies], local_day(now)))


def _versions(plan_ids: frozenset[int]) -> Sequence[PlanVersion]:
    if not plan_ids:
        return []
    newest = (
        select(func.max(PlanVersion.id))
        .where(PlanVersion.plan_id.in_(plan_ids))
        .group_by(PlanVersion.plan_id)
    )
    return db.session.scalars(
        select(PlanVersion)
        .where(PlanVersion.id.in_(newest))
        .options(joinedload(PlanVersion.plan), selectinload(PlanVersion.omissions))
    ).all()


def _commitments(actor: Actor) -> Sequence[Commitment]:
    plans = actor.grants.ids("plan", "holder")
    if not plans:
        return []
    return db.session.scalars(
        select(Commitment)
        .where(
            Commitment.plan_id.in_(plans),
            Commitment.holder_id.in_(actor.grants.ids("organisation")),
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


def _own_comments(actor: Actor) -> Sequence[OwnComment]:
    rows = db.session.execute(
        select(
            Comment.body,
            Comment.language,
            Comment.state,
            Comment.arrived_at,
            Comment.number,
            Comment.public_id,
            Proposal.title,
            Proposal.language,
            Proposal.number,
            Round.slug,
        )
        .join(Proposal, Proposal.thread_id == Comment.thread_id)
        .join(Round, Round.id == Comment.round_id)
        .where(Comment.author_id == actor.actor_id)
        .order_by(Comment.arrived_at.desc())
        .limit(LATEST)
    )
    return [OwnComment(*tuple(row)) for row in rows]


def _rounds_to_join(actor: Actor, now: datetime) -> Sequence[Round]:
    rounds = db.session.scalars(
        select(Round)
        .where(open_or_upcoming_at(now))
        .options(
            joinedload(Round.bodies).joinedload(RoundBody.body),
            joinedload(Round.tally),
            joinedload(Round.plan),
        )
        .order_by(Round.closes_at)
    ).unique()
    mine = actor.grants.ids("body")
    return [
        round_
        for round_ in rounds
        if round_.open_to_everyone or mine & {link.body_id for link in round_.bodies}
    ]


def _queue_counts(plan_ids: frozenset[int]) -> tuple[int, int]:
    pending = (RoundTally.pending, RoundTally.comments_pending)
    row = db.session.execute(
        select(*(func.coalesce(func.sum(one), 0) for one in pending))
        .join(Round, Round.id == RoundTally.round_id)
        .where(Round.plan_id.in_(plan_ids))
    ).one()
    return row[0], row[1]


def _plans(organised: frozenset[int], *, everything: bool) -> Sequence[Plan]:
    statement = select(Plan).order_by(Plan.starts_on.desc())
    if not everything:
        statement = statement.where(Plan.id.in_(organised))
    return db.session.scalars(statement).all()


def _tasks(plan_ids: frozenset[int], now: datetime) -> list[Task]:
    rounds = db.session.scalars(
        select(Round)
        .where(Round.plan_id.in_(plan_ids), Round.cancelled_at.is_(None))
        .options(joinedload(Round.tally), joinedload(Round.plan))
        .order_by(Round.opens_at.desc())
        .limit(20)
    ).all()
    known = summarised([round_.id for round_ in rounds])
    return [Task(one, one.state_at(now), steps_for(one, now, known)) for one in rounds]
