"""When people hear of a round by itself: that it is open, and that it closes soon."""

from datetime import datetime, timedelta

from consult.consultation.rounds.models import Round, RoundState
from consult.foundation.core.calendar import NoSuchTime, local_time, moment_of

SOON = timedelta(days=3)
STILL_NEWS = timedelta(days=7)
"""So long after its opening, that a round is open is still news."""


def closes_soon_from(closes_at: datetime) -> datetime:
    """Return the moment three days before the closing, by the clock on the wall."""
    there = local_time(closes_at) - SOON
    try:
        return moment_of(there.date(), there.time())
    except NoSuchTime:
        return closes_at - SOON


def news_of(round_: Round, moved_at: datetime | None, now: datetime) -> tuple[str, str] | None:
    """Return the one thing that makes sense to say of a round now: (kind, key); None if nothing.

    What nobody said in time is not made up for by what came after it: three days before the
    closing, that it closes soon is the news, not that it opened. `moved_at` is when the closing
    was last moved: who heard by then that it closes within three days needs no second mail.
    """
    if round_.state_at(now) is not RoundState.OPEN:
        return None
    soon = closes_soon_from(round_.closes_at)
    if now >= soon > round_.opens_at:
        if moved_at is not None and moved_at >= soon:
            return None
        return "round-closes-soon", f"round-closes-soon:{round_.id}:{round_.closes_at:%Y%m%dT%H%M}"
    if now - round_.opens_at > STILL_NEWS:
        return None
    return "round-opened", f"round-opened:{round_.id}"
