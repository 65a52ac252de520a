"""What packages bring to those below them: each thing once, however many applications are made."""

from collections.abc import Iterable
from typing import TypeVar

Thing = TypeVar("Thing")


def add_new(registry: list[Thing], things: Iterable[Thing]) -> None:
    """Add to a registry, in order, what is not in it yet."""
    registry.extend(thing for thing in things if thing not in registry)
