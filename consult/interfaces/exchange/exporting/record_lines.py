"""What binds an export to the public log: a checkpoint, and entries that prove what it says.

docs/record-format.md, section 8. Only of what is public, also in a complete export.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from consult.consultation.comments.models import Comment
from consult.consultation.proposals.models import TEXT_FIELDS, Proposal
from consult.consultation.proposals.queries import public_comment, public_proposal
from consult.foundation.core.clock import now as now_of_clock
from consult.foundation.core.db import db
from consult.foundation.record.models import Event
from consult.foundation.record.proofs import Prover, prover_of
from consult.foundation.record.queries import present_log
from consult.interfaces.exchange.exporting.lines import (
    BATCH,
    PUBLISHED,
    Export,
    source_of,
)
from consult.interfaces.exchange.reading.json_lines import LONGEST_LINE
from consult.interfaces.verification.opening import (
    OpenedEvent,
    PublicRows,
    openable_events,
    opened_event,
)
from consult.outcomes.responses.models import Response


@dataclass(frozen=True)
class _Bound:
    """One type of line that entries bind: which rows, and which of their fields."""

    type: str
    rows: Select[int, str]
    """The number of each row, and the id by which the file names its line."""
    parts: tuple[str, ...]
    newer: tuple[str, ...] = ()
    """Fields that entries of before do not have."""


def record_lines(export: Export) -> Iterator[str]:
    """Yield the line `record` and the lines `entry`; nothing before the first checkpoint."""
    log = present_log()
    prover = prover_of(log)
    if prover is None:
        return
    yield _written({"type": "record", "checkpoint": str(prover.note)})
    for bound in (_proposals(export), _comments(export), _responses(export)):
        rows = db.session.execute(bound.rows.execution_options(yield_per=BATCH))
        for some in rows.partitions():
            yield from _entries(bound, {row[0]: row[1] for row in some}, prover)


def _entries(bound: _Bound, rows: dict[int, str], prover: Prover) -> Iterator[str]:
    found = openable_events(Event.subject_type == bound.type, Event.subject_id.in_(rows))
    public = PublicRows((event for _, event in found), now_of_clock())
    last: dict[int, tuple[int, OpenedEvent]] = {}
    for position, event in found:
        index, opened = prover.index(position), opened_event(event, public)
        if index is None or opened is None:
            continue
        row = f"row.{bound.type}.{event.subject_id}."
        wanted = [row + part for part in bound.parts]
        if opened["fields"].keys() >= set(wanted):
            newer = [row + part for part in bound.newer if row + part in opened["fields"]]
            opened["fields"] = {name: opened["fields"][name] for name in (*wanted, *newer)}
            last[event.subject_id] = (index, opened)
    for id_, (index, opened) in last.items():
        of = {"type": bound.type, "id": rows[id_]}
        proof = prover.path(index)
        line = _written({"type": "entry", "of": of, "index": index, **opened, "proof": proof})
        if len(line.encode()) <= LONGEST_LINE:  # an import reads no longer one
            yield line


def _proposals(export: Export) -> _Bound:
    source, joined = source_of("proposal", Proposal.id)
    rows = (
        select(Proposal.id, func.coalesce(source.external_id, Proposal.public_id))
        .outerjoin(source, joined)
        .where(Proposal.round_id == export.round.id, public_proposal())
    )
    return _Bound("proposal", rows.order_by(Proposal.id), TEXT_FIELDS)


def _comments(export: Export) -> _Bound:
    source, joined = source_of("comment", Comment.id)
    rows = (
        select(Comment.id, func.coalesce(source.external_id, Comment.public_id))
        .join(Proposal, Proposal.thread_id == Comment.thread_id)
        .outerjoin(source, joined)
        .where(Comment.round_id == export.round.id, public_comment())
    )
    return _Bound("comment", rows.order_by(Comment.id), ("body",))


def _responses(export: Export) -> _Bound:
    source, joined = source_of("proposal", Proposal.id)
    rows = (
        select(Response.id, func.coalesce(source.external_id, Proposal.public_id))
        .join(Proposal, Proposal.id == Response.proposal_id)
        .outerjoin(source, joined)
        .where(Response.round_id == export.round.id, Response.published_at.is_not(None))
        .where(Proposal.state == PUBLISHED)
    )
    parts = ("public", "reason")
    return _Bound("response", rows.order_by(Response.id), parts, newer=("translations",))


def _written(line: dict[str, object]) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"
