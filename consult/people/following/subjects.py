"""What can be followed, as the packages that have it say."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from consult.foundation.core.addresses import page_path
from consult.foundation.core.languages import Texts, pick
from consult.foundation.policy.actions import Action
from consult.people.following.models import FollowedKind


@dataclass(frozen=True)
class FollowedSubject:
    """Something that can be followed, with what a list shows of it."""

    kind: FollowedKind
    row: Any
    title: str | Texts
    endpoint: str
    values: Mapping[str, object]
    reading: Action | None = None
    """What one must be allowed to do to the row to follow it; without one, everybody may."""
    language: str = ""
    """Of a title that stands in one language only."""
    anchor: str = ""

    @property
    def id(self) -> int:
        """Its number."""
        found: int = self.row.id
        return found

    @property
    def name(self) -> str:
        """What it is called, in the reader's language where it has a title in that."""
        return self.title if isinstance(self.title, str) else pick(self.title)[0]

    @property
    def lang(self) -> str:
        """The language of its name."""
        return self.language if isinstance(self.title, str) else pick(self.title)[1]

    @property
    def address(self) -> str:
        """The path of the page on which it stands."""
        return page_path(self.endpoint, self.values, self.anchor or None)


FindSubjects = Callable[[Collection[int]], Mapping[int, FollowedSubject]]
_finders: dict[FollowedKind, FindSubjects] = {}


def followable(kind: FollowedKind, finder: FindSubjects) -> None:
    """Register who finds things of a kind by their numbers, with what tells who may read them."""
    _finders[kind] = finder


def find_subjects(kind: FollowedKind, ids: Collection[int]) -> Mapping[int, FollowedSubject]:
    """Return the things of a kind with these numbers: those that are there."""
    return _finders[kind](ids) if ids else {}
