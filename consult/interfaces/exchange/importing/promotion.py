"""Storing staged lines, a batch at a time; each batch is one unit of work of the caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from consult.foundation.core.people import Actor
from consult.foundation.record.bulk import BulkEvent, StoredRow, record_all
from consult.foundation.record.models import Event
from consult.interfaces.exchange.bulk import insert_rows, take_ids
from consult.interfaces.exchange.format.lines import ParticipantLine
from consult.interfaces.exchange.format.names import aliases
from consult.interfaces.exchange.importing.organisations import Organisations
from consult.interfaces.exchange.models import ImportedId
from consult.interfaces.exchange.reading.staged import Pending, Staged
from consult.people.accounts.models import Person

StoredLines = list[tuple[int, int]]
"""Which rows lines became: (number of the line, local id)."""


@dataclass(frozen=True)
class Destination:
    """The round that lines go into, and how."""

    actor: Actor
    round_id: int
    plan_id: int
    language: str
    themes: dict[str, int]
    """The themes by their names in the file and in the plan; those that are made join."""
    closed_at: datetime
    """When the round closed; where nobody knows, when it was imported."""
    names: bool
    salt: str
    now: datetime


class Importer:
    """Stores the lines of one type."""

    kind: str
    batch = 500
    """How many lines are stored in one transaction: few enough to hold the lock a moment only."""

    def __init__(self, to: Destination, staged: Staged, source: int) -> None:
        self.to = to
        self.start(staged, source)

    def start(self, staged: Staged, source: int) -> None:
        """Read what is needed for all batches."""

    def prepare(self, batch: Sequence[Pending]) -> None:
        """Do what takes time and needs no lock."""

    def store(self, batch: Sequence[Pending]) -> StoredLines:
        """Store a batch within a unit of work, and return which rows the lines became."""
        raise NotImplementedError

    def trace(
        self,
        batch: Sequence[Pending],
        ids: Sequence[int],
        remains: Sequence[dict[str, object] | None] | None = None,
    ) -> StoredLines:
        """Note where each row came from, and return which rows the lines became."""
        rows = [
            {
                "round_id": self.to.round_id,
                "kind": self.kind,
                "external_id": pending.key,
                "local_id": local,
                "fingerprint": pending.digest,
                "remains": remains[at] if remains else None,
            }
            for at, (pending, local) in enumerate(zip(batch, ids, strict=True))
        ]
        insert_rows(ImportedId, rows)
        return [(pending.n, local) for pending, local in zip(batch, ids, strict=True)]

    def record(self, entries: Sequence[BulkEvent]) -> Sequence[int]:
        """Record what was stored and return the numbers of the events."""
        ids = take_ids(Event, len(entries))
        record_all(
            self.to.actor,
            entries,
            self.to.now,
            ids=ids,
            plan_id=self.to.plan_id,
            round_id=self.to.round_id,
        )
        return ids

    def imported(
        self,
        table: str,
        pending: Pending,
        local: int,
        reason: str = "",
        rows: Sequence[StoredRow] = (),
    ) -> BulkEvent:
        """Make the entry of one line: the digest binds its content without repeating it."""
        content = {"source_id": pending.key, "digest": pending.digest}
        return BulkEvent(f"{self.kind}.imported", table, local, content, reason, rows)


class Participants(Importer):
    """Participants become people who cannot sign in; their organisations are found or made."""

    kind = "participant"

    def start(self, staged: Staged, source: int) -> None:
        """Choose the aliases of the whole round, so that no two are alike."""
        lines = staged.lines(source, self.kind)
        ids = (line.id for line in lines if isinstance(line, ParticipantLine))
        self.aliases = aliases(ids, self.to.salt)
        self.organisations = Organisations()

    def store(self, batch: Sequence[Pending]) -> StoredLines:
        """Store participants."""
        lines = [p.line for p in batch if isinstance(p.line, ParticipantLine)]
        self.organisations.make_missing(
            ((one.organisation, one.sector) for one in lines if one.organisation and one.sector),
            self.to.actor,
            self.to.now,
        )
        ids = take_ids(Person, len(lines))
        insert_rows(
            Person,
            [
                {
                    "id": local,
                    "display_name": self._name(line),
                    "language": self.to.language,
                    "active": False,
                    "imported": True,
                    "create_datetime": self.to.now,
                }
                for line, local in zip(lines, ids, strict=True)
            ],
        )
        return self.trace(batch, ids, [_remains(line) for line in lines])

    def _name(self, line: ParticipantLine) -> str:
        return line.name if line.name and self.to.names else self.aliases[line.id]


def _remains(line: ParticipantLine) -> dict[str, object] | None:
    """Keep what a person's row has no place for."""
    said = {"organisation": line.organisation, "sector": line.sector and str(line.sector)}
    return {name: value for name, value in said.items() if value} or None
