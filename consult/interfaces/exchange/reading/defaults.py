"""What a line means where it leaves something out."""

from dataclasses import replace

from consult.consultation.comments.models import CommentKind, ContributionState
from consult.consultation.proposals.models import Origin, Source
from consult.interfaces.exchange.format.lines import (
    CommentLine,
    DecisionLine,
    Line,
    PositionLine,
    ProposalLine,
    ResponseLine,
    RoundLine,
)
from consult.interfaces.exchange.format.schema import NEWEST


def completed(line: Line, round_line: RoundLine) -> Line:
    """Return a line with everything filled in that its file leaves to us (docs/import-format.md).

    Two files that mean the same then have the same content, and our own export of an imported
    round is the same as what was imported. A file of version 1 becomes one of today: there an
    action was new unless something else was said, and what had no time got that of the closing.
    """
    if round_line.version == 1:
        line = _of_version_1(line, round_line)
    match line:
        case RoundLine():
            return replace(line, version=NEWEST)
        case ProposalLine():
            return replace(
                line,
                language=line.language or round_line.language,
                status=line.status or _status_of(line),
                source=line.source or Source.IMPORT,
            )
        case CommentLine():
            return replace(
                line,
                kind=line.kind or CommentKind.REACTION,
                status=line.status or _status_of(line),
            )
        case ResponseLine():
            return replace(line, language=line.language or round_line.language)
    return line


def _status_of(line: ProposalLine | CommentLine) -> ContributionState:
    """Return where a contribution stands whose line does not say so."""
    if line.not_for_publication is not None:
        return ContributionState.NOT_FOR_PUBLICATION
    return ContributionState.PUBLISHED


def _of_version_1(line: Line, round_line: RoundLine) -> Line:
    match line:
        case ProposalLine():
            return replace(line, fields={"origin": str(Origin.NEW), **(line.fields or {})})
        case PositionLine() | DecisionLine():
            return replace(line, created_at=line.created_at or round_line.closes_at)
    return line
