"""The lines of the interchange format, version 2: what each holds (docs/import-format.md)."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from consult.consultation.comments.models import (
    Alignment,
    AuthorRole,
    CommentKind,
    ContributionState,
)
from consult.consultation.moderation.models import Ground
from consult.consultation.proposals.models import Source, Stance
from consult.consultation.rounds.models import Moderation, RoundKind
from consult.interfaces.exchange.format.problems import LinePlace
from consult.outcomes.responses.models import Outcome
from consult.people.organisations.models import Sector


class DecisionVerb(enum.StrEnum):
    """What was decided about a contribution, or done to it by its author."""

    PUBLISH = "publish"
    RETURN = "return"
    HIDE = "hide"
    RESTORE = "restore"
    ADMIT = "admit"
    KEEP = "keep"
    CONFIRM = "confirm"
    REVERSE = "reverse"
    REDACT = "redact"
    UNREDACT = "unredact"
    WITHDRAW = "withdraw"


class SubjectType(enum.StrEnum):
    """What a decision or an answer is about."""

    PROPOSAL = "proposal"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Subject:
    """The contribution that a decision or an answer is about, by the source's id."""

    type: SubjectType
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """What every line has: the place where it stood, which is no part of its content."""

    place: LinePlace = field(compare=False, repr=False)


LocalizedText = str | Mapping[str, str]
"""A text in the language of the round, or one for each language."""


def by_language(said: LocalizedText | None, language: str) -> dict[str, str]:
    """Return a text by its language; one without a language is in that of the round."""
    if said is None:
        return {}
    return {language: said} if isinstance(said, str) else dict(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine(SourceLine):
    """The round; always the first line of its file."""

    version: int = 1
    id: str
    title: LocalizedText
    kind: RoundKind
    language: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    source: str
    url: str | None = None
    introduction: LocalizedText | None = None
    questions: LocalizedText | None = None
    moderation: Moderation | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeLine(SourceLine):
    """A theme that proposals of the file name; it is made where the plan has none like it."""

    id: str
    title: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLine(SourceLine):
    """Somebody who contributed."""

    id: str
    name: str | None = None
    organisation: str | None = None
    sector: Sector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine(SourceLine):
    """A proposal."""

    id: str
    reference: str | None = None
    url: str | None = None
    author: str | None = None
    author_role: AuthorRole | None = None
    organisation: str | None = None
    language: str | None = None
    title: str
    body: str | None = None
    fields: Mapping[str, str] | None = None
    theme: str | None = None
    continues: str | None = None
    scope: str | None = None
    links: Sequence[Mapping[str, str]] | None = None
    totals: Mapping[Stance, int] | None = None
    created_at: datetime | None = None
    published_at: datetime | None = None
    status: ContributionState | None = None
    not_for_publication: str | None = None
    """Why its author wants it read, and not published."""
    source: Source | None = None
    source_note: str | None = None
    source_date: date | None = None
    shown: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentLine(SourceLine):
    """A comment on a proposal, or an answer to another comment on it."""

    id: str
    proposal: str
    parent: str | None = None
    url: str | None = None
    author: str | None = None
    author_role: AuthorRole | None = None
    language: str | None = None
    kind: CommentKind | None = None
    alignment: Alignment | None = None
    likes: int | None = None
    dislikes: int | None = None
    body: str
    created_at: datetime
    status: ContributionState | None = None
    not_for_publication: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionLine(SourceLine):
    """What a participant thought of a proposal at some moment; the latest counts."""

    id: str | None = None
    proposal: str
    participant: str
    value: Stance
    reason: str | None = None
    sector: Sector | None = None
    """For which sector it counts; otherwise that of the participant."""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine(SourceLine):
    """A moderation decision."""

    subject: Subject
    verb: DecisionVerb
    ground: Ground | None = None
    reason: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseLine(SourceLine):
    """The answer to a contribution."""

    subject: Subject
    outcome: Outcome
    reason: LocalizedText | None = None
    """A text without a language is in `language`."""
    language: str | None = None
    author: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeChangeLine(SourceLine):
    """What became of a theme after a round about them: changed, added (no `was`) or removed."""

    theme: str
    proposal: str | None = None
    was: LocalizedText | None = None
    becomes: LocalizedText | None = None
    reason: str
    created_at: datetime


Line = (
    RoundLine
    | ThemeLine
    | ParticipantLine
    | ProposalLine
    | CommentLine
    | PositionLine
    | DecisionLine
    | ResponseLine
    | ThemeChangeLine
)
