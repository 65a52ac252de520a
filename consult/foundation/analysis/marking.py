"""Which words of a text a question finds, so that a page can mark them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from consult.foundation.analysis.stems import (
    AllOf,
    AnyOf,
    SearchTerm,
    Term,
    index_terms,
    query_terms,
    words_in,
)

_BEFORE = 60
"""Signs that stand before the first word found, in an excerpt."""


@dataclass(frozen=True)
class TextPart:
    """A piece of a text, and whether it is a word that was looked for."""

    text: str
    found: bool = False


def marked(text: str, language: str, query: str) -> list[TextPart]:
    """Return a text in pieces; those that the question finds are marked as found."""
    wanted = query_terms(query)
    parts: list[TextPart] = []
    end = 0
    for start, stop in _found_in(text, language, wanted):
        parts += [TextPart(text[end:start]), TextPart(text[start:stop], found=True)]
        end = stop
    return [part for part in (*parts, TextPart(text[end:])) if part.text]


def excerpt_of(text: str, language: str, query: str, length: int) -> list[TextPart]:
    """Return some of a text around the first word found, in pieces; from its start if none is."""
    one_line = " ".join(text.split())
    first = next(iter(_found_in(one_line, language, query_terms(query))), (0, 0))[0]
    start = one_line.rfind(" ", 0, max(first - _BEFORE, 0)) + 1 if first > length // 2 else 0
    shown = one_line[start : start + length]
    if start + length < len(one_line):
        shown = shown.rpartition(" ")[0] or shown
        shown += "…"
    return marked(("…" if start else "") + shown, language, query)


def _found_in(text: str, language: str, wanted: Sequence[SearchTerm]) -> Iterator[tuple[int, int]]:
    if not wanted:
        return
    for start, stop in words_in(text):
        terms = _terms(text[start:stop], language)
        if any(_finds(one, terms) for one in wanted):
            yield start, stop


@lru_cache(maxsize=4_000)
def _terms(word: str, language: str) -> tuple[str, ...]:
    return tuple(index_terms(word, language))


def _finds(wanted: SearchTerm, terms: tuple[str, ...]) -> bool:
    match wanted:
        case Term(text=text, start=True):
            return any(one.startswith(text) for one in terms)
        case Term(text=text):
            return text in terms
        case AnyOf(parts=parts):
            return any(_finds(one, terms) for one in parts)
        case AllOf(parts=parts):
            return all(_finds(one, terms) for one in parts)
