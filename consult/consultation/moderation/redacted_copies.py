"""Who keeps copies of the text of a contribution, and rewrites them when words are left out of it.

Whatever package keeps the words of a text beside the text itself registers here: the proof is a
test that plants words, lets everything copy them, leaves them out and looks through every table and
file. Pages, feeds and exports that are made when they are asked for keep nothing.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from consult.consultation.moderation.models import Ground
from consult.consultation.moderation.subjects import Moderated
from consult.foundation.core.people import Actor


@dataclass(frozen=True)
class RedactedWords:
    """Words that are left out, and what stands in their place."""

    words: str
    mark: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Where the words stand as whole words, however the blanks between them were made."""
        begins = r"(?<!\w)" if re.match(r"\w", self.words) else ""
        ends = r"(?!\w)" if re.search(r"\w$", self.words) else ""
        inside = r"\s+".join(map(re.escape, self.words.split()))
        return re.compile(begins + inside + ends)


@dataclass(frozen=True)
class Rewriting:
    """What is left out of a contribution, and of every copy of its text."""

    contribution: Moderated
    passages: Sequence[RedactedWords]
    ground: Ground | None = None

    @cached_property
    def _longest_first(self) -> Sequence[RedactedWords]:
        return sorted(self.passages, key=lambda one: len(one.words), reverse=True)

    def holds(self, text: str) -> bool:
        """Whether any of the words stand in a text."""
        return any(one.pattern.search(text) for one in self.passages)

    def rewritten(self, text: str, longest: int | None = None) -> str:
        """Return a text without the words; at most `longest` signs, if that is said."""
        for one in self._longest_first:
            text = one.pattern.sub(lambda _found, mark=one.mark: mark, text)  # type: ignore[misc]
        return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"

    @property
    def put_back(self) -> "Rewriting":
        """The same the other way round: the marks that stand for one passage only."""
        marks = [one.mark for one in self.passages]
        alone = [one for one in self.passages if marks.count(one.mark) == 1]
        passages = [RedactedWords(one.mark, one.words) for one in alone]
        return Rewriting(self.contribution, passages, self.ground)


Rewrite = Callable[[Actor, Rewriting, datetime], None]
_copies: dict[str, tuple[Rewrite, Rewrite]] = {}


def register_copies(name: str, rewrite: Rewrite, put_back: Rewrite) -> None:
    """Register what keeps copies: what leaves words out of them, and what puts them back.

    Both are called in the transaction of the redaction itself, or of its taking back; the second
    with the contribution as it was before, and the marks as the words.
    """
    _copies[name] = (rewrite, put_back)


def rewrite_copies(actor: Actor, rewriting: Rewriting, now: datetime) -> None:
    """Leave words out of all copies of a text."""
    for rewrite, _put_back in _copies.values():
        rewrite(actor, rewriting, now)


def restore_copies(actor: Actor, rewriting: Rewriting, now: datetime) -> None:
    """Put words back into all copies of a text."""
    for _rewrite, put_back in _copies.values():
        put_back(actor, rewriting.put_back, now)
