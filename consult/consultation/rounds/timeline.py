"""The life of a round, as the drawn timeline shows it: announced, opens, closes, answered."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.consultation.rounds.models import DateMove, MovedDate, Round, RoundState
from consult.foundation.core.errors import Sentence


@dataclass(frozen=True)
class Milestone:
    """A moment in the life of a round; without a moment it is still to come."""

    label: Sentence
    at: datetime | None
    note: Sentence = ""
    state: str = "future"
    """past | now | future"""


def timeline_of(
    round_: Round,
    moves: Iterable[DateMove],
    now: datetime,
    *,
    before: Iterable[Milestone] = (),
    after: Iterable[Milestone] = (),
) -> list[Milestone]:
    """Return the milestones of a round, with others before and after them.

    The last that is past is what goes on now, as long as something is still to come.
    """
    milestones = [*before, *_dates(round_, moves, now), *after]
    if round_.cancelled_at is not None:
        # What was planned after it was cancelled does not come any more.
        ended = round_.cancelled_at
        milestones = [one for one in milestones if one.at is not None and one.at <= ended]
        milestones.append(Milestone(_l("Cancelled"), ended, round_.cancelled_reason))
    past = [one.at is not None and one.at <= now and _comes(round_, one) for one in milestones]
    last = max((place for place, is_past in enumerate(past) if is_past), default=-1)
    present = last if last < len(milestones) - 1 else -1
    return [
        replace(one, state="now" if place == present else "past" if past[place] else "future")
        for place, one in enumerate(milestones)
    ]


def _is_promised(round_: Round) -> bool:
    """Whether the dates of a round count: those of a draft are plans, and nothing happens then."""
    return round_.published_at is not None or round_.cancelled_at is not None


def _comes(round_: Round, milestone: Milestone) -> bool:
    return _is_promised(round_) or milestone.at not in {round_.opens_at, round_.closes_at}


def _dates(round_: Round, moves: Iterable[DateMove], now: datetime) -> list[Milestone]:
    moved = {move.which for move in moves}
    promised = _is_promised(round_)
    note = _l("This date was moved.")
    in_grace = round_.state_at(now) is RoundState.GRACE
    announced = Milestone(
        _l("Announced"),
        round_.published_at,
        _l("Announced less than 14 days ahead: %(reason)s", reason=round_.short_notice_reason)
        if round_.short_notice_reason
        else "",
    )
    answered = Milestone(_l("Answers published"), round_.answered_at)
    if not round_.dates_known:
        return [announced, answered]
    return [
        announced,
        Milestone(
            _l("Opened") if promised and round_.opens_at <= now else _l("Opens"),
            round_.opens_at,
            note if MovedDate.OPENS in moved else "",
        ),
        Milestone(
            _l("Closed") if promised and round_.closes_at <= now else _l("Closes"),
            round_.closes_at,
            _l("Forms opened in time are taken %(minutes)s minutes longer.",
               minutes=round_.grace_minutes)
            if in_grace
            else note if MovedDate.CLOSES in moved else "",
        ),
        answered,
    ]  # fmt: skip
