"""What changed between two texts, word by word, as people read it: kept, taken out, put in.

Words are compared as they stand, with the blanks between them, so that the pieces put together are
the texts again. The comparison is the shortest edit script of rapidfuzz (Indel), which takes some
milliseconds for texts of 2,000 words; longer ones are compared line by line.
"""

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_MOST_WORDS = 8_000


class Difference(enum.StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class ChangedPart:
    """A piece of text, and what became of it."""

    text: str
    change: Difference


def word_differences(before: str, after: str) -> list[ChangedPart]:
    """Return two texts as one, in pieces: what was kept, removed and added, in reading order.

    The pieces without the added ones are `before`, those without the removed ones `after`.
    """
    pattern = _WORDS
    old, new = pattern.findall(before), pattern.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        old, new = _LINES.findall(before), _LINES.findall(after)
    return list(_joined(_pieces(old, new)))


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[ChangedPart]:
    for step in Indel.opcodes(old, new):
        removed = "".join(old[step.src_start : step.src_end])
        added = "".join(new[step.dest_start : step.dest_end])
        if step.tag == "equal":
            yield ChangedPart(removed, Difference.KEPT)
            continue
        if removed:
            yield ChangedPart(removed, Difference.REMOVED)
        if added:
            yield ChangedPart(added, Difference.ADDED)


def _joined(pieces: Iterator[ChangedPart]) -> Iterator[ChangedPart]:
    """Join changes that only a blank keeps apart: whole phrases read better than single words."""
    removed = added = ""
    for piece in pieces:
        if piece.change is Difference.REMOVED:
            removed += piece.text
        elif piece.change is Difference.ADDED:
            added += piece.text
        elif piece.text.isspace() and "\n" not in piece.text and (removed or added):
            removed, added = removed + piece.text, added + piece.text
        else:
            yield from _changed(removed, added)
            removed = added = ""
            yield piece
    yield from _changed(removed, added)


def _changed(removed: str, added: str) -> Iterator[ChangedPart]:
    """Yield a change, without the blank at its end that both have."""
    tail = ""
    while removed and added and removed[-1] == added[-1] and removed[-1].isspace():
        tail, removed, added = removed[-1] + tail, removed[:-1], added[:-1]
    if removed:
        yield ChangedPart(removed, Difference.REMOVED)
    if added:
        yield ChangedPart(added, Difference.ADDED)
    if tail:
        yield ChangedPart(tail, Difference.KEPT)
