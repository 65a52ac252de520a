"""Announcing a round, moving its dates and cancelling it: each with its reason on record."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import DateMove, MovedDate, Round, RoundState
from consult.consultation.rounds.notices import tell_cancelled, tell_moved
from consult.foundation.core.calendar import local_time
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.registries import add_new
from consult.foundation.core.visible import says_nothing
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record

NOTICE = timedelta(days=14)
"""OGP Participation and Co-creation Standards, requirement 3.1: the timeline of a process is
published at least two weeks before it starts."""


def is_short_notice(opens_at: datetime, now: datetime) -> bool:
    """Whether a round that opens then is announced less than 14 days ahead.

    Counted by the clock on the wall, so that a change of the clock makes no difference.
    """
    return local_time(opens_at) - local_time(now) < NOTICE


def needs_reason(round_: Round, now: datetime) -> bool:
    """Whether it must be said why a round is announced so late; not of one that was held before."""
    return not round_.was_imported and is_short_notice(round_.opens_at, now)


def missing_for_announcement(round_: Round, now: datetime) -> dict[str, Sentence]:
    """Say what a round still needs before it can be announced, by field of its form.

    A round that was held elsewhere and imported needs nothing: its source says what it says.
    """
    if round_.was_imported:
        return {}
    missing: dict[str, Sentence] = {
        f"introduction_{code}": _l("Say in each language of the plan what the round is about.")
        for code in round_.plan.languages
        if says_nothing(round_.introduction.get(code))
    }
    for code in round_.plan.languages:
        if says_nothing(round_.title.get(code)):
            missing[f"title_{code}"] = _l("Give the round a title in each language of the plan.")
    if rules_of(round_).asks_about_themes and not round_.plan.themes:
        missing["kind"] = _l("The plan has no themes yet. Add them on the desk of the plan first.")
    if not round_.bodies and not round_.open_to_everyone:
        missing["bodies"] = _l("Choose who takes part: at least one body, or everyone.")
    if round_.opens_at <= now:
        missing["opens_on"] = _l("The round would have opened already. Choose a later opening.")
    return missing


Announcing = Callable[[Actor, Round, datetime], None]
_announcing: list[Announcing] = []


def add_announcing(act: Announcing) -> None:
    """Register what happens besides when a round is announced: a package above this one."""
    add_new(_announcing, [act])


def announce_round(actor: Actor, round_: Round, reason: str, now: datetime) -> None:
    """Publish the timeline of a round; from then on the public sees it.

    Opens it less than 14 days from now, then a reason is needed, which is public. Raises
    InvalidInput with everything that is missing.
    """
    ensure(actor, Action.ROUND_PUBLISH, round_, now)
    if missing := missing_for_announcement(round_, now):
        raise InvalidInput(_l("This round cannot be announced yet."), errors=missing)
    short = needs_reason(round_, now)
    if short and says_nothing(reason):
        raise InvalidInput(
            _l("The round opens in less than 14 days."),
            errors={"reason": _l("Say why it is announced so late. The reason is public.")},
        )
    round_.published_at = now
    round_.short_notice_reason = reason if short else ""
    db.session.flush()
    content = {
        "opens_at": round_.opens_at.isoformat(),
        "closes_at": round_.closes_at.isoformat(),
    }
    record(
        actor, "round.announced", round_, now, content=content,
        reason=round_.short_notice_reason, plan_id=round_.plan_id, round_id=round_.id,
    )  # fmt: skip
    for act in _announcing:
        act(actor, round_, now)


def move_date(
    actor: Actor, round_: Round, which: MovedDate, becomes: datetime, reason: str, now: datetime
) -> DateMove:
    """Move the opening or the closing of an announced round; the reason is public.

    The closing never moves to before now. The opening moves until the round has opened, and to an
    earlier moment only with 14 days left. Raises InvalidInput with all errors together.
    """
    ensure(actor, Action.ROUND_MANAGE, round_, now)
    if round_.state_at(now) is RoundState.DRAFT:
        raise InvalidInput(
            _l("This round has not been announced."), _l("Change its dates in its form.")
        )
    was = round_.opens_at if which is MovedDate.OPENS else round_.closes_at
    errors = _opening_errors(round_, becomes, now) if which is MovedDate.OPENS else {}
    if which is MovedDate.CLOSES and becomes <= max(now, round_.opens_at):
        errors["becomes_on"] = _l("Choose a moment after now, and after the opening.")
    if becomes == was:
        errors["becomes_on"] = _l("This is the moment that it has already.")
    if says_nothing(reason):
        errors["reason"] = _l("Give the reason. It is public.")
    if errors:
        raise InvalidInput(_l("The date was not moved."), errors=errors)
    setattr(round_, "opens_at" if which is MovedDate.OPENS else "closes_at", becomes)
    move = DateMove(
        round_id=round_.id, which=which, was=was, becomes=becomes, reason=reason, moved_at=now
    )
    db.session.add(move)
    db.session.flush()
    content = {"which": which.value, "was": was.isoformat(), "becomes": becomes.isoformat()}
    record(
        actor, "round.date_moved", round_, now, content=content, reason=reason,
        plan_id=round_.plan_id, round_id=round_.id,
    )  # fmt: skip
    tell_moved(move, now)
    return move


def _opening_errors(round_: Round, becomes: datetime, now: datetime) -> dict[str, Sentence]:
    if round_.state_at(now) is not RoundState.UPCOMING:
        return {"which": _l("The round has opened already: only its closing can be moved.")}
    if becomes <= now or becomes >= round_.closes_at:
        return {"becomes_on": _l("Choose a moment after now and before the closing.")}
    if becomes < round_.opens_at and is_short_notice(becomes, now):
        return {"becomes_on": _l("An earlier opening leaves people at least 14 days.")}
    return {}


def cancel_round(actor: Actor, round_: Round, reason: str, now: datetime) -> None:
    """Cancel a round that is not over; what was handed in is kept. Raises InvalidInput."""
    ensure(actor, Action.ROUND_CANCEL, round_, now)
    if says_nothing(reason):
        raise InvalidInput(
            _l("The round was not cancelled."),
            errors={"reason": _l("Give the reason. It is public.")},
        )
    round_.cancelled_at = now
    round_.cancelled_reason = reason
    db.session.flush()
    record(
        actor, "round.cancelled", round_, now, reason=reason,
        plan_id=round_.plan_id, round_id=round_.id,
    )  # fmt: skip
    tell_cancelled(round_, now)
