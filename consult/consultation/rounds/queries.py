"""Reading rounds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from consult.consultation.plans.models import Plan
from consult.consultation.rounds.models import DateMove, Round, RoundBody
from consult.consultation.rounds.phases import announced, open_at
from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.people import Anonymous
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can
from consult.people.following.models import FollowedKind
from consult.people.following.subjects import FollowedSubject


def _rounds() -> Select[Round]:
    return select(Round).options(
        joinedload(Round.plan),
        joinedload(Round.bodies).joinedload(RoundBody.body),
        joinedload(Round.tally),
    )


@cache
def rounds_with_frame() -> Select[Round]:
    """Return the SELECT of rounds with what every page about one needs, in one statement."""
    return _rounds().options(joinedload(Round.plan).joinedload(Plan.themes))


@cache
def _by_slug(*, with_themes: bool) -> Select[Round]:
    """Return the statement for one round: building it takes as long as running it."""
    found = rounds_with_frame() if with_themes else _rounds()
    return found.where(Round.slug == bindparam("slug"))


def get_round(slug: str) -> Round:
    """Return a round with its plan, themes, bodies and counts; NotFound when there is none."""
    return _one(slug, with_themes=True)


def get_round_alone(slug: str) -> Round:
    """Return a round as `get_round` does, for a page that seldom needs the themes.

    They are read when they are asked for: in one statement, each of them comes with all of the
    plan, and reading that takes longer than a second statement.
    """
    return _one(slug, with_themes=False)


def _one(slug: str, *, with_themes: bool) -> Round:
    statement = _by_slug(with_themes=with_themes)
    found: Round | None = db.session.scalars(statement, {"slug": slug}).unique().one_or_none()
    if found is None:
        raise no_such_round()
    return found


def no_such_round() -> NotFound:
    """Return the refusal for a round that is not there."""
    return NotFound(_l("There is no such round."), _l("The plan page lists all rounds."))


def rounds_in(plan_id: int) -> Sequence[Round]:
    """Return all rounds of a plan with their counts, drafts too, the newest first."""
    return db.session.scalars(
        select(Round)
        .where(Round.plan_id == plan_id)
        .options(joinedload(Round.tally))
        .order_by(Round.opens_at.desc(), Round.id.desc())
    ).all()


def dates_after(at: datetime) -> Iterator[datetime]:
    """Yield the dates after a moment by which announced rounds change their state."""
    rows = db.session.execute(
        select(Round.opens_at, Round.closes_at, Round.grace_minutes).where(
            announced(), Round.closes_at > at - timedelta(days=1)
        )
    )
    for opens_at, closes_at, grace_minutes in rows:
        yield from (opens_at, closes_at, closes_at + timedelta(minutes=grace_minutes))


def open_rounds_for(body_id: int) -> Sequence[Round]:
    """Return the rounds that are open for a body now, and that everybody may read."""
    found = db.session.scalars(
        select(Round)
        .join(RoundBody, RoundBody.round_id == Round.id)
        .where(RoundBody.body_id == body_id, open_at(now()))
        .order_by(Round.closes_at)
    ).all()
    return [one for one in found if can(Anonymous(), Action.ROUND_READ, one, now())]


def moves_of(round_id: int) -> Sequence[DateMove]:
    """Return how the dates of a round were moved, in order of time."""
    return db.session.scalars(
        select(DateMove).where(DateMove.round_id == round_id).order_by(DateMove.id)
    ).all()


def rounds_to_follow(ids: Collection[int]) -> Mapping[int, FollowedSubject]:
    """Return rounds with these numbers as things that can be followed."""
    found = db.session.scalars(rounds_with_frame().where(Round.id.in_(ids))).unique()
    return {
        one.id: FollowedSubject(
            FollowedKind.ROUND, one, one.title, "publishing.round", {"round_slug": one.slug},
            Action.ROUND_READ,
        )
        for one in found
    }  # fmt: skip
