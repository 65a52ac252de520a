"""What a reading copy of a round holds: plain values, gathered by the caller, in one language."""

from dataclasses import dataclass
from datetime import date, datetime

from consult.interfaces.publishing.documents.content import NOBODY, Letterhead, Prose

Counts = tuple[tuple[str, int], ...]
"""What was counted, with its name for readers."""


@dataclass(frozen=True, kw_only=True)
class CountTable:
    """Published proposals, and comments on them, by something such as a theme."""

    heading: str
    rows: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, kw_only=True)
class AnsweredProposal:
    """A published proposal with its counts and its public answer; the long texts are Markdown."""

    number: int
    title: str
    handed_in: datetime
    address: str
    organisation: str = ""
    theme: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    """Each with its heading."""
    positions: Counts = ()
    comments: int = 0
    outcome: str = ""
    answer: Prose = ""
    answered_by: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RoundDocument:
    """A round as it may be read without the site: its numbers, and at most so many proposals."""

    title: str
    language: str
    plan: str
    term: tuple[date, date] | None
    """When it opened and closed; None where nobody knows."""
    address: str
    source: str
    licence: str
    made_at: datetime
    counts: Counts
    tables: tuple[CountTable, ...]
    outcomes: Counts
    proposals: tuple[AnsweredProposal, ...]
    published: int
    comments: int
    publisher: Letterhead = NOBODY
