"""Who may take part in a round, for one reader: a sentence, and the one thing to do."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from consult.consultation.rounds.answers import takes_part
from consult.consultation.rounds.models import Round, RoundState
from consult.consultation.rounds.phases import TAKES_INPUT
from consult.foundation.core.people import Actor
from consult.people.organisations.models import Body


class WayToTakePart(enum.StrEnum):
    """What a reader can do to take part."""

    TAKE_PART = "take_part"
    """Nothing is in the way: the page offers what can be done."""
    SIGN_IN = "sign_in"
    ASK_PLACE = "ask_place"
    """The round is for bodies at which the reader does not sit."""
    WAIT = "wait"
    """The round has not opened yet."""
    NOTHING = "nothing"
    """It is over."""


@dataclass(frozen=True)
class Participation:
    """Who may take part in a round, and what a reader can do."""

    next: WayToTakePart
    upcoming: bool
    """Whether the round has not opened yet."""
    everyone: bool
    bodies: Sequence[Body]
    """The bodies whose members may take part."""
    mine: Sequence[Body]
    """Those at which the reader sits."""


def participation(actor: Actor, round_: Round, now: datetime) -> Participation | None:
    """Return who may take part in a round, for a reader; None of one that nobody may see yet."""
    state = round_.state_at(now)
    if state in {RoundState.DRAFT, RoundState.CANCELLED}:
        return None
    bodies = [link.body for link in round_.bodies]
    sits = actor.grants.ids("body")
    mine = [one for one in bodies if one.id in sits]
    return Participation(
        next=_next(actor, round_, state, now),
        upcoming=state is RoundState.UPCOMING,
        everyone=round_.open_to_everyone,
        bodies=bodies,
        mine=mine,
    )


def _next(actor: Actor, round_: Round, state: RoundState, now: datetime) -> WayToTakePart:
    upcoming, takes = state is RoundState.UPCOMING, takes_part(actor, round_, now)
    if not upcoming and state not in TAKES_INPUT:
        return WayToTakePart.NOTHING
    if takes or (upcoming and not actor.is_authenticated):
        return WayToTakePart.WAIT if upcoming else WayToTakePart.TAKE_PART
    if not actor.is_authenticated:
        return WayToTakePart.SIGN_IN
    return WayToTakePart.ASK_PLACE if round_.bodies else WayToTakePart.NOTHING
