"""The journey of a proposal, drawn as steps: handed in, curated, answered, in the plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask import url_for
from flask_babel import lazy_gettext as _l

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Redaction, Verb
from consult.consultation.moderation.redaction import redactions_of
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import RoundState
from consult.foundation.core.errors import Sentence
from consult.foundation.core.labels import label
from consult.foundation.core.languages import pick
from consult.interfaces.publishing.queries import Link, links_of
from consult.outcomes.responses.queries import ANSWERED_STATES


@dataclass(frozen=True)
class JourneyStep:
    """One step of a journey: what, when, who, and whether it was taken."""

    label: Sentence
    at: datetime | None = None
    who: Sentence = ""
    state: str = "todo"
    text: Sentence = ""
    href: str = ""


_STOPS = {Verb.RETURN, Verb.HIDE}
_SHOWS = {Verb.PUBLISH, Verb.RESTORE}


@dataclass(frozen=True)
class Trail:
    """What happened to a proposal after it was handed in; it is read when it is shown."""

    proposal: Proposal
    at: datetime
    """The moment as of which it is told."""

    @cached_property
    def links(self) -> Sequence[Link]:
        """The decisions about it, its response, where it is cited and what it became."""
        return links_of(self.proposal.id)

    @cached_property
    def response(self) -> Link | None:
        """The answer to it."""
        return _answer_of(self.links)

    @cached_property
    def left_out(self) -> Sequence[Redaction]:
        """The passages that are left out of it; asked for only where a decision says so."""
        redacted = any(one.name == Verb.REDACT for one in self.links if one.kind == "decision")
        return redactions_of(self.proposal) if redacted else []

    @cached_property
    def steps(self) -> Sequence[JourneyStep]:
        """Its journey."""
        return journey_of(self.proposal, self.links, self.at)


def journey_of(proposal: Proposal, links: Sequence[Link], now: datetime) -> list[JourneyStep]:
    """Return the steps of a proposal: handed in, curated, answered, in the plan."""
    steps = [JourneyStep(_l("Handed in"), proposal.arrived_at, state="done")]
    steps += [_decision_step(link) for link in links if link.kind == "decision"]
    if proposal.state is State.WITHDRAWN:
        return [*steps, JourneyStep(_l("Withdrawn by its author"), state="stopped")]
    if proposal.state is State.HIDDEN:
        return steps
    if proposal.state in {State.PENDING, State.LATE}:
        steps.append(JourneyStep(_l("A moderator looks at it"), state="now"))
    if proposal.state is State.NOT_FOR_PUBLICATION:
        steps.append(
            JourneyStep(
                _l("Not for publication"),
                state="done",
                text=_l("The people who work on the plan read it, and nobody else."),
            )
        )
        return [*steps, _answer_step(proposal, _answer_of(links), now)]
    curated = proposal.state is State.PUBLISHED
    if curated and not any(link.name in _SHOWS for link in links if link.kind == "decision"):
        steps.append(JourneyStep(_l("Published"), _published_at(proposal), state="done"))
    steps += _cited_steps(links)
    answer = _answer_of(links)
    if answer is not None or rules_of(proposal.round).answers_each:
        steps.append(_answer_step(proposal, answer, now))
    steps += [
        JourneyStep(
            _l("Answer changed"), link.at, _l("by the organiser"), "done", link.text, "#response"
        )
        for link in links
        if link.kind == "correction"
    ]
    steps += _plan_steps(proposal, links, answer)
    return steps


def _answer_of(links: Sequence[Link]) -> Link | None:
    return next((link for link in links if link.kind == "response"), None)


def _published_at(proposal: Proposal) -> datetime | None:
    """Return when it was published; an import that says only when it arrived does not know."""
    known = not proposal.round.source or proposal.published_at != proposal.arrived_at
    return proposal.published_at if known else None


def _decision_step(link: Link) -> JourneyStep:
    verb = Verb(link.name)
    return JourneyStep(
        label(verb),
        link.at,
        _l("by a moderator") if verb is not Verb.ADMIT else _l("by an organiser"),
        "stopped" if verb in _STOPS else "done",
        link.text,
    )


def _cited_steps(links: Sequence[Link]) -> list[JourneyStep]:
    return [
        JourneyStep(
            _l("Cited in the summary of the round"),
            link.at,
            state="done",
            href=url_for("summaries.show", round_slug=link.name),
        )
        for link in links
        if link.kind == "citation"
    ]


def _answer_step(proposal: Proposal, answer: Link | None, now: datetime) -> JourneyStep:
    if answer is not None:
        return JourneyStep(
            _l("Answered"),
            answer.at,
            answer.by or _l("by the organiser"),
            "done",
            _l("The source does not say when.") if answer.at is None else "",
            "#response",
        )
    closed = proposal.round.state_at(now) is RoundState.CLOSED
    return JourneyStep(
        _l("Answered by the organiser"),
        state="now" if closed and proposal.state in ANSWERED_STATES else "todo",
        text=_l("After the round has closed, every proposal gets an answer with a reason."),
    )


def _plan_steps(
    proposal: Proposal, links: Sequence[Link], answer: Link | None
) -> list[JourneyStep]:
    made = [
        JourneyStep(
            _l("In the plan: commitment %(number)s", number=link.number),
            link.at,
            state="done",
            text=pick(link.texts)[0],
            href=url_for("publishing.commitment", plan_slug=link.name, number=link.number),
        )
        for link in links
        if link.kind == "commitment"
    ]
    if made or answer is not None or not rules_of(proposal.round).answers_each:
        return made
    return [JourneyStep(_l("Taken up in the plan, or not"), state="todo")]
