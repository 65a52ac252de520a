"""Telling the people of a round what happens to it: members, who took part, and who follows it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import CompoundSelect, Select, select, union

from consult.consultation.plans.models import PlanRole, Role
from consult.consultation.rounds.calendar import news_of
from consult.consultation.rounds.models import DateMove, MovedDate, Round, RoundBody
from consult.consultation.rounds.phases import open_at
from consult.foundation.core.addresses import addresses_of
from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.registries import add_new
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.broadcasts import (
    BroadcastPlanner,
    Telling,
    broadcast,
    was_told,
)
from consult.foundation.notifications.models import Broadcast
from consult.foundation.policy.actions import Action
from consult.people.accounts.recipients import may_still
from consult.people.following.models import FollowedKind
from consult.people.following.queries import followers_of
from consult.people.organisations.queries import sitting_at

OPENED = "round-opened"
CLOSES_SOON = "round-closes-soon"
ANSWERED = "round-answered"
MOVED = "round-moved"
CANCELLED = "round-cancelled"

PeopleOfRound = Callable[[int], Select[int | None]]
_people: list[PeopleOfRound] = []


def add_people_of_rounds(source: PeopleOfRound) -> None:
    """Register who says, as a SELECT of numbers, which people hear of a round besides."""
    add_new(_people, [source])


def people_of(round_: Round, now: datetime) -> Select[int]:
    """Select the people of a round: who sits in its bodies, takes part, took part or follows it.

    Who follows its plan, or what was said in it, belongs to them too. A person is in it once,
    whatever the ways in which they belong to it.
    """
    bodies = select(RoundBody.body_id).where(RoundBody.round_id == round_.id)
    members = sitting_at(bodies, local_day(now))
    participants = select(PlanRole.person_id).where(
        PlanRole.plan_id == round_.plan_id,
        PlanRole.role == Role.PARTICIPANT,
        PlanRole.ended_at.is_(None),
    )
    others = (source(round_.id) for source in _people)
    all_: CompoundSelect[int | None] = union(members, participants, *_followers(round_), *others)
    people = all_.subquery()
    return select(people.c[0])


def _followers(round_: Round) -> tuple[Select[int], Select[int]]:
    return (
        followers_of(FollowedKind.ROUND, round_.id),
        followers_of(FollowedKind.PLAN, round_.plan_id),
    )


def may_read_round(person_id: int, round_id: int, now: datetime) -> bool:
    """Whether a person may still read a round."""
    return may_still(person_id, Action.ROUND_READ, Round, round_id, now)


def look_at_calendar(_payload: Mapping[str, object], now: datetime) -> None:
    """Notify of each round that is open what its calendar says, once."""
    due = []
    for round_ in db.session.scalars(select(Round).where(open_at(now))):
        news = news_of(round_, _closing_moved_at(round_.id), now)
        if news is not None and not was_told(news[1]):
            due.append((*news, round_.id))
    db.session.rollback()
    for kind, key, round_id in due:
        with unit_of_work():
            broadcast(kind, key, now, round_id)


def _closing_moved_at(round_id: int) -> datetime | None:
    return db.session.scalar(
        select(DateMove.moved_at)
        .where(DateMove.round_id == round_id, DateMove.which == MovedDate.CLOSES)
        .order_by(DateMove.id.desc())
        .limit(1)
    )


def tell_moved(move: DateMove, now: datetime) -> None:
    """Notify that a date was moved."""
    broadcast(MOVED, f"{MOVED}:{move.id}", now, move.round_id, move.id)


def tell_cancelled(round_: Round, now: datetime) -> None:
    """Notify that a round is cancelled; of one that was never announced nobody has heard."""
    if round_.published_at is not None:
        broadcast(CANCELLED, f"{CANCELLED}:{round_.id}", now, round_.id)


def tell_answered(round_: Round, now: datetime) -> None:
    """Notify that the responses of a round are public."""
    broadcast(ANSWERED, f"{ANSWERED}:{round_.id}", now, round_.id)


def _telling(round_: Round, now: datetime, **facts: object) -> Telling:
    addresses = addresses_of("publishing.round", round_slug=round_.slug)
    return Telling(people_of(round_, now), {"round": round_, "addresses": addresses, **facts})


def _round(told: Broadcast) -> Round:
    return db.session.get_one(Round, told.about_id, populate_existing=True)


def _calendar(told: Broadcast, now: datetime) -> Telling | None:
    """Not any more when the round was moved or cancelled, or something else is the news by now."""
    round_ = _round(told)
    if news_of(round_, _closing_moved_at(round_.id), now) != (told.kind, told.key):
        return None
    return _telling(round_, now, expires_at=round_.closes_at)


def _moved(told: Broadcast, now: datetime) -> Telling | None:
    """Not any more when the same date was moved again, or the round was cancelled."""
    round_, move = _round(told), db.session.get_one(DateMove, told.detail_id)
    later = select(DateMove.id).where(
        DateMove.round_id == round_.id, DateMove.which == move.which, DateMove.id > move.id
    )
    if round_.cancelled_at is not None or db.session.scalar(later.limit(1)) is not None:
        return None
    if move.becomes <= now:
        return None
    return _telling(round_, now, move=move, expires_at=move.becomes)


def _decided(told: Broadcast, now: datetime) -> Telling:
    return _telling(_round(told), now)


PLANS: dict[str, BroadcastPlanner] = {
    OPENED: _calendar,
    CLOSES_SOON: _calendar,
    MOVED: _moved,
    CANCELLED: _decided,
    ANSWERED: _decided,
}
"""Whom the broadcasts of each kind tell, and what."""
