"""Storing positions, decisions and responses of an import."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from consult.consultation.moderation.models import Decision, Verb
from consult.consultation.proposals.models import Position, PositionHistory, Proposal
from consult.foundation.core.db import db, table_of
from consult.foundation.core.search import SearchEntry, entry_values, words_of
from consult.interfaces.exchange.bulk import insert_rows, take_ids
from consult.interfaces.exchange.format.lines import (
    DecisionLine,
    DecisionVerb,
    PositionLine,
    ResponseLine,
    SubjectType,
    by_language,
)
from consult.interfaces.exchange.format.writing import as_object
from consult.interfaces.exchange.importing.organisations import Organisations
from consult.interfaces.exchange.importing.promotion import Importer, StoredLines
from consult.interfaces.exchange.models import ImportedId
from consult.interfaces.exchange.reading.staged import Pending, Staged
from consult.outcomes.responses.models import Response
from consult.people.organisations.models import Sector

UNDATED = "undated"


class Positions(Importer):
    """Positions: all of them as history, the latest of each participant as the one that counts."""

    kind = "position"
    batch = 2000

    def start(self, staged: Staged, source: int) -> None:
        """Read the organisations."""
        del staged, source
        self.organisations = Organisations()

    def store(self, batch: Sequence[Pending]) -> StoredLines:
        """Store positions, which come in the order of their times."""
        sectors = self._sectors({p.person for p in batch if p.person is not None})
        rows = [
            {
                "proposal_id": p.proposal,
                "person_id": p.person,
                "stance": p.line.value,
                "reason": p.line.reason or "",
                "taken_at": p.line.created_at or self.to.closed_at,
            }
            for p in batch
            if isinstance(p.line, PositionLine)
        ]
        ids = take_ids(PositionHistory, len(rows))
        history = [row | {"id": local} for row, local in zip(rows, ids, strict=True)]
        insert_rows(PositionHistory, history)
        latest = {
            (row["proposal_id"], row["person_id"]): row
            | {"sector": _said_sector(p) or sectors.get(row["person_id"])}
            for row, p in zip(rows, batch, strict=True)
        }
        _let_count(list(latest.values()))
        return self.trace(batch, ids, [_remains(p) for p in batch])

    def _sectors(self, people: Collection[int]) -> dict[object, Sector | None]:
        """Return the sectors of participants, as their own lines or those of organisations say."""
        said = db.session.execute(
            select(ImportedId.local_id, ImportedId.remains).where(
                ImportedId.round_id == self.to.round_id,
                ImportedId.kind == "participant",
                ImportedId.local_id.in_(people),
            )
        )
        return {person: self._sector_in(remains or {}) for person, remains in said}

    def _sector_in(self, remains: Mapping[str, str]) -> Sector | None:
        if sector := remains.get("sector"):
            return Sector(sector)
        known = self.organisations.find(remains.get("organisation"))
        return known[1] if known else None


def _said_sector(pending: Pending) -> Sector | None:
    return pending.line.sector if isinstance(pending.line, PositionLine) else None


def _remains(pending: Pending) -> dict[str, object] | None:
    """Keep what no row holds: a sector that the line names, and that nobody said when it was.

    A position without a time counts as one of the last moment.
    """
    sector = _said_sector(pending)
    kept: dict[str, object] = {} if getattr(pending.line, "created_at", None) else {UNDATED: True}
    return (kept | ({"sector": str(sector)} if sector else {})) or None


def _let_count(rows: Sequence[Mapping[str, object]]) -> None:
    """Let these positions count, unless a later one counts already."""
    dialect = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table_of(Position))
    new = statement.excluded
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["proposal_id", "person_id"],
            set_={name: new[name] for name in ("stance", "sector", "reason", "taken_at")},
            where=Position.taken_at <= new.taken_at,
        ),
        rows,
    )


class Decisions(Importer):
    """Moderation decisions. What an author withdrew himself stands in the record only."""

    kind = "decision"

    def store(self, batch: Sequence[Pending]) -> StoredLines:
        """Store decisions."""
        decided = [p for p in batch if not _withdrew(p)]
        withdrawn = [p for p in batch if _withdrew(p)]
        return [*self._store_decided(decided), *self._store_withdrawn(withdrawn)]

    def _store_decided(self, batch: Sequence[Pending]) -> StoredLines:
        ids = take_ids(Decision, len(batch))
        rows = [
            {
                "id": local,
                "round_id": self.to.round_id,
                "proposal_id": p.proposal,
                "comment_id": p.comment and p.comment.local,
                "verb": Verb(p.line.verb),
                "ground": p.line.ground,
                "reason": p.line.reason or "",
                "decided_at": p.line.created_at,
            }
            for p, local in zip(batch, ids, strict=True)
            if isinstance(p.line, DecisionLine)
        ]
        insert_rows(Decision, rows)
        self.record(
            [
                self.imported("decision", p, local, p.line.reason or "", ((Decision, local),))
                for p, local in zip(batch, ids, strict=True)
                if isinstance(p.line, DecisionLine)
            ]
        )
        return self.trace(batch, ids)

    def _store_withdrawn(self, batch: Sequence[Pending]) -> StoredLines:
        entries = [
            self.imported(str(p.line.subject.type), p, _subject(p), p.line.reason or "")
            for p in batch
            if isinstance(p.line, DecisionLine)
        ]
        ids = self.record(entries)
        return self.trace(batch, ids, [as_object(p.line) for p in batch])


def _withdrew(pending: Pending) -> bool:
    line = pending.line
    return isinstance(line, DecisionLine) and line.verb is DecisionVerb.WITHDRAW


def _subject(pending: Pending) -> int:
    line = pending.line
    if isinstance(line, DecisionLine) and line.subject.type is SubjectType.COMMENT:
        return (pending.comment and pending.comment.local) or 0
    return pending.proposal or 0


def _reason_of(line: ResponseLine, language: str) -> dict[str, object]:
    """Return the columns of the reason, of which a line may give several, by their languages."""
    own = line.language or language
    said = by_language(line.reason, own)
    first = own if own in said or not said else next(iter(said))
    return {"reason": said.pop(first, ""), "language": first, "translations": said}


def _entry(id_: int, reasons: Mapping[str, str]) -> dict[str, object]:
    words = " ".join(words_of(text, language) for language, text in reasons.items())
    return entry_values("response", id_, words)


class Responses(Importer):
    """Responses; they are public once the round is seen."""

    kind = "response"

    def store(self, batch: Sequence[Pending]) -> StoredLines:
        """Store responses, and their outcomes with the proposals."""
        ids = take_ids(Response, len(batch))
        rows = [
            {
                "id": local,
                "round_id": self.to.round_id,
                "proposal_id": p.proposal,
                "outcome": p.line.outcome,
                **_reason_of(p.line, self.to.language),
                "prepared_at": self.to.now,
                "published_at": self.to.now,
                "given_at": p.line.created_at,
                "given_by": p.line.author or "",
            }
            for p, local in zip(batch, ids, strict=True)
            if isinstance(p.line, ResponseLine)
        ]
        insert_rows(Response, rows)
        insert_rows(
            SearchEntry,
            [
                _entry(local, by_language(p.line.reason, p.line.language or self.to.language))
                for p, local in zip(batch, ids, strict=True)
                if isinstance(p.line, ResponseLine) and p.line.reason
            ],
        )
        for row in rows:
            db.session.execute(
                update(table_of(Proposal))
                .where(table_of(Proposal).c.id == row["proposal_id"])
                .values(outcome=str(row["outcome"]))
            )
        self.record(
            [
                self.imported("response", p, local, rows=((Response, local),))
                for p, local in zip(batch, ids, strict=True)
            ]
        )
        return self.trace(batch, ids)
