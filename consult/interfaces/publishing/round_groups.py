"""Rounds as somebody reads them who wants to take part: open now, opening soon, and over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from consult.consultation.rounds.models import Round, RoundState
from consult.consultation.rounds.phases import TAKES_INPUT
from consult.foundation.core.people import Actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can


@dataclass(frozen=True)
class RoundGroups:
    """Announced rounds, by what can be done there."""

    open: Sequence[Round]
    """What closes first stands first."""
    coming: Sequence[Round]
    """What opens first stands first."""
    over: Sequence[Round]
    """What closed last stands first; a cancelled round among them."""

    @property
    def number(self) -> int:
        """How many rounds there are."""
        return len(self.open) + len(self.coming) + len(self.over)


def group_rounds(rounds: Iterable[Round], actor: Actor, now: datetime) -> RoundGroups:
    """Group the rounds that the actor may read."""
    readable = [one for one in rounds if can(actor, Action.ROUND_READ, one, now)]
    states = {one.id: one.state_at(now) for one in readable}
    found = [one for one in readable if states[one.id] in TAKES_INPUT]
    coming = [one for one in readable if states[one.id] is RoundState.UPCOMING]
    over = [one for one in readable if one not in found and one not in coming]
    return RoundGroups(
        open=sorted(found, key=lambda one: one.closes_at),
        coming=sorted(coming, key=lambda one: one.opens_at),
        over=sorted(over, key=lambda one: one.closes_at, reverse=True),
    )
