"""Reading proposals: one, a draft, a person's own, and the list with its filters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import contains_eager, joinedload

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Attachment, CoSignature, Proposal, ProposalVersion
from consult.consultation.rounds.models import Round, RoundBody
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.pages import Keyset, Page
from consult.foundation.files.models import StoredFile
from consult.foundation.policy.actions import Action
from consult.people.following.models import FollowedKind
from consult.people.following.subjects import FollowedSubject


def public_proposal() -> ColumnElement[bool]:
    """Say which proposals the public sees."""
    return Proposal.state == State.PUBLISHED


def public_comment() -> ColumnElement[bool]:
    """Say which comments the public sees: published ones on published proposals."""
    return and_(Comment.state == State.PUBLISHED, public_proposal())


@cache
def _with_frame() -> Select[Proposal]:
    """Select proposals with all that their page needs, in one statement."""
    return (
        select(Proposal)
        .join(Proposal.round)
        .options(
            contains_eager(Proposal.round).options(
                joinedload(Round.plan),
                joinedload(Round.tally),
                joinedload(Round.bodies).joinedload(RoundBody.body),
            ),
            joinedload(Proposal.theme),
            joinedload(Proposal.author),
            joinedload(Proposal.organisation),
            joinedload(Proposal.thread),
            joinedload(Proposal.attribution),
            joinedload(Proposal.attachments).joinedload(Attachment.file),
            joinedload(Proposal.co_signatures).joinedload(CoSignature.organisation),
        )
    )


@cache
def _by_number() -> Select[Proposal]:
    """Return the statement for one of a round: building it takes as long as running it."""
    return _with_frame().where(
        Round.slug == bindparam("round_slug"), Proposal.number == bindparam("number")
    )


def _one(statement: Select[Proposal], **asked: object) -> Proposal:
    found: Proposal | None = db.session.scalars(statement, asked).unique().one_or_none()
    if found is None:
        raise no_such_proposal()
    return found


def no_such_proposal() -> NotFound:
    """Return the refusal for a proposal that is not there, or that somebody may not know of."""
    return NotFound(_l("There is no such proposal."), _l("The list shows all that are public."))


def get_proposal(round_slug: str, number: int) -> Proposal:
    """Return a proposal by its round and number; NotFound when there is none."""
    return _one(_by_number(), round_slug=round_slug, number=number)


def address_of_comment(comment: Comment) -> str | None:
    """Return the address of a comment in the conversation about a proposal, if it is on one."""
    found = db.session.execute(
        select(Round.slug, Proposal.number)
        .join(Proposal, Proposal.round_id == Round.id)
        .where(Proposal.thread_id == comment.thread_id)
    ).one_or_none()
    return None if found is None else address_under(found[0], found[1], comment)


def address_under(round_slug: str, number: int | None, comment: Comment) -> str:
    """Return the address of a comment on a proposal that is known."""
    return url_for(
        "publishing.proposal",
        round_slug=round_slug,
        number=number,
        comment=comment.number,
        _anchor=f"comment-{comment.number}",
    )


_IS_THERE = select(Proposal.id).where(Proposal.public_id == bindparam("public_id"))


def find_draft(public_id: str) -> Proposal | None:
    """Return a proposal by its random id, if there is one; most who look for one have none."""
    there = db.session.scalar(_IS_THERE, {"public_id": public_id})
    return None if there is None else get_draft(public_id)


def get_draft(public_id: str) -> Proposal:
    """Return a proposal by its random id; NotFound when there is none."""
    return _one(_with_frame().where(Proposal.public_id == public_id))


def proposals_by(person_id: int | None, cursor: str | None) -> Page[Proposal]:
    """Return a page of what somebody wrote, what was saved last first, each with its round."""
    statement = (
        select(Proposal)
        .where(Proposal.author_id == person_id)
        .options(joinedload(Proposal.round))
    )  # fmt: skip
    return Keyset(Proposal.saved_at, Proposal.id, descending=True).page(statement, cursor)


@dataclass(frozen=True)
class HandedIn:
    """A text of a proposal that was handed in; without content where the reader may not read it."""

    number: int
    saved_at: datetime
    was_shown: bool
    content: Mapping[str, object] | None


def texts_of(proposal: Proposal, *, everything: bool) -> Sequence[HandedIn]:
    """Return the texts that were handed in, newest first: all of them, or those that were public.

    The others keep their place, without their content.
    """
    versions = db.session.scalars(
        select(ProposalVersion)
        .where(ProposalVersion.proposal_id == proposal.id)
        .order_by(ProposalVersion.number.desc())
    )
    shown = proposal.shown_versions or []
    return [
        HandedIn(
            one.number,
            one.saved_at,
            one.number in shown,
            one.content if everything or one.number in shown else None,
        )
        for one in versions
    ]


def get_attachment(public_id: str) -> tuple[StoredFile, Proposal]:
    """Return an attached file and the proposal it is with, or NotFound."""
    row = (
        db.session.execute(
            select(StoredFile, Proposal)
            .join(Attachment, Attachment.file_id == StoredFile.id)
            .join(Proposal, Proposal.id == Attachment.proposal_id)
            .where(StoredFile.public_id == public_id)
            .options(joinedload(Proposal.round).joinedload(Round.bodies))
        )
        .unique()
        .one_or_none()
    )
    if row is None:
        raise NotFound(_l("There is no such file."), _l("Perhaps the address is not complete."))
    return row[0], row[1]


@dataclass(frozen=True)
class ListedProposal:
    """A proposal as a list shows it."""

    id: int
    number: int
    title: str
    language: str
    action: str
    state: State
    outcome: str | None
    arrived_at: datetime
    published_at: datetime | None
    comment_count: int
    support_count: int
    neutral_count: int
    object_count: int
    author: str | None
    organisation: str | None
    on_behalf_of: str
    theme: dict[str, str] | None


def proposals_to_follow(ids: Collection[int]) -> Mapping[int, FollowedSubject]:
    """Return proposals with these numbers as things that can be followed; no drafts."""
    found = db.session.scalars(
        _with_frame().where(Proposal.id.in_(ids), Proposal.number.is_not(None))
    ).unique()
    return {
        one.id: FollowedSubject(
            FollowedKind.PROPOSAL, one, one.title, "publishing.proposal",
            {"round_slug": one.round.slug, "number": one.number},
            Action.PROPOSAL_READ_TEXT, one.language,
        )
        for one in found
    }  # fmt: skip
