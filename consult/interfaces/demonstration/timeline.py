"""Walking the content through the services, in order of time, as the people in it would."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from consult.consultation.rounds.models import RoundKind
from consult.interfaces.demonstration.actions import Acts
from consult.interfaces.demonstration.events import steps
from consult.interfaces.demonstration.inviting import inviting
from consult.interfaces.demonstration.meeting_acts import meeting_walk
from consult.interfaces.demonstration.schema import (
    DemoComment,
    DemoDecision,
    DemoProposal,
    DemoRevision,
    DemoRound,
    DemoStatement,
)

PlannedAct = tuple[datetime, Callable[[], None]]


def plan_walk(acts: Acts) -> list[PlannedAct]:
    """Return everything that happens, with its moment, in order of time."""
    found: list[PlannedAct] = []
    for round_ in acts.stage.content.rounds:
        found += _round(acts, round_)
    found += _plan(acts)
    found += meeting_walk(acts.stage)
    found += inviting(acts.stage)
    return sorted(found, key=lambda one: one[0])


def _round(acts: Acts, told: DemoRound) -> Iterator[PlannedAct]:
    day = acts.stage.day
    if told.kind is RoundKind.THEMES:
        announced = told.announced.on(day)
        yield announced, partial(acts.put_forward, told, announced)
    for proposal in told.proposals:
        yield from _proposal(acts, told, proposal)
    for statement in told.statements:
        yield from _statement(acts, told, statement)
    for votes in told.votes:
        yield votes.at.on(day), partial(acts.vote, votes)
    for comment in told.comments:
        yield from _comment(acts, comment)
    for position in told.positions:
        yield position.at.on(day), partial(acts.take, position)
    for response in told.responses:
        yield response.prepared.on(day), partial(acts.respond, told, response)
    if told.answered is not None:
        at = told.answered.on(day)
        yield at, partial(acts.publish_responses, told, at)
    if told.summary is not None:
        yield told.summary.saved.on(day), partial(acts.summarise, told, told.summary)
        published = told.summary.published.on(day)
        yield published, partial(acts.publish_summary, told, published)


def _proposal(acts: Acts, told: DemoRound, one: DemoProposal) -> Iterator[PlannedAct]:
    day = acts.stage.day
    if one.submitted is None:
        saved = (one.saved or told.opens).on(day)
        yield saved, partial(acts.draft, told, one, saved)
        return
    submitted = one.submitted.on(day)
    yield submitted, partial(acts.submit, told, one, submitted)
    for step in steps(one):
        at = step.at.on(day)
        if isinstance(step.detail, DemoDecision):
            yield at, partial(acts.decide_on_proposal, one, step.detail, at)
        elif isinstance(step.detail, DemoRevision):
            yield at, partial(acts.revise, one, step.detail, at)
        else:
            yield at, partial(acts.withdraw, one, at)


def _statement(acts: Acts, told: DemoRound, one: DemoStatement) -> Iterator[PlannedAct]:
    day = acts.stage.day
    at = one.submitted.on(day)
    yield at, partial(acts.state, told, one, at)
    for step in steps(one):
        later = step.at.on(day)
        if isinstance(step.detail, DemoDecision):
            yield later, partial(acts.decide_on_proposal, one, step.detail, later)
        else:
            yield later, partial(acts.withdraw, one, later)


def _comment(acts: Acts, one: DemoComment) -> Iterator[PlannedAct]:
    day = acts.stage.day
    at = one.at.on(day)
    yield at, partial(acts.say, one, at)
    for step in steps(one):
        later = step.at.on(day)
        if isinstance(step.detail, DemoDecision):
            yield later, partial(acts.decide_on_comment, one, step.detail, later)
        else:
            yield later, partial(acts.take_back, one, later)


def _plan(acts: Acts) -> Iterator[PlannedAct]:
    day = acts.stage.day
    for one in acts.stage.content.commitments:
        yield one.saved.on(day), partial(acts.commit, one)
        published = one.published.on(day)
        yield published, partial(acts.publish, one, published)
    frozen = acts.stage.content.version.frozen.on(day)
    yield frozen, partial(acts.freeze, frozen)
