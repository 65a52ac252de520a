"""Texts of others that still say words which are left out: theirs to change, so listed.

Packages above that write about contributions register where they may quote one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from consult.consultation.moderation.redacted_copies import Rewriting
from consult.foundation.core.errors import Sentence
from consult.foundation.core.registries import add_new


@dataclass(frozen=True)
class QuotedWords:
    """A text that says words which are left out: what it is, and where it is changed."""

    what: Sentence
    path: str


FindQuotes = Callable[[Rewriting], Iterable[QuotedWords]]
_finders: list[FindQuotes] = []


def look_for_quotes(find: FindQuotes) -> None:
    """Register what finds the texts of a package that say words of a contribution."""
    add_new(_finders, [find])


def quotes_of(rewriting: Rewriting) -> Sequence[QuotedWords]:
    """Return the texts of others that say words which are left out."""
    return [one for find in _finders for one in find(rewriting)]


def any_says(rewriting: Rewriting, *texts: Mapping[str, str] | str | None) -> bool:
    """Whether words that are left out stand in one of these texts, in any language."""
    said = [
        part for one in texts if one for part in ([one] if isinstance(one, str) else one.values())
    ]
    return any(rewriting.holds(part) for part in said)
