"""What happens when an account closes, and what an administrator sees of it before."""

from collections.abc import Callable
from datetime import datetime

from consult.foundation.core.errors import Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.registries import add_new

Obstacle = Callable[[int, bool], Sentence | None]
AtClosing = Callable[[Actor, int, datetime], None]
FactAtClosing = Callable[[int], tuple[Sentence, Sentence] | None]
_obstacles: list[Obstacle] = []
_at_closing: list[AtClosing] = []
_facts: list[FactAtClosing] = []


def add_obstacle(obstacle: Obstacle) -> None:
    """Register why an account cannot be closed yet: a sentence that says what to do first.

    Asked with the number of the person, and with `lock` by whoever then closes the account: two
    people at once must not both be let go.
    """
    add_new(_obstacles, [obstacle])


def on_closing(*acts: AtClosing) -> None:
    """Register what is done when an account closes: (actor, number of the person, now)."""
    add_new(_at_closing, acts)


def add_fact(fact: FactAtClosing) -> None:
    """Register a line for the administrator's page about an account: (label, what it is)."""
    add_new(_facts, [fact])


def obstacles(person_id: int, *, lock: bool = False) -> list[Sentence]:
    """Say why an account cannot be closed yet; nothing when it can."""
    return [said for obstacle in _obstacles if (said := obstacle(person_id, lock))]


def run_closing(actor: Actor, person_id: int, now: datetime) -> None:
    """Do what packages do when an account closes, in that transaction, whoever comes first."""
    for act in _at_closing:
        act(actor, person_id, now)


def facts_about(person_id: int) -> list[tuple[Sentence, Sentence]]:
    """Return what an administrator sees of an account."""
    return [said for fact in _facts if (said := fact(person_id))]
