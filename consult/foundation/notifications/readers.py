"""What the packages above know of readers: who they are, and what each may still read."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Protocol

from consult.foundation.core.registries import add_new


class Recipient(Protocol):
    """Whoever can get a mail."""

    @property
    def id(self) -> int | None:
        """The person's number; None for somebody without an account."""

    @property
    def email(self) -> str | None:
        """Where the mail goes; without an address nothing is sent."""

    @property
    def language(self) -> str:
        """The language to write in."""


FindRecipients = Callable[[Collection[int]], Mapping[int, Recipient]]
Checker = Callable[[int, int, datetime], bool]

_finders: list[FindRecipients] = []
_checkers: dict[str, Checker] = {}


def add_finder(finder: FindRecipients) -> None:
    """Register who finds people by their numbers: those only who can get a mail now."""
    add_new(_finders, [finder])


def recipients(ids: Collection[int]) -> dict[int, Recipient]:
    """Find people by their numbers; who can get no mail is left out."""
    found: dict[int, Recipient] = {}
    for finder in _finders:
        found.update(finder(ids))
    return found


def check_readers(what: str, checker: Checker) -> None:
    """Register who tells, when a message is sent, whether a person should still read it.

    `what` is a kind of message, or else the table of what messages are about. The checker is
    given (person, number of the thing, moment) and asks the policy.
    """
    _checkers[what] = checker


def may_still_read(
    person_id: int | None, kind: str, about_type: str, about_id: int | None, now: datetime
) -> bool:
    """Whether a person may read now what a message of this kind tells about this thing."""
    checker = _checkers.get(kind) or _checkers.get(about_type)
    if checker is None or person_id is None or about_id is None:
        return True
    return checker(person_id, about_id, now)
