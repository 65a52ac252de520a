"""The moderator's desk: what waits, what may be decided about each of it, and where to go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.counts import RoundAtHand, past_decisions, rounds_at_hand
from consult.consultation.moderation.models import Verb
from consult.consultation.moderation.queries import (
    KINDS,
    Waiting,
    waiting,
)
from consult.consultation.moderation.services import ACTIONS, Moderated
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.errors import NotFound, Refusal, Sentence
from consult.foundation.core.pages import Page, encode_cursor
from consult.foundation.core.people import Actor
from consult.foundation.policy.services import can, ensure

_FIRST = {State.LATE: Verb.ADMIT, State.PUBLISHED: Verb.KEEP}
"""What may be decided first about what stands in a part of the queue, if not to publish it."""


@dataclass(frozen=True)
class QueueFilter:
    """Which part of the queue somebody works on. Values as they stand in the address."""

    round: str = ""
    kind: str = ""
    late: bool = False
    after: bool = False
    unpublished: bool = False
    cursor: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "QueueFilter":
        """Read it from an address; a kind that we do not know is no filter."""
        kind = arguments.get("kind", "") or arguments.get("only", "")
        return cls(
            arguments.get("round", ""),
            kind if kind in KINDS else "",
            arguments.get("late") == "1",
            arguments.get("after") == "1",
            arguments.get("unpublished") == "1",
            arguments.get("cursor", ""),
        )

    def address(self, **changes: object) -> dict[str, object]:
        """Return the arguments of the queue's address; None leaves one out."""
        here = {
            "round": self.round or None,
            "kind": self.kind or None,
            "late": 1 if self.late else None,
            "after": 1 if self.after else None,
            "unpublished": 1 if self.unpublished else None,
            "cursor": self.cursor or None,
        }
        return {**here, **changes}

    @property
    def carried(self) -> dict[str, object]:
        """The same for the address of an act, where `kind` tells what is decided about."""
        found = self.address()
        found["only"] = found.pop("kind")
        return found

    @property
    def state(self) -> State:
        """What stands in this part of the queue."""
        if self.after:
            return State.PUBLISHED
        if self.unpublished:
            return State.NOT_FOR_PUBLICATION
        return State.LATE if self.late else State.PENDING


@dataclass(frozen=True)
class QueueEntry:
    """Something in the queue, with what this person may decide, or why nothing."""

    item: Waiting
    verbs: Sequence[Verb]
    refusal: Sentence
    past: Mapping[Verb, int]


@dataclass(frozen=True)
class Desk:
    """One page of the queue."""

    wanted: QueueFilter
    page: Page[Waiting]
    entries: Sequence[QueueEntry]
    rounds: Sequence[RoundAtHand]
    reads_along: bool
    """Whether others decide about all of it."""

    @property
    def pending(self) -> int:
        """How much waits for a look in the rounds that are shown."""
        return sum(one.pending for one in self._shown)

    @property
    def late(self) -> int:
        """How much came late in the rounds that are shown."""
        return sum(one.late for one in self._shown)

    @property
    def unreviewed(self) -> int:
        """How much is public without a look, in the rounds that are shown."""
        return sum(one.unreviewed for one in self._shown)

    @property
    def not_for_publication(self) -> int:
        """How much is to be read and not published, in the rounds that are shown."""
        return sum(one.not_for_publication for one in self._shown)

    @property
    def looks_afterwards(self) -> bool:
        """Whether there is such a round, or this is its part of the queue."""
        return self.wanted.after or any(one.unreviewed for one in self.rounds)

    @property
    def _shown(self) -> list[RoundAtHand]:
        return [one for one in self.rounds if self.wanted.round in {"", one.slug}]


def plans_at_hand(actor: Actor) -> frozenset[int]:
    """Return the plans whose queue somebody sees."""
    return actor.grants.ids("plan", "moderator", "organiser")


def desk_of(actor: Actor, wanted: QueueFilter, now: datetime) -> Desk:
    """Put one page of somebody's queue together, in three statements.

    Raises NotFound for a round that is not theirs, InvalidInput for a forged cursor.
    """
    plans = plans_at_hand(actor)
    rounds = rounds_at_hand(plans)
    if wanted.round and wanted.round not in {one.slug for one in rounds}:
        raise NotFound(_l("There is no such round in your queue."), _l("Go back to the queue."))
    page = waiting(
        plans, wanted.cursor, state=wanted.state, kind=wanted.kind, round_slug=wanted.round
    )
    past = past_decisions({one.author_id for one in page if one.author_id}, plans)
    entries = [_entry(actor, one, past.get(one.author_id or 0, {}), now) for one in page]
    others = all(not one.verbs and one.item.author_id != actor.actor_id for one in entries)
    return Desk(wanted, page, entries, rounds, bool(entries) and others)


def _entry(actor: Actor, item: Waiting, past: Mapping[Verb, int], now: datetime) -> QueueEntry:
    return QueueEntry(item, verbs_for(actor, item, now), _why_not(actor, item, now), past)


def verbs_for(actor: Actor, subject: object, now: datetime) -> list[Verb]:
    """Return what somebody may decide about a contribution now."""
    return [verb for verb in Verb if can(actor, ACTIONS[verb], subject, now)]


def _why_not(actor: Actor, item: Waiting, now: datetime) -> Sentence:
    """Return why somebody may not decide about what waits; empty if they may."""
    verb = _FIRST.get(item.state, Verb.PUBLISH)
    try:
        ensure(actor, ACTIONS[verb], item, now)
    except Refusal as refusal:
        return str(refusal)
    return ""


def next_after(actor: Actor, contribution: Moderated, wanted: QueueFilter) -> Waiting | None:
    """Return what stands in the queue after a contribution; None at its end."""
    if contribution.arrived_at is None:
        return None
    kind = "proposal" if isinstance(contribution, Proposal) else "comment"
    here = encode_cursor(contribution.arrived_at, kind, contribution.id)
    found = waiting(
        plans_at_hand(actor),
        here,
        state=wanted.state,
        kind=wanted.kind,
        round_slug=wanted.round,
        size=1,
    )
    return found.rows[0] if found.rows else None
