"""What the public page of a proposal and other pages across the chain need of proposals."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import bindparam, exists, select

from consult.consultation.comments.forms import CommentForm
from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.queries import FIRST, ThreadComment, ThreadPosition, thread_page
from consult.consultation.comments.services import may_dissent
from consult.consultation.proposals.continuing import continued_by, continued_of
from consult.consultation.proposals.forms import PositionForm
from consult.consultation.proposals.listing import ProposalFilter, list_proposals
from consult.consultation.proposals.models import Position, Proposal
from consult.consultation.proposals.position_reasons import PositionReason, reasons_given
from consult.consultation.proposals.positions import position_of
from consult.consultation.proposals.queries import ListedProposal, get_proposal, public_proposal
from consult.consultation.proposals.sectors import SectorShare, groups_of
from consult.consultation.rounds.kinds import rules_of
from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.errors import Sentence
from consult.foundation.core.pages import Page
from consult.foundation.core.people import Actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.people.organisations.models import Mandate
from consult.people.organisations.on_behalf import choice_numbers, choices_for, first_choice
from consult.people.organisations.queries import mandate_behind
from consult.people.privacy.consents import must_be_asked
from consult.people.privacy.forms import with_consent

_BESIDE = select(
    exists().where(
        Comment.thread_id == bindparam("thread_id"), Comment.author_id == bindparam("reader_id")
    ),
    exists().where(Proposal.continues_id == bindparam("proposal_id"), public_proposal()),
)
_HOLDS_A_POSITION = (Action.POSITION_TAKE, Action.VOTE_CAST)
"""What one may do who can say what they think of a proposal, with a reason or with a press."""


@dataclass(frozen=True)
class ProposalPage:
    """A proposal with the conversation about it, as one reader sees it.

    What everybody sees alike is read when it is shown.
    """

    actor: Actor
    """The reader."""
    proposal: Proposal
    now: datetime
    place: ThreadPosition
    """Which comments the reader asked for."""
    position: Position | None
    may_comment: bool
    has_own_comments: bool
    """Whether comments of the reader stand in its thread, published or not."""
    may_hold: bool
    """Whether the reader may take a position, or vote."""
    reasons: Sequence[PositionReason]
    """Why people took them, for who works on the plan."""
    speaks_for: frozenset[int]
    """The organisations that the reader speaks for."""
    continued: Proposal | None
    """The earlier proposal that it continues, if the reader may read that."""
    continued_by: Sequence[Proposal]
    """Later proposals that continue it, as far as the reader may read them."""

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.proposal.text_is_public

    @property
    def form_depends_on(self) -> tuple[Hashable, ...]:
        """What of the reader shows in a form in which they did not write yet."""
        actor = self.actor
        return (
            *choice_numbers(actor),
            first_choice(actor),
            must_be_asked(actor),
            may_dissent(actor, self.proposal),
        )

    @cached_property
    def _on_behalf(self) -> Sequence[tuple[int, Sentence]]:
        return choices_for(self.actor)

    @cached_property
    def comment_form(self) -> CommentForm:
        """The form of who may comment."""
        return with_consent(CommentForm, self.actor).for_reader(
            self._on_behalf,
            first_choice(self.actor),
            dissents=may_dissent(self.actor, self.proposal),
            about_theme=rules_of(self.proposal.round).asks_about_themes,
        )

    @cached_property
    def position_form(self) -> PositionForm:
        """The form of who may hold a position; it shows the one that they hold."""
        return PositionForm.showing(self.position, self._on_behalf, first_choice(self.actor))

    @cached_property
    def comments(self) -> Page[ThreadComment]:
        """What people say about it."""
        return thread_page(self.proposal.thread_id, self.actor.actor_id, self.place)

    @cached_property
    def groups(self) -> Sequence[SectorShare]:
        """The positions by sector."""
        return groups_of(self.proposal)

    @property
    def attributed_at(self) -> datetime | None:
        """Since when it is that of its organisation, where a person handed it in as their own."""
        attribution = self.proposal.attribution
        return attribution.attributed_at if attribution else None

    @cached_property
    def mandate(self) -> Mandate | None:
        """With which its author wrote it for an organisation."""
        proposal = self.proposal
        at = self.attributed_at or proposal.arrived_at or self.now
        return mandate_behind(proposal.author_id, proposal.organisation_id, local_day(at))


def proposal_page(
    actor: Actor, round_slug: str, number: int, now: datetime, place: ThreadPosition = FIRST
) -> ProposalPage:
    """Put the page of a proposal together; refuses (NotFound) who may not read it."""
    proposal = get_proposal(round_slug, number)
    ensure(actor, Action.PROPOSAL_READ, proposal, now)
    has_own_comments, is_continued = _look_beside(proposal, actor)
    return ProposalPage(
        actor=actor,
        proposal=proposal,
        now=now,
        place=place,
        position=position_of(proposal.id, actor.actor_id),
        may_comment=can(actor, Action.COMMENT_ADD, proposal, now),
        has_own_comments=has_own_comments,
        may_hold=any(can(actor, one, proposal, now) for one in _HOLDS_A_POSITION),
        reasons=reasons_given(proposal.id)
        if can(actor, Action.PROPOSAL_LIST_ALL, proposal, now)
        else [],
        speaks_for=actor.grants.ids("organisation"),
        continued=continued_of(actor, proposal, now),
        continued_by=continued_by(actor, proposal, now) if is_continued else [],
    )


def _look_beside(proposal: Proposal, actor: Actor) -> tuple[bool, bool]:
    """Return whether a reader has comments on a proposal, and whether another continues it."""
    asked = {
        "thread_id": proposal.thread_id,
        "reader_id": actor.actor_id,
        "proposal_id": proposal.id,
    }
    has_own_comments, is_continued = db.session.execute(_BESIDE, asked).one()
    return has_own_comments, is_continued


def latest_of(round_id: int, limit: int = 5) -> Sequence[ListedProposal]:
    """Return the newest proposals of a round whose text is public."""
    published = ProposalFilter(state=State.PUBLISHED.value)
    return list_proposals(round_id, published, size=limit).rows
