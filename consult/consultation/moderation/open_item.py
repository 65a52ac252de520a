"""One contribution that is open on the desk: its text, and all that a decision about it needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.claims import is_others
from consult.consultation.moderation.counts import past_decisions
from consult.consultation.moderation.desk import (
    Desk,
    QueueFilter,
    desk_of,
    plans_at_hand,
    verbs_for,
)
from consult.consultation.moderation.discussion import notes_on
from consult.consultation.moderation.holding import HeldHere, held_here, is_held
from consult.consultation.moderation.models import (
    Claim,
    Decision,
    HeldDecision,
    ModeratorNote,
    Redaction,
    Report,
    Verb,
)
from consult.consultation.moderation.queries import (
    Opened,
    Waiting,
    decisions_of,
    discussed,
    waiting,
)
from consult.consultation.moderation.ready_reasons import rules_of
from consult.consultation.moderation.redaction import redactable_fields, redactions_of
from consult.consultation.moderation.reports import open_reports
from consult.consultation.moderation.sealed_texts import Opening, openings_of
from consult.consultation.moderation.subjects import Moderated, kind_of
from consult.consultation.moderation.suspected import Looked, read_or_look
from consult.consultation.proposals.models import TEXT_FIELDS, Proposal, ProposalVersion
from consult.foundation.analysis.word_differences import ChangedPart, word_differences
from consult.foundation.core.db import db
from consult.foundation.core.errors import Sentence
from consult.foundation.core.forms import label_of
from consult.foundation.core.pages import encode_cursor
from consult.foundation.core.people import Actor
from consult.foundation.files.models import StoredFile
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can

_SECOND = 2
"""The first text that another one came before."""


@dataclass(frozen=True)
class Answered:
    """What a comment answers: the proposal, or another comment on it."""

    number: str
    text: str
    language: str
    is_public: bool


@dataclass(frozen=True)
class LeftOutHere:
    """What is left out of a contribution, and who read what stood there."""

    redactions: Sequence[Redaction] = ()
    opened: Sequence[Opening] = ()


@dataclass(frozen=True)
class OpenItem:
    """A contribution that is open on the desk, as one person sees it."""

    contribution: Moderated
    proposal: Proposal
    """The proposal itself, or the one that the comment is about."""
    decisions: Sequence[Decision]
    past: Mapping[Verb, int]
    """What was decided before about what its author wrote."""
    verbs: Sequence[Verb]
    """What this person may decide about it now."""
    held: HeldHere
    claim: Claim | None
    read_by: Claim | None
    """Who else reads it now."""
    notes: Sequence[ModeratorNote]
    discusses: bool
    """Whether this person reads and writes notes about it."""
    reports: Sequence[Report]
    ready: Mapping[Verb, Sequence[str]]
    """Ready reasons, in the language of the contribution."""
    answers: Answered | None
    """What it answers, for a comment."""
    changes: Sequence[tuple[Sentence, Sequence[ChangedPart]]]
    """What changed since it was returned, by field."""
    looked: Looked
    """What may be personal data in it."""
    left_out: LeftOutHere
    before: Waiting | None
    after: Waiting | None

    @property
    def number(self) -> str:
        """The number by which it is cited: #12, or #12.3 for a comment."""
        answered = "" if self.kind == "proposal" else f".{self.contribution.number}"
        return f"#{self.proposal.number}{answered}"

    @property
    def parts(self) -> Sequence[str]:
        """The parts of it of which words can be left out."""
        return list(redactable_fields(self.contribution))

    @property
    def files(self) -> Sequence[StoredFile]:
        """Its files that can be held back."""
        if not isinstance(self.contribution, Proposal):
            return []
        return [one.file for one in self.contribution.attachments if one.file.withheld_at is None]

    @property
    def marked(self) -> int:
        """How many pieces are marked in its texts, which can be left out with one press."""
        return sum(len(self.looked.marks.get(name, ())) for name in self.parts)

    @property
    def kind(self) -> str:
        """What it is, as its address says."""
        return kind_of(self.contribution)

    @property
    def returned_because(self) -> str:
        """Why it was returned the last time."""
        returned = [one for one in self.decisions if one.verb is Verb.RETURN]
        return returned[-1].reason if returned else ""

    @property
    def is_to_discuss(self) -> bool:
        """Whether it waits for what other moderators think of it."""
        return any(one.to_discuss and one.settled_at is None for one in self.notes)


