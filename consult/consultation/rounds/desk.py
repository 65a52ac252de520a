"""What the organiser of a round sees at their desk: what to do now."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from consult.consultation.plans.models import Plan
from consult.consultation.rounds.dates import missing_for_announcement, needs_reason
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import Round, RoundBody, RoundState
from consult.consultation.rounds.phases import TAKES_INPUT
from consult.consultation.rounds.queries import rounds_in
from consult.foundation.core.db import db
from consult.foundation.core.errors import Sentence
from consult.foundation.core.registries import add_new

DAY = 86_400


@dataclass(frozen=True)
class RoundStep:
    """Something to do now: what, why, and where (an endpoint and what is added to its address)."""

    label: Sentence
    why: Sentence
    endpoint: str
    arguments: Mapping[str, object]
    waits: bool = True
    """Whether the round waits for it; otherwise it is only possible now."""


def rounds_on_desk(plan: Plan, now: datetime) -> list[tuple[Round, str]]:
    """Return the rounds of a plan with their state, for the desk of the plan."""
    return [(round_, round_.state_at(now).value) for round_ in rounds_in(plan.id)]


def rounds_that_address(plan_id: int) -> list[tuple[int, dict[str, str]]]:
    """Return which bodies the rounds of a plan address: (body, title of the round)."""
    rows = db.session.execute(
        select(RoundBody.body_id, Round.title)
        .join(Round, RoundBody.round_id == Round.id)
        .where(Round.plan_id == plan_id)
        .order_by(Round.opens_at)
    )
    return [(body_id, title) for body_id, title in rows]


def _step(
    round_: Round, label: Sentence, why: Sentence, endpoint: str, *, waits: bool = True
) -> RoundStep:
    return RoundStep(label, why, endpoint, {"round_slug": round_.slug}, waits)


AsksSummaries = Callable[[Collection[int]], Collection[int]]
_asks_summaries: list[AsksSummaries] = []


def add_summarised(asked: AsksSummaries) -> None:
    """Register who says which of some rounds have a public summary: a package above this one."""
    add_new(_asks_summaries, [asked])


def summarised(round_ids: Collection[int]) -> set[int]:
    """Return which of some rounds have a public summary."""
    return {found for asked in _asks_summaries for found in asked(round_ids)}


def steps_for(
    round_: Round, now: datetime, with_summary: Collection[int] | None = None
) -> list[RoundStep]:
    """Say what the organiser does at this moment, the most urgent first.

    `with_summary` holds the rounds whose summary is public, where the caller knows them already.
    """
    state = round_.state_at(now)
    if state is RoundState.DRAFT:
        return _before_announcing(round_, now)
    if state is RoundState.UPCOMING:
        days = max(1, round((round_.opens_at - now).total_seconds() / DAY))
        opens = ngettext("It opens in %(num)s day.", "It opens in %(num)s days.", days)
        invite = _l("Invite people to take part")
        return [_step(round_, invite, opens, "publishing.round", waits=False)]
    waiting = _waiting(round_)
    if state in TAKES_INPUT:
        return [*waiting, *_elsewhere(round_)]
    if state is RoundState.CANCELLED:
        return []
    known = summarised([round_.id]) if with_summary is None else with_summary
    return [*waiting, *_after_closing(round_, is_summarised=round_.id in known)]


def _before_announcing(round_: Round, now: datetime) -> list[RoundStep]:
    missing = dict.fromkeys(str(one) for one in missing_for_announcement(round_, now).values())
    if missing:
        return [_step(round_, _l("Complete the round"), " ".join(missing), "rounds.edit")]
    if needs_reason(round_, now):
        why = _l("It opens in less than 14 days: you have to say why.")
    elif round_.was_imported:
        why = _l("It was imported. From then on everyone reads its proposals.")
    else:
        why = _l("Check everything first: its dates are promised from then on.")
    return [_step(round_, _l("Announce the round"), why, "rounds.announce")]


def _elsewhere(round_: Round) -> list[RoundStep]:
    if not rules_of(round_).takes_proposals:
        return []
    why = _l("At a meeting, by letter or by e-mail.")
    enter = _l("Enter what came in elsewhere")
    return [_step(round_, enter, why, "proposals.elsewhere", waits=False)]


def _waiting(round_: Round) -> list[RoundStep]:
    number, late = round_.tally.waiting, round_.tally.waiting_late
    steps = []
    if number:
        why = ngettext(
            "%(num)s contribution waits for a moderator.",
            "%(num)s contributions wait for a moderator.",
            number,
        )
        there = {"round": round_.slug}
        steps.append(RoundStep(_l("Look at the queue"), why, "moderation.queue", there))
    if late:
        why = ngettext(
            "%(num)s contribution came late; you decide about it.",
            "%(num)s contributions came late; you decide about them.",
            late,
        )
        there = {"round": round_.slug, "tab": "late"}
        steps.append(RoundStep(_l("Decide about what came late"), why, "moderation.queue", there))
    return steps


def _after_closing(round_: Round, *, is_summarised: bool) -> list[RoundStep]:
    asked = rules_of(round_).answers_each and round_.answered_at is None
    number = round_.tally.to_answer if asked else 0
    why = ngettext(
        "%(num)s published proposal gets an outcome and a reason.",
        "%(num)s published proposals get an outcome and a reason.",
        number,
    )
    said = _l("Tell per theme what was said.")
    steps = [_step(round_, _l("Answer the proposals"), why, "responses.index")] if number else []
    if not rules_of(round_).answers_each and round_.answered_at is None:
        say = _l("Say what becomes of them, of each or of some.")
        steps.append(_step(round_, _l("Answer"), say, "responses.index", waits=False))
    if not is_summarised:
        steps.append(_step(round_, _l("Write the summary"), said, "summaries.edit"))
    return steps
