"""What happens to a contribution, step by step, and where that leaves it.

The steps follow the states of proposals and comments (see those packages, and moderation), so that
content which the services would refuse is refused here, with the place where it stands.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Verb
from consult.consultation.rounds.models import Moderation
from consult.interfaces.demonstration.relative_time import When
from consult.interfaces.demonstration.schema import (
    DemoComment,
    DemoContribution,
    DemoDecision,
    DemoProposal,
    DemoRevision,
    DemoRound,
)

_ANY_DAY = date(2026, 6, 1)
_FOLLOWS: dict[str, tuple[set[State], State]] = {
    Verb.PUBLISH: ({State.PENDING}, State.PUBLISHED),
    Verb.RETURN: ({State.PENDING}, State.RETURNED),
    Verb.HIDE: ({State.PENDING, State.PUBLISHED}, State.HIDDEN),
    Verb.RESTORE: ({State.HIDDEN}, State.PUBLISHED),
    Verb.ADMIT: ({State.LATE}, State.PENDING),
    Verb.KEEP: ({State.PUBLISHED}, State.PUBLISHED),
    "revise": ({State.RETURNED}, State.PENDING),
    "withdraw": (
        {State.PENDING, State.PUBLISHED, State.RETURNED, State.LATE},
        State.WITHDRAWN,
    ),
}


@dataclass(frozen=True)
class DemoStep:
    """Something that was done to a contribution after it was handed in."""

    at: When
    what: str
    detail: DemoDecision | DemoRevision | None = None


def steps(contribution: DemoContribution) -> list[DemoStep]:
    """List the steps in the order of time."""
    found = [DemoStep(d.at, d.verb, d) for d in contribution.decisions]
    if isinstance(contribution, DemoProposal):
        found += [DemoStep(r.at, "revise", r) for r in contribution.revisions]
    if contribution.withdrawn is not None:
        found.append(DemoStep(contribution.withdrawn, "withdraw"))
    return sorted(found, key=lambda step: step.at)


def handed_in(contribution: DemoContribution) -> When | None:
    """Return the moment at which it was handed in; None for a draft."""
    return contribution.at if isinstance(contribution, DemoComment) else contribution.submitted


def is_late(round_: DemoRound, at: When) -> bool:
    """Whether a moment lies after the grace period of the round."""
    grace = timedelta(minutes=round_.grace_minutes)
    return at.on(_ANY_DAY) > round_.closes.on(_ANY_DAY) + grace


def walk(round_: DemoRound, contribution: DemoContribution) -> list[tuple[When, State]]:
    """Return each state with the moment from which it held; nothing for a draft.

    Raises ValueError with a sentence where a step does not follow from the one before.
    """
    at = handed_in(contribution)
    if at is None:
        return []
    state = State.PENDING if round_.moderation is Moderation.PRE else State.PUBLISHED
    path = [(at, State.LATE if is_late(round_, at) else state)]
    for step in steps(contribution):
        before, after = _FOLLOWS[step.what]
        since, now = path[-1]
        if now not in before or step.at <= since:
            raise ValueError(f'to {step.what} it at "{step.at}" does not follow {now.value}.')
        path.append((step.at, after))
    return path


def final_state(round_: DemoRound, contribution: DemoContribution) -> State:
    """Return the state in which the demonstration leaves it."""
    path = walk(round_, contribution)
    return path[-1][1] if path else State.DRAFT


def public_since(round_: DemoRound, contribution: DemoContribution) -> When | None:
    """Return the moment at which it first was public, if it ever was."""
    return next((at for at, state in walk(round_, contribution) if state is State.PUBLISHED), None)
