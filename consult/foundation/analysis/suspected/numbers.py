"""Runs of digits in a text, in groups with what separates them."""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

_RUN = regex.compile(r"\d++(?:[ \n./()_\u00b7-]{1,3}\d++)*+")
_GROUP = regex.compile(r"\d+")


@dataclass(frozen=True)
class DigitRun:
    """Groups of digits that stand behind each other, each with its start and end in the text."""

    text: str
    groups: tuple[tuple[int, int], ...]

    def digits(self, first: int, last: int) -> str:
        """Return the digits of the groups from `first` up to and with `last`."""
        return "".join(self.text[start:end] for start, end in self.groups[first : last + 1])

    def opens_with(self, first: int, digits: str) -> bool:
        """Whether a group opens with some digits."""
        return self.text.startswith(digits, *self.groups[first])

    def between(self, first: int) -> str:
        """Return what separates a group from the one after it; what ends the run, of the last."""
        start = self.groups[first][1]
        last = first + 1 == len(self.groups)
        return self.text[start : start + 1 if last else self.groups[first + 1][0]]

    def before(self, first: int) -> str:
        """Return what separates a group from the one before it; a sign, of the first."""
        if first:
            return self.between(first - 1)
        start = self.groups[0][0]
        return self.text[max(start - 1, 0) : start]


def digit_runs(text: str) -> Iterator[DigitRun]:
    """Yield the runs of digits of a text, in order."""
    for match in _RUN.finditer(text):
        groups = tuple(one.span() for one in _GROUP.finditer(text, match.start(), match.end()))
        yield DigitRun(text, groups)


def windows(run: DigitRun, length: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last of neighbouring groups that have `length` digits together."""
    last, total = -1, 0
    for first, (start, end) in enumerate(run.groups):
        while total < length and last + 1 < len(run.groups):
            last += 1
            total += run.groups[last][1] - run.groups[last][0]
        if total == length:
            yield first, last
        total -= end - start


def stands_apart(run: DigitRun, first: int, last: int) -> bool:
    """Whether groups are a number of their own: no letter is joined to it, no more digits follow.

    Within a run, what separates it from others must differ from what separates its own groups.
    """
    inner = {run.between(one) for one in range(first, last)}
    edges = ((run.before(first), first == 0), (run.between(last), last + 1 == len(run.groups)))
    return all(_is_edge(sign, inner, outer=outer) for sign, outer in edges)


def _is_edge(sign: str, inner: set[str], *, outer: bool) -> bool:
    if outer:
        return not sign.isalnum()
    return sign not in inner and sign not in {".", "-", "_", "\u00b7"}
