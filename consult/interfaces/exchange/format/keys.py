"""What makes a line the same line, and whether its content changed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from consult.consultation.rounds.models import RoundKind
from consult.interfaces.exchange.format.lines import (
    CommentLine,
    DecisionLine,
    Line,
    ParticipantLine,
    PositionLine,
    ProposalLine,
    ResponseLine,
    RoundLine,
    SubjectType,
    ThemeChangeLine,
)
from consult.interfaces.exchange.format.schema import PROPOSAL_FIELDS
from consult.interfaces.exchange.format.writing import as_json, as_object, digest_of, written

_NEW_ACTION = ("origin", "new")

MADE = "~"
"""How a key begins that stands in the place of an id."""

References = tuple[str | None, str | None, str | None]


def fingerprint(line: Line) -> str:
    """Return a digest of a line's content: equal for equal content, wherever it stood.

    The name of a participant is left out, because it is usually not taken over. A round of
    statements counts as one of proposals: a Polis export became that before, and is known again.
    """
    if isinstance(line, ParticipantLine):
        line = replace(line, name=None)
    if isinstance(line, RoundLine) and line.kind is RoundKind.STATEMENTS:
        line = replace(line, kind=RoundKind.PROPOSALS)
    return digest_of(as_json(line))


def fingerprint_of_version_1(line: Line, round_line: RoundLine | None) -> str:
    """Return the digest that the content of a line had in version 1 of the format.

    By this digest a line is known again that was imported before version 2: an action was new where
    nothing else was said, what had no time got that of the closing, and an answer named a proposal.
    """
    if isinstance(line, ParticipantLine):
        return fingerprint(line)
    if isinstance(line, PositionLine | DecisionLine) and line.created_at is None and round_line:
        line = replace(line, created_at=round_line.closes_at)
    found = as_object(line)
    found.pop("version", None)
    if isinstance(line, ProposalLine) and line.fields:
        fields = {name: one for name, one in line.fields.items() if (name, one) != _NEW_ACTION}
        found["fields"] = {name: fields[name] for name in PROPOSAL_FIELDS if name in fields}
        if not fields:
            del found["fields"]
    if isinstance(line, ResponseLine):
        del found["subject"]
        found = {"type": found.pop("type"), "proposal": line.subject.id, **found}
    return digest_of(written(found))


def earlier_fingerprints(line: Line, round_line: RoundLine | None) -> set[str]:
    """Return the digests by which content is known that was imported before the format grew.

    An answer in several languages was imported in its own one alone.
    """
    found = {fingerprint_of_version_1(line, round_line)}
    if isinstance(line, ResponseLine) and isinstance(line.reason, Mapping) and round_line:
        own = line.reason.get(line.language or round_line.language)
        found.add(fingerprint(replace(line, reason=own)))
    return found


def key_of(line: Line) -> str:
    """Return what makes a line the same line: its id, or what stands in the place of one.

    A position without id is known by its proposal, participant and time; a response by its
    proposal; a decision, and a change of a theme, by all that it says.
    """
    if isinstance(line, PositionLine) and line.id is None:
        at = line.created_at.isoformat() if line.created_at else ""
        known_by = json.dumps([line.proposal, line.participant, at])
        return MADE + hashlib.sha256(known_by.encode()).hexdigest()
    if isinstance(line, DecisionLine | ThemeChangeLine):
        return MADE + fingerprint(line)
    if isinstance(line, ResponseLine):
        return line.subject.id
    return str(line.id)


def references(line: Line) -> References:
    """Return the (participant, proposal, comment) that a line refers to."""
    person = proposal = comment = None
    match line:
        case ProposalLine():
            person, proposal = line.author, line.continues
        case CommentLine():
            person, proposal, comment = line.author, line.proposal, line.parent
        case PositionLine():
            person, proposal = line.participant, line.proposal
        case ResponseLine():
            proposal = line.subject.id
        case ThemeChangeLine():
            proposal = line.proposal
        case DecisionLine() if line.subject.type is SubjectType.PROPOSAL:
            proposal = line.subject.id
        case DecisionLine():
            comment = line.subject.id
    return person, proposal, comment
