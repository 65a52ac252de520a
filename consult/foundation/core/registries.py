"""What packages bring to those below them: each thing once, however many applications are made."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import event

Thing = TypeVar("Thing")


def add_new(registry: list[Thing], things: Iterable[Thing]) -> None:
    """Add to a registry, in order, what is not in it yet."""
    registry.extend(thing for thing in things if thing not in registry)


def listen_once(target: object, name: str, listener: Callable[..., object]) -> None:
    """Listen to something of SQLAlchemy, if that is not done yet."""
    if not event.contains(target, name, listener):
        event.listen(target, name, listener)
