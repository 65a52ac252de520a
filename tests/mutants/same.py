"""Mutants that change nothing that anybody gets, each with the reason; the next takes its place."""

from typing import NamedTuple


class Same(NamedTuple):
    """A mutant that is another program, and the same for everybody."""

    id: str
    """Its name in `python -m tests.mutants --list`; it lasts as long as its statement does."""
    module: str
    reason: str


SAME: tuple[Same, ...] = ()
