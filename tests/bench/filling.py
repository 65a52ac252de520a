"""A round as full as one wants, stored in bulk as the product would have stored it.

Threads, versions, search entries, decisions, events with their digests, leaves and all counts are
there: `flask consult verify` and every recount agree (test_bench.py). Texts are drawn by a seed.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, select

from consult.consultation.comments.models import Comment, CommentKind, ContributionState, Thread
from consult.consultation.moderation.models import Decision, Verb
from consult.consultation.proposals.models import TEXT_FIELDS, Origin, Proposal, ProposalVersion
from consult.consultation.rounds.models import Round
from consult.consultation.rounds.services import count as count_in_round
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.search import SearchEntry, entry_values, words_of
from consult.foundation.core.series import next_number, next_of_all
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.bulk import BulkEvent, StoredRow, record_all
from consult.foundation.record.merkle import leaf_hash
from consult.foundation.record.models import Event, Leaf
from consult.foundation.record.services import entry
from consult.interfaces.exchange.bulk import insert_rows, take_ids
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation

PENDING, PUBLISHED = ContributionState.PENDING, ContributionState.PUBLISHED
SEED, TEXTS, BATCH, LEAVES = 2026, 60, 1_000, 10_000
PAST, SPAN = timedelta(days=9), timedelta(days=8, hours=23)
COMMON, TENTH, RARE = "besluiten", "dijkring", "zeldzaam"
"""What stands in every proposal, in one of ten, and in twenty however many there are."""
MANY_RARE = 20
WORDS = (
    "het een van voor met op en aan overheid gemeente provincie plan actie inwoner gegevens open "
    "samen beter één register algoritme aanbesteding archief begroting uitleg taal bezwaar kaart "
    "toegang informatie verzoek termijn contact website wet toezicht onderzoek dialoog school zorg "
    "vervoer water energie wonen buurt vereniging stichting raad commissie verslag agenda cijfers"
)
HOT, FIVE, QUIET = 1, 5, 6
"""The proposals with 200 comments, with 5 and with none."""
MANY = 200


@dataclass(frozen=True)
class Prose:
    """A text, and what it is found by."""

    fields: dict[str, str]
    words: str


@dataclass(frozen=True)
class Filled:
    """What a round was filled with: where its numbers begin, and how many of them wait."""

    first: int
    proposals: int

    @property
    def pending(self) -> int:
        """How many wait for a moderator: the newest tenth, as on a busy day."""
        return self.proposals // 10

    @property
    def published(self) -> int:
        """How many are public."""
        return self.proposals - self.pending

    def title(self, place: int) -> str:
        """Return the title of a proposal by its place in the round, from 1."""
        tenth = f"de {TENTH}" if place % 10 == 7 else "de openheid"
        rare = f", {RARE}" if place % (self.proposals // MANY_RARE) == 1 else ""
        return f"Voorstel {place}: {tenth}{rare}"

    def number(self, place: int) -> int:
        """Return the number of a proposal by its place."""
        return self.first + place - 1


class Filling:
    """Fills one round, a batch at a time."""

    def __init__(
        self, round_: Round, moderator: Person, proposals: int, now: datetime, most: int = 5
    ) -> None:
        self.round, self.moderator, self.now, self.most = round_, moderator, now, most
        self.size = Filled(0, proposals)
        draw = random.Random(SEED)
        self.prose = [_proposal_prose(draw) for _ in range(TEXTS)]
        self.said = [_comment_prose(draw) for _ in range(TEXTS)]
        self.themes = [None, *(theme.id for theme in round_.plan.themes)]
        known = db.session.execute(select(Organisation.id, Organisation.sector)).all()
        self.organisations = [tuple(row) for row in known]
        self.versions: dict[int, int] = {}

    def run(self) -> Filled:
        """Store all of it and return what was stored."""
        with unit_of_work():
            self.people = self._people()
            first = next_number(Proposal.number, within=self.round)
        self.size = Filled(first, self.size.proposals)
        for start in range(1, self.size.proposals + 1, BATCH):
            with unit_of_work():
                self._store(range(start, min(start + BATCH, self.size.proposals + 1)))
            db.session.expunge_all()
        _append_leaves()
        return self.size

    def _people(self) -> Sequence[int]:
        """Store the authors: four proposals and about ten comments each."""
        ids = take_ids(Person, max(5, self.size.proposals // 4))
        insert_rows(
            Person,
            [
                {"id": id_, "display_name": f"Deelnemer {id_}", "language": "nl",
                 "active": False, "imported": True, "create_datetime": self.now}
                for id_ in ids
            ],
        )  # fmt: skip
        return ids

    def _at(self, place: int) -> datetime:
        return self.now - PAST + SPAN * (place / self.size.proposals)

    def _store(self, places: range) -> None:
        ids = dict(zip(places, take_ids(Proposal, len(places)), strict=True))
        public = [place for place in places if place <= self.size.published]
        threads = dict(zip(public, take_ids(Thread, len(public)), strict=True))
        comments = list(self._comments(threads))
        insert_rows(
            Thread,
            [
                {"id": id_, "round_id": self.round.id, "comment_count": self._shown(place)}
                for place, id_ in threads.items()
            ],
        )
        rows = [self._proposal(place, id_, threads.get(place)) for place, id_ in ids.items()]
        insert_rows(Proposal, rows)
        versions = take_ids(ProposalVersion, len(rows))
        self.versions |= dict(zip((row["id"] for row in rows), versions, strict=True))
        insert_rows(
            ProposalVersion,
            [_version(row) | {"id": self.versions[row["id"]]} for row in rows],
        )
        insert_rows(Comment, comments)
        insert_rows(SearchEntry, self._entries(rows, comments))
        self._decide(rows, comments)
        self._count(rows, comments)

    def _proposal(self, place: int, id_: int, thread: int | None) -> dict[str, Any]:
        at = self._at(place)
        organisation, sector = (
            self.organisations[place % len(self.organisations)] if place % 3 == 0 else (None, None)
        )
        public = thread is not None
        return {
            **self.prose[place % len(self.prose)].fields,
            "id": id_, "round_id": self.round.id, "thread_id": thread,
            "number": self.size.number(place), "title": self.size.title(place),
            "theme_id": self.themes[place % len(self.themes)],
            "author_id": self.people[place % len(self.people)],
            "organisation_id": organisation, "sector": sector, "language": "nl",
            "state": PUBLISHED if public else PENDING, "origin": Origin.NEW,
            "created_at": at, "saved_at": at, "arrived_at": at,
            "published_at": at + timedelta(minutes=1) if public else None,
            "reviewed_at": at + timedelta(minutes=1) if public else None,
            "text_version": 1, "shown_versions": [1] if public else [],
            "comment_count": self._shown(place) if public else 0,
        }  # fmt: skip

    def _said(self, place: int) -> int:
        """Return how many comments a public proposal has: none to the most, and one has many."""
        return MANY if place == HOT else place % (self.most + 1)

    def _waits(self, place: int, nth: int) -> bool:
        """Whether a comment waits for a moderator; those came with the proposals that wait."""
        recent = place > self.size.published - self.size.pending
        return recent and self._said(place) == 3 and nth == 2

    def _shown(self, place: int) -> int:
        return sum(not self._waits(place, nth) for nth in range(self._said(place)))

    def _comments(self, threads: dict[int, int]) -> Iterator[dict[str, Any]]:
        """Yield the comments in some threads; every third one answers the one two before it."""
        ids = iter(take_ids(Comment, sum(self._said(place) for place in threads)))
        for place, thread in threads.items():
            here: list[int] = []
            for nth in range(self._said(place)):
                here.append(next(ids))
                answers = here[nth - 2] if nth % 3 == 2 else None
                yield self._comment(place, nth, here[nth], thread, answers)

    def _comment(
        self, place: int, nth: int, id_: int, thread: int, answers: int | None
    ) -> dict[str, Any]:
        waits = self._waits(place, nth)
        at = self._at(place + self.size.pending if waits else place) + timedelta(minutes=2 + nth)
        return {
            "id": id_, "thread_id": thread, "round_id": self.round.id, "number": nth + 1,
            "parent_id": answers, "root_id": answers, "depth": 0 if answers is None else 1,
            "author_id": self.people[(place * 7 + nth) % len(self.people)],
            "kind": CommentKind.REACTION, "body": self.said_in(place, nth).fields["body"],
            "language": "nl", "state": PENDING if waits else PUBLISHED, "arrived_at": at,
            "published_at": None if waits else at, "reviewed_at": None if waits else at,
        }  # fmt: skip

    def said_in(self, place: int, nth: int) -> Prose:
        """Return what a comment says."""
        return self.said[(place + nth) % len(self.said)]

    def _entries(
        self, proposals: Sequence[dict[str, Any]], comments: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        prose = {one.fields["problem"]: one.words for one in self.prose}
        said = {one.fields["body"]: one.words for one in self.said}
        found = [
            ("proposal", row["id"], f"{words_of(row['title'], 'nl')} {prose[row['problem']]}")
            for row in proposals
        ]
        found += [("comment", row["id"], said[row["body"]]) for row in comments]
        return [entry_values(*one) for one in found]

    def _decide(
        self, proposals: Sequence[dict[str, Any]], comments: Sequence[dict[str, Any]]
    ) -> None:
        """Record what came in, and the decisions of the moderator about what is public."""
        both = [*(("proposal", row) for row in proposals), *(("comment", row) for row in comments)]
        public = [(kind, row) for kind, row in both if row["state"] is PUBLISHED]
        decisions = take_ids(Decision, len(public))
        insert_rows(
            Decision,
            [
                {"id": one, "round_id": self.round.id, "verb": Verb.PUBLISH,
                 "proposal_id": row["id"] if kind == "proposal" else None,
                 "comment_id": row["id"] if kind == "comment" else None,
                 "decided_by_id": self.moderator.id, "decided_at": row["published_at"]}
                for one, (kind, row) in zip(decisions, public, strict=True)
            ],
        )  # fmt: skip
        came = [
            BulkEvent(
                f"{kind}.imported",
                kind,
                row["id"],
                {"source_id": str(row["id"])},
                rows=self._rows(kind, row["id"]),
            )
            for kind, row in both
        ]
        decided = [
            BulkEvent(
                f"{kind}.published", kind, row["id"], {"ground": None}, rows=((Decision, one),)
            )
            for one, (kind, row) in zip(decisions, public, strict=True)
        ]  # fmt: skip
        for actor, entries in ((SYSTEM, came), (self.moderator, decided)):
            ids = take_ids(Event, len(entries))
            record_all(
                actor, entries, self.now, ids=ids,
                plan_id=self.round.plan_id, round_id=self.round.id,
            )  # fmt: skip

    def _rows(self, kind: str, id_: int) -> tuple[StoredRow, ...]:
        if kind == "comment":
            return ((Comment, id_),)
        return ((Proposal, id_), (ProposalVersion, self.versions[id_]))

    def _count(
        self, proposals: Sequence[dict[str, Any]], comments: Sequence[dict[str, Any]]
    ) -> None:
        def many(rows: Sequence[dict[str, Any]], state: ContributionState) -> int:
            return sum(row["state"] is state for row in rows)

        count_in_round(
            self.round.id,
            received=len(proposals),
            published=many(proposals, PUBLISHED),
            pending=many(proposals, PENDING),
            comments=many(comments, PUBLISHED),
            comments_pending=many(comments, PENDING),
        )


def fill(
    round_: Round, moderator: Person, proposals: int, now: datetime, *, most: int = 5
) -> Filled:
    """Fill a round with so many proposals, and at most so many comments on each.

    Returns what was stored.
    """
    return Filling(round_, moderator, proposals, now, most).run()


def _sentence(draw: random.Random, length: int) -> str:
    return " ".join(draw.choices(WORDS.split(), k=length)).capitalize() + "."


def _proposal_prose(draw: random.Random) -> Prose:
    fields = {
        name: f"Alle {COMMON}. " + " ".join(_sentence(draw, 12) for _ in range(sentences))
        for name, sentences in zip(TEXT_FIELDS[1:], (5, 5, 3, 2), strict=True)
    }
    return Prose(fields, words_of(" ".join(fields.values()), "nl"))


def _comment_prose(draw: random.Random) -> Prose:
    body = " ".join(_sentence(draw, 10) for _ in range(3))
    return Prose({"body": body}, words_of(body, "nl"))


def _version(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "proposal_id": row["id"],
        "number": 1,
        "content": {name: row[name] for name in TEXT_FIELDS},
        "saved_at": row["saved_at"],
        "saved_by_id": row["author_id"],
    }


def _append_leaves() -> None:
    """Put all events that have no place yet in the log, as the worker does in the end."""
    last = db.session.scalar(select(func.max(Leaf.event_id))) or 0
    positions = count(next_of_all(Leaf.position))
    waiting = select(Event).order_by(Event.id).limit(LEAVES)
    while events := db.session.scalars(waiting.where(Event.id > last)).all():
        with unit_of_work():
            insert_rows(
                Leaf,
                [
                    {"position": next(positions), "event_id": event.id,
                     "digest": leaf_hash(entry(event)).hex()}
                    for event in events
                ],
            )  # fmt: skip
        last = events[-1].id
        db.session.expunge_all()
