"""The end of an import: counts, and the moment from which the round is seen."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, delete, func, insert, select, update

from consult.consultation.comments.models import Comment, ContributionState, Thread
from consult.consultation.proposals.models import Position, Proposal, SectorCount, Stance
from consult.consultation.proposals.positions import COUNTS, smaller
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import Round, TallySlot
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.models import Event
from consult.foundation.record.services import record
from consult.interfaces.exchange.bulk import let_others_write
from consult.outcomes.responses.models import Response
from consult.outcomes.responses.queries import unanswered

BATCH = 500
IMPORTED = "round.imported"
"""The verb of the event with which an import of a round ends."""

_COUNTED = (
    ContributionState.PENDING,
    ContributionState.PUBLISHED,
    ContributionState.RETURNED,
    ContributionState.HIDDEN,
    ContributionState.WITHDRAWN,
    ContributionState.NOT_FOR_PUBLICATION,
)


def count_again(round_id: int) -> None:
    """Count comments and positions of every proposal of a round, some proposals at a time."""
    last = 0
    while True:
        ids = db.session.scalars(
            select(Proposal.id)
            .where(Proposal.round_id == round_id, Proposal.id > last)
            .order_by(Proposal.id)
            .limit(BATCH)
        ).all()
        db.session.rollback()
        if not ids:
            return
        with unit_of_work():
            _count_some(ids[0], ids[-1], round_id)
            _count_sectors(ids)
        last = ids[-1]
        let_others_write()


def _count_in_proposals(these: ColumnElement[bool]) -> None:
    said = (
        select(func.count())
        .where(
            Comment.thread_id == Proposal.thread_id, Comment.state == ContributionState.PUBLISHED
        )
        .scalar_subquery()
    )

    def took(stance: Stance) -> ScalarSelect[int]:
        return (
            select(func.count())
            .where(Position.proposal_id == Proposal.id, Position.stance == stance)
            .scalar_subquery()
        )

    db.session.execute(
        update(Proposal)
        .where(these)
        .values(
            comment_count=said,
            support_count=took(Stance.SUPPORT) + func.coalesce(Proposal.counted_support, 0),
            neutral_count=took(Stance.NEUTRAL) + func.coalesce(Proposal.counted_neutral, 0),
            object_count=took(Stance.OBJECT) + func.coalesce(Proposal.counted_object, 0),
            pass_count=took(Stance.PASS),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(Proposal)
        .where(these)
        .values(contested_count=smaller(Proposal.support_count, Proposal.object_count))
        .execution_options(synchronize_session=False)
    )


def _count_some(first: int, last: int, round_id: int) -> None:
    these = (Proposal.round_id == round_id) & Proposal.id.between(first, last)
    _count_in_proposals(these)
    in_thread = (
        select(func.count())
        .where(Comment.thread_id == Thread.id, Comment.state == ContributionState.PUBLISHED)
        .scalar_subquery()
    )
    db.session.execute(
        update(Thread)
        .where(Thread.id.in_(select(Proposal.thread_id).where(these)))
        .values(comment_count=in_thread)
        .execution_options(synchronize_session=False)
    )


def _count_sectors(ids: Sequence[int]) -> None:
    """Count the positions of some proposals by sector anew."""
    db.session.execute(delete(SectorCount).where(SectorCount.proposal_id.in_(ids)))
    counted = {
        column: func.count().filter(Position.stance == stance) for stance, column in COUNTS.items()
    }
    found = (
        select(Position.proposal_id, Position.sector, *counted.values())
        .where(Position.proposal_id.in_(ids), Position.sector.is_not(None))
        .group_by(Position.proposal_id, Position.sector)
    )
    names = ["proposal_id", "sector", *counted]
    db.session.execute(insert(SectorCount).from_select(names, found))


def _tally(model: type[Proposal] | type[Comment], round_id: int) -> dict[ContributionState, int]:
    rows = db.session.execute(
        select(model.state, func.count()).where(model.round_id == round_id).group_by(model.state)
    )
    return {state: count for state, count in rows}  # noqa: C416  (a Row is no pair to mypy)


def _count_round(round_id: int) -> None:
    """Set the counts of a round."""
    proposals = _tally(Proposal, round_id)
    comments = _tally(Comment, round_id)
    counts = {str(state): proposals.get(state, 0) for state in _COUNTED}
    db.session.execute(delete(TallySlot).where(TallySlot.round_id == round_id))
    db.session.execute(
        insert(TallySlot).values(
            round_id=round_id,
            **counts,
            received=sum(counts.values()),
            late=proposals.get(ContributionState.LATE, 0),
            comments=comments.get(ContributionState.PUBLISHED, 0),
            comments_pending=comments.get(ContributionState.PENDING, 0),
            comments_late=comments.get(ContributionState.LATE, 0),
            comments_not_for_publication=comments.get(ContributionState.NOT_FOR_PUBLICATION, 0),
        )
    )


def _when_answered(round_id: int, said: datetime | None) -> datetime | None:
    """Return when the round was answered; None where the source does not say so, or not of all.

    That is what the source says, or the last of its answers where each has a date.
    """
    each = rules_of(db.session.get_one(Round, round_id)).answers_each
    if each and unanswered(round_id):
        return None
    given = select(func.max(Response.given_at), func.count(), func.count(Response.given_at))
    last, answers, dated = db.session.execute(given.where(Response.round_id == round_id)).one()
    return said or (last if dated == answers else None)


def is_complete(round_: Round) -> bool:
    """Whether an import of this round came to its end before; one that was broken off did not."""
    return round_.published_at is not None or (
        db.session.scalar(
            select(Event.id)
            .where(
                Event.verb == IMPORTED,
                Event.subject_type == "round",
                Event.subject_id == round_.id,
            )
            .limit(1)
        )
        is not None
    )


def finish(
    actor: Actor,
    round_id: int,
    content: Mapping[str, object],
    now: datetime,
    answered_at: datetime | None = None,
    *,
    is_whole: bool = True,
    announced: bool = True,
) -> None:
    """Set the counts of the round and let it be seen, unless it is not to be `announced` yet.

    `answered_at` is when its source says that it was answered. A round of which something was left
    out (`is_whole`) is not called so.
    """
    with unit_of_work():
        round_ = db.session.get_one(Round, round_id, populate_existing=True)
        _count_round(round_id)
        if round_.answered_at is None and is_whole:
            round_.answered_at = _when_answered(round_id, answered_at)
        if round_.published_at is None and announced:
            round_.published_at = round_.opens_at
        record(
            actor,
            IMPORTED,
            round_,
            now,
            content=content,
            plan_id=round_.plan_id,
            round_id=round_id,
        )
