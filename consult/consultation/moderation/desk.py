"""The moderators' desk: what waits, who reads it, and where to go on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.consultation.moderation.counts import RoundAtHand, rounds_at_hand
from consult.consultation.moderation.models import Verb
from consult.consultation.moderation.queries import (
    KINDS,
    STATES,
    QueueTab,
    TabCounts,
    Waiting,
    Wanted,
    tab_counts,
    waiting,
)
from consult.consultation.moderation.services import ACTIONS
from consult.consultation.moderation.subjects import Moderated, kind_of
from consult.foundation.core.errors import NotFound
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.core.pages import Page, encode_cursor
from consult.foundation.core.people import Actor
from consult.foundation.policy.services import can


@dataclass(frozen=True)
class QueueFilter:
    """Which part of the queue somebody works on. Values as they stand in the address."""

    tab: QueueTab = QueueTab.TO_DO
    round: str = ""
    kind: str = ""
    language: str = ""
    search: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "QueueFilter":
        """Read it from an address; a value that we do not know is no filter."""
        kind = arguments.get("kind", "") or arguments.get("only", "")
        tab, language = arguments.get("tab", ""), arguments.get("written_in", "")
        return cls(
            QueueTab(tab) if tab in set(QueueTab) else QueueTab.TO_DO,
            arguments.get("round", ""),
            kind if kind in KINDS else "",
            language if language in LANGUAGES else "",
            arguments.get("q", "").strip()[:200],
            arguments.get("cursor", ""),
        )

    def address(self, **changes: object) -> dict[str, object]:
        """Return the arguments of the queue's address; None leaves one out."""
        here = {
            "tab": None if self.tab is QueueTab.TO_DO else self.tab.value,
            "round": self.round or None,
            "kind": self.kind or None,
            "written_in": self.language or None,
            "q": self.search or None,
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
    def narrows(self) -> bool:
        """Whether it shows less than all that stands in its tab."""
        return bool(self.round or self.kind or self.language or self.search)

    def asked_by(self, actor: Actor, now: datetime) -> Wanted:
        """Return what is asked of the database for somebody."""
        return Wanted(
            plans_at_hand(actor), actor.actor_id, now,
            self.tab, self.kind, self.round, self.language, self.search,
        )  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """One page of the queue, with what else there is."""

    wanted: QueueFilter
    page: Page[Waiting]
    rounds: list[RoundAtHand]
    counts: TabCounts
    reads_along: bool
    """Whether others decide about all of it."""

    @property
    def looks_afterwards(self) -> bool:
        """Whether there is such a round, or this is its part of the queue."""
        return self.wanted.tab is QueueTab.AFTER or any(one.unreviewed for one in self.rounds)

    def count(self, tab: QueueTab) -> int:
        """Return how much stands in a part of the queue, in the rounds that are shown."""
        if tab in STATES and tab is not QueueTab.BACK:
            shown = [one for one in self.rounds if self.wanted.round in {"", one.slug}]
            number = sum(one.in_state(STATES[tab]) for one in shown)
            return max(0, number - self.counts.held) if tab is QueueTab.TO_DO else number
        counted = {
            QueueTab.MINE: self.counts.mine,
            QueueTab.DISCUSS: self.counts.discuss,
            QueueTab.BACK: self.counts.back,
            QueueTab.SECOND: self.counts.second,
        }
        return counted[tab]


def plans_at_hand(actor: Actor) -> frozenset[int]:
    """Return the plans whose queue somebody sees."""
    return actor.grants.ids("plan", "moderator", "organiser")


def desk_of(actor: Actor, wanted: QueueFilter, now: datetime) -> Desk:
    """Put one page of somebody's queue together, in three statements.

    Raises NotFound for a round that is not theirs, InvalidInput for a forged cursor.
    """
    rounds = rounds_at_hand(plans_at_hand(actor))
    if wanted.round and wanted.round not in {one.slug for one in rounds}:
        raise NotFound(_l("There is no such round in your queue."), _l("Go back to the queue."))
    asked = wanted.asked_by(actor, now)
    page = waiting(asked, wanted.cursor)
    theirs = [one for one in page if one.author_id != actor.actor_id]
    decides = {Verb.ADMIT} if wanted.tab is QueueTab.LATE else {Verb.PUBLISH, Verb.HIDE, Verb.KEEP}
    along = bool(theirs) and not any(decides & set(verbs_for(actor, one, now)) for one in theirs)
    return Desk(wanted, page, rounds, tab_counts(asked), along)


def verbs_for(actor: Actor, subject: object, now: datetime) -> list[Verb]:
    """Return what somebody may decide about a contribution now."""
    return [verb for verb, action in ACTIONS.items() if can(actor, action, subject, now)]


def next_after(
    actor: Actor, contribution: Moderated, wanted: QueueFilter, now: datetime
) -> Waiting | None:
    """Return what stands next in the queue and is read by nobody else; None at its end."""
    if contribution.arrived_at is None:
        return None
    here = encode_cursor(contribution.arrived_at, kind_of(contribution), contribution.id)
    asked = replace(wanted, cursor="").asked_by(actor, now)
    found = waiting(asked, here, size=5)
    return next((one for one in found if one.read_by_id in {None, actor.actor_id}), None)
