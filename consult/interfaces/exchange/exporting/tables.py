"""A round as rows of tables: what the cells of CSV, XLSX and ODS hold, before any format."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Row

from consult.interfaces.exchange.exporting.columns import TableName
from consult.interfaces.exchange.exporting.lines import (
    Export,
    numbered_comments,
    participants,
    proposals,
    round_language,
)
from consult.interfaces.exchange.exporting.outcomes import positions, responses
from consult.interfaces.exchange.format.lines import CommentLine, ProposalLine, by_language

NamedCells = Mapping[str, object]
"""The cells of one row, by the names of their columns; what is not there is empty."""
NumberedCells = tuple[NamedCells, int | None]
"""A row, and the number of the proposal on whose page it stands."""


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def proposal_cells(line: ProposalLine, row: Row[*tuple[object, ...]]) -> dict[str, object]:
    """Return the cells of a proposal, without its answer."""
    texts = [line.body or "", *(line.fields or {}).values()]
    links = (f"{link['url']} {link.get('title', '')}".rstrip() for link in line.links or ())
    return {
        "id": line.id,
        "number": row.number,
        "author": line.author,
        "organisation": line.organisation,
        "theme": line.theme,
        "language": line.language,
        "status": line.status,
        "created_at": _moment(line.created_at),
        "title": line.title,
        "body": "\n\n".join(filter(None, texts)),
        "comments": row.comment_count,
        "support": row.support_count,
        "neutral": row.neutral_count,
        "object": row.object_count,
        "pass": row.pass_count,
        "outcome": row.outcome,
        "reference": line.reference,
        "url": line.url,
        "scope": line.scope,
        "author_role": line.author_role,
        "links": "\n".join(links),
        "counted_support": row.counted_support,
        "counted_neutral": row.counted_neutral,
        "counted_object": row.counted_object,
        "published_at": _moment(line.published_at),
        "source": line.source,
        "source_note": line.source_note,
        "source_date": line.source_date and line.source_date.isoformat(),
        "continues": line.continues,
    }


def _answer_cells(row: Row[*tuple[object, ...]]) -> dict[str, object]:
    return {
        "answer": row.answer,
        "answer_language": row.answer_language,
        "answer_translations": _others(row.answer_translations),
        "answer_author": row.answer_author,
        "answered_at": _moment(row.answered_at),
    }


def _others(translations: Mapping[str, str] | None) -> str:
    """Return a text in other languages, each after the code of its language."""
    said = sorted((translations or {}).items())
    return "\n\n".join(f"{language}: {text}" for language, text in said)


def comment_cells(line: CommentLine, language: str) -> dict[str, object]:
    """Return the cells of a comment; `language` is that of the round."""
    return {
        "kind": line.kind,
        "id": line.id,
        "proposal": line.proposal,
        "parent": line.parent,
        "author": line.author,
        "language": line.language or language,
        "status": line.status,
        "created_at": _moment(line.created_at),
        "body": line.body,
        "url": line.url,
        "author_role": line.author_role,
        "alignment": line.alignment,
        "likes": line.likes,
        "dislikes": line.dislikes,
    }


def csv_rows(export: Export) -> Iterator[NamedCells]:
    """Yield a row for each proposal, with its answer, and then one for each comment."""
    for line, row in proposals(export):
        yield {"kind": "proposal", **proposal_cells(line, row), **_answer_cells(row)}
    yield from (cells for cells, _ in _comments(export))


def _proposals(export: Export) -> Iterator[NumberedCells]:
    return ((proposal_cells(line, row), row.number) for line, row in proposals(export))


def _comments(export: Export) -> Iterator[NumberedCells]:
    language = round_language(export.round)
    return ((comment_cells(line, language), about) for line, about in numbered_comments(export))


def _answers(export: Export) -> Iterator[NumberedCells]:
    for line in responses(export):
        language = line.language or round_language(export.round)
        reasons = by_language(line.reason, language)
        cells = {
            "proposal": line.subject.id,
            "outcome": line.outcome,
            "answer": reasons.pop(language, None),
            "answer_language": language,
            "answer_translations": _others(reasons),
            "answer_author": line.author,
            "answered_at": _moment(line.created_at),
        }
        yield cells, None


def _positions(export: Export) -> Iterator[NumberedCells]:
    for line in positions(export):
        cells = {
            "id": line.id,
            "proposal": line.proposal,
            "created_at": _moment(line.created_at),
            "participant": line.participant,
            "position": line.value,
            "reason": line.reason,
            "sector": line.sector,
        }
        yield cells, None


def _participants(export: Export) -> Iterator[NumberedCells]:
    for line in participants(export):
        cells = {
            "id": line.id,
            "name": line.name,
            "organisation": line.organisation,
            "sector": line.sector,
        }
        yield cells, None


ROWS: dict[TableName, Callable[[Export], Iterator[NumberedCells]]] = {
    TableName.PROPOSALS: _proposals,
    TableName.COMMENTS: _comments,
    TableName.ANSWERS: _answers,
    TableName.POSITIONS: _positions,
    TableName.PARTICIPANTS: _participants,
}
"""How the rows of each table are read."""
