"""Storing proposals and comments of an import."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from sqlalchemy import select

from consult.consultation.comments.models import Comment, ContributionState, Thread
from consult.consultation.proposals.models import (
    TEXT_FIELDS,
    Origin,
    Proposal,
    ProposalVersion,
    Stance,
)
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.money import read_money
from consult.foundation.core.numbers import FILE
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.search import SearchEntry, entry_values, words_of
from consult.foundation.core.series import next_number, next_numbers
from consult.interfaces.exchange.bulk import insert_rows, take_ids
from consult.interfaces.exchange.format.lines import CommentLine, ProposalLine
from consult.interfaces.exchange.importing.organisations import Organisations
from consult.interfaces.exchange.importing.promotion import Importer, StoredLines
from consult.interfaces.exchange.reading.staged import Pending, Staged, StagedLink

PUBLISHED = ContributionState.PUBLISHED
UNPUBLISHED = ContributionState.NOT_FOR_PUBLICATION


def cents(amount: str | None) -> int | None:
    """Return an amount in euros, as files write it, in cents."""
    return read_money(amount, how=FILE) if amount else None


def prose_of(line: ProposalLine) -> dict[str, str]:
    """Return the texts of a proposal by our fields.

    The body is the action, unless the file names an action apart: then it begins the problem.
    """
    given = line.fields or {}
    prose = {"title": line.title} | {name: given.get(name, "") for name in TEXT_FIELDS[1:]}
    if line.body and not prose["action"]:
        prose["action"] = line.body
    elif line.body and line.body not in prose.values():
        prose["problem"] = "\n\n".join(part for part in (line.body, prose["problem"]) if part)
    return prose


def wish_of(line: ProposalLine | CommentLine) -> dict[str, object]:
    """Return what a line says of publication: whether its author wants it read only, and why."""
    why = line.not_for_publication
    return {
        "not_for_publication": why is not None or line.status is UNPUBLISHED,
        "not_for_publication_reason": why or "",
    }


class Proposals(Importer):
    """Proposals, each with its thread, its first version and its words for search."""

    kind = "proposal"

    def start(self, staged: Staged, source: int) -> None:
        """Read the organisations."""
        del staged, source
        self.organisations = Organisations()

    def prepare(self, batch: Sequence[Pending]) -> None:
        """Find the words for search."""
        self.prose = [prose_of(p.line) for p in batch if isinstance(p.line, ProposalLine)]
        self.words = [
            words_of(" ".join(prose.values()), p.line.language or self.to.language)
            for p, prose in zip(batch, self.prose, strict=True)
            if isinstance(p.line, ProposalLine)
        ]

    def store(self, batch: Sequence[Pending]) -> StoredLines:
        """Store proposals, numbered on from the last of the round."""
        first = next_number(Proposal.number, within=db.session.get_one(Round, self.to.round_id))
        ids = take_ids(Proposal, len(batch))
        threads = take_ids(Thread, len(batch))
        insert_rows(Thread, [{"id": one, "round_id": self.to.round_id} for one in threads])
        self.here = {p.key: local for p, local in zip(batch, ids, strict=True)}
        rows = [
            self._row(p, p.line, prose) | {"id": local, "thread_id": thread, "number": first + at}
            for at, (p, prose, local, thread) in enumerate(
                zip(batch, self.prose, ids, threads, strict=True)
            )
            if isinstance(p.line, ProposalLine)
        ]
        insert_rows(Proposal, rows)
        versions = take_ids(ProposalVersion, len(rows))
        insert_rows(
            ProposalVersion,
            [_version(row) | {"id": one} for row, one in zip(rows, versions, strict=True)],
        )
        insert_rows(
            SearchEntry,
            [
                entry_values("proposal", local, words)
                for local, words in zip(ids, self.words, strict=True)
            ],
        )
        self.record(
            [
                self.imported(
                    "proposal",
                    p,
                    local,
                    rows=((Proposal, local), (ProposalVersion, version)),
                )
                for p, local, version in zip(batch, ids, versions, strict=True)
            ]
        )
        return self.trace(batch, ids)

    def _row(
        self, pending: Pending, line: ProposalLine, prose: dict[str, str]
    ) -> dict[str, object]:
        given = line.fields or {}
        totals = line.totals or {}
        known = self.organisations.find(line.organisation)
        return {
            **self._moments(line),
            **prose,
            "round_id": self.to.round_id,
            "theme_id": self.to.themes[line.theme] if line.theme else None,
            "author_id": pending.person,
            "organisation_id": known[0] if known else None,
            "sector": known[1] if known else None,
            # An organisation that the platform does not know keeps its name here.
            "on_behalf_of": "" if known else line.organisation or "",
            "language": line.language,
            "state": line.status,
            "origin": Origin(given["origin"]) if "origin" in given else None,
            "possible_holder": given.get("possible_holder", ""),
            "period": given.get("period", ""),
            "amount_cents": cents(given.get("amount")),
            "author_role": line.author_role,
            "scope": line.scope or "",
            "reference": line.reference or "",
            "source": line.source,
            "source_note": line.source_note or "",
            "source_date": line.source_date,
            "source_url": line.url or "",
            "links": list(line.links or ()),
            "continues_id": _continued(pending, line, self.here),
            "counted_support": totals.get(Stance.SUPPORT),
            "counted_neutral": totals.get(Stance.NEUTRAL),
            "counted_object": totals.get(Stance.OBJECT),
            **wish_of(line),
            "shown_count": line.shown or 0,
            "text_version": 1,
        }

    def _moments(self, line: ProposalLine) -> dict[str, object]:
        """Return when it came: with the import, where its source does not say when."""
        arrived_at = line.created_at or self.to.now
        published = line.status is PUBLISHED
        return {
            "created_at": arrived_at,
            "saved_at": arrived_at,
            "arrived_at": arrived_at,
            "published_at": (line.published_at or arrived_at) if published else None,
            "reviewed_at": self.to.now if published else None,
        }


def _continued(pending: Pending, line: ProposalLine, here: Mapping[str, int]) -> int | None:
    """Return the row of the proposal that a line continues; it may be in this same batch."""
    if line.continues is None:
        return None
    return pending.proposal if pending.proposal is not None else here[line.continues]


def _version(row: dict[str, object]) -> dict[str, object]:
    return {
        "proposal_id": row["id"],
        "number": 1,
        "content": {name: row[name] for name in TEXT_FIELDS},
        "saved_at": row["saved_at"],
        "saved_by_id": row["author_id"],
    }


class Comments(Importer):
    """Comments, numbered within their threads."""

    kind = "comment"

    def prepare(self, batch: Sequence[Pending]) -> None:
        """Find the words for search."""
        self.words = [
            words_of(p.line.body, p.line.language or self.to.language)
            for p in batch
            if isinstance(p.line, CommentLine)
        ]

    def store(self, batch: Sequence[Pending]) -> StoredLines:
        """Store comments; answers to one another may stand in one batch."""
        ids = take_ids(Comment, len(batch))
        here = {p.n: local for p, local in zip(batch, ids, strict=True)}
        threads = self._threads({p.proposal for p in batch if p.proposal})
        rows = []
        for p, local in zip(batch, ids, strict=True):
            if isinstance(p.line, CommentLine) and p.proposal:
                row = self._row(p, p.line)
                thread, number = threads[p.proposal]
                row |= {"id": local, "thread_id": thread, "number": next(number)}
                row |= {"parent_id": _local(p.comment, here), "root_id": _local(p.root, here)}
                rows.append(row)
        insert_rows(Comment, rows)
        insert_rows(
            SearchEntry,
            [
                entry_values("comment", local, words)
                for local, words in zip(ids, self.words, strict=True)
            ],
        )
        self.record(
            [
                self.imported("comment", p, local, rows=((Comment, local),))
                for p, local in zip(batch, ids, strict=True)
            ]
        )
        return self.trace(batch, ids)

    def _threads(self, proposals: set[int]) -> dict[int, tuple[int, Iterator[int]]]:
        """Return per proposal its thread, and the numbers that its next comments get."""
        rows = db.session.execute(
            select(Proposal.id, Thread)
            .join(Thread, Thread.id == Proposal.thread_id)
            .where(Proposal.id.in_(proposals))
        )
        threads = dict(rows.all())
        lock_rows(db.session.get_one(Round, self.to.round_id))  # who comments holds it, shared
        first = next_numbers(Comment.number, *threads.values())
        return {p: (thread.id, count(first[thread.id])) for p, thread in threads.items()}

    def _row(self, pending: Pending, line: CommentLine) -> dict[str, object]:
        return {
            "round_id": self.to.round_id,
            "depth": pending.depth,
            "author_id": pending.person,
            "kind": line.kind,
            "body": line.body,
            "language": line.language or self.to.language,
            "alignment": line.alignment,
            "author_role": line.author_role,
            "likes": line.likes,
            "dislikes": line.dislikes,
            "source_url": line.url or "",
            "state": line.status,
            "arrived_at": line.created_at,
            "published_at": line.created_at if line.status is PUBLISHED else None,
            "reviewed_at": self.to.now if line.status is PUBLISHED else None,
            **wish_of(line),
        }


def _local(link: StagedLink | None, here: dict[int, int]) -> int | None:
    """Return the row that a line became, also when it is stored in this same batch."""
    if link is None:
        return None
    return link.local if link.local is not None else here[link.n]