def open_item(
    actor: Actor, opened: Opened, wanted: QueueFilter, now: datetime
) -> tuple[Desk, OpenItem]:
    """Return the desk with a contribution open on it; the caller asked the policy.

    The page of the list is the one on which it stands, where it still stands in the queue.
    """
    found, claim, seen = opened
    desk = _desk_around(actor, found, wanted, now)
    author, held = found.author_id, held_here(actor, found, now)
    proposal = found if isinstance(found, Proposal) else discussed(found)
    decisions = decisions_of(found)
    discusses = can(actor, Action.CONTRIBUTION_DISCUSS, found, now)
    before, after = _neighbours(desk, found)
    item = OpenItem(
        contribution=found,
        proposal=proposal,
        decisions=decisions,
        past=past_decisions({author}, plans_at_hand(actor)).get(author, {}) if author else {},
        verbs=[] if _waits(held.last, actor, now) else verbs_for(actor, found, now),
        held=held,
        claim=claim,
        read_by=claim if is_others(claim, actor, now) else None,
        notes=notes_on(found) if discusses else [],
        discusses=discusses,
        # Nobody else learns who reported: not the author either, where they moderate themselves.
        reports=open_reports(found) if can(actor, Action.REPORTS_DISMISS, found, now) else [],
        ready=rules_of(found.round.plan_id).in_language(found.language),
        answers=_answered(found, proposal) if isinstance(found, Comment) else None,
        changes=_changes(found, decisions) if isinstance(found, Proposal) else [],
        looked=read_or_look(found, seen),
        left_out=_left_out(found, decisions),
        before=before,
        after=after,
    )
    return desk, item


def _desk_around(actor: Actor, found: Moderated, wanted: QueueFilter, now: datetime) -> Desk:
    """Return the desk with the page of the list on which a contribution stands, if it does."""
    desk = desk_of(actor, wanted, now)
    if found.public_id in {one.public_id for one in desk.page} or not found.arrived_at:
        return desk
    here = encode_cursor(found.arrived_at, kind_of(found), found.id - 1)
    nearby = waiting(wanted.asked_by(actor, now), here)
    return (
        replace(desk, page=nearby) if found.public_id in {one.public_id for one in nearby} else desk
    )


def _left_out(found: Moderated, decisions: Sequence[Decision]) -> LeftOutHere:
    """Return what is left out; asked for only where a decision says that something was."""
    if not any(one.verb is Verb.REDACT for one in decisions):
        return LeftOutHere()
    return LeftOutHere(redactions_of(found), openings_of(found))


def _waits(held: HeldDecision | None, actor: Actor, now: datetime) -> bool:
    """Whether a decision is held, so that none can follow; who left words out goes on."""
    if held is None or not is_held(held, now):
        return False
    return held.verb is not Verb.REDACT or held.decided_by_id != actor.actor_id


def _answered(comment: Comment, proposal: Proposal) -> Answered:
    parent = db.session.get(Comment, comment.parent_id) if comment.parent_id else None
    if parent is not None:
        number = f"#{proposal.number}.{parent.number}"
        shown = parent.state is State.PUBLISHED and proposal.text_is_public
        return Answered(number, parent.body, parent.language, shown)
    text = proposal.action or proposal.problem
    return Answered(f"#{proposal.number}", text, proposal.language, proposal.text_is_public)


def _changes(
    proposal: Proposal, decisions: Sequence[Decision]
) -> Sequence[tuple[Sentence, Sequence[ChangedPart]]]:
    """Return what changed, by field, since a proposal was returned; nothing where it was not."""
    verbs = [one.verb for one in decisions if one.verb is not Verb.ADMIT]
    if not verbs or verbs[-1] is not Verb.RETURN or proposal.text_version < _SECOND:
        return []
    before = db.session.scalar(
        select(ProposalVersion.content).where(
            ProposalVersion.proposal_id == proposal.id,
            ProposalVersion.number == proposal.text_version - 1,
        )
    )
    pairs = {
        name: (str((before or {}).get(name, "")), getattr(proposal, name)) for name in TEXT_FIELDS
    }
    return [
        (label_of(name), word_differences(old, new))
        for name, (old, new) in pairs.items()
        if old != new
    ]


def _neighbours(desk: Desk, found: Moderated) -> tuple[Waiting | None, Waiting | None]:
    """Return what stands before and after a contribution on the page of the list."""
    here = (found.arrived_at, kind_of(found), found.id)
    keys = [(one.arrived_at, one.kind, one.id) for one in desk.page]
    before = [one for one, key in zip(desk.page, keys, strict=True) if key < here]
    after = [one for one, key in zip(desk.page, keys, strict=True) if key > here]
    return before[-1] if before else None, after[0] if after else None
