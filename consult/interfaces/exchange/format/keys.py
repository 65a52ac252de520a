"""What makes a line the same line, and whether its content changed."""

import hashlib
import json
from dataclasses import replace

from consult.interfaces.exchange.format.lines import (
    CommentLine,
    DecisionLine,
    Line,
    ParticipantLine,
    PositionLine,
    ProposalLine,
    ResponseLine,
    SubjectType,
)
from consult.interfaces.exchange.format.writing import as_json, digest_of

MADE = "~"
"""How a key begins that stands in the place of an id."""

References = tuple[str | None, str | None, str | None]


def fingerprint(line: Line) -> str:
    """Return a digest of a line's content: equal for equal content, wherever it stood.

    The name of a participant is left out, because it is usually not taken over.
    """
    if isinstance(line, ParticipantLine):
        line = replace(line, name=None)
    return digest_of(as_json(line))


def key_of(line: Line) -> str:
    """Return what makes a line the same line: its id, or what stands in the place of one.

    A position without id is known by its proposal, participant and time; a response by its
    proposal; a decision by all that it says.
    """
    if isinstance(line, PositionLine) and line.id is None:
        at = line.created_at.isoformat() if line.created_at else ""
        known_by = json.dumps([line.proposal, line.participant, at])
        return MADE + hashlib.sha256(known_by.encode()).hexdigest()
    if isinstance(line, DecisionLine):
        return MADE + fingerprint(line)
    if isinstance(line, ResponseLine):
        return line.proposal
    return str(line.id)


def references(line: Line) -> References:
    """Return the (participant, proposal, comment) that a line refers to."""
    person = proposal = comment = None
    match line:
        case ProposalLine():
            person = line.author
        case CommentLine():
            person, proposal, comment = line.author, line.proposal, line.parent
        case PositionLine():
            person, proposal = line.participant, line.proposal
        case ResponseLine():
            proposal = line.proposal
        case DecisionLine() if line.subject.type is SubjectType.PROPOSAL:
            proposal = line.subject.id
        case DecisionLine():
            comment = line.subject.id
    return person, proposal, comment
