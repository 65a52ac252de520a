"""Telling who follows something what is new about proposals: each change once, to each person once.

A proposal whose text becomes public asks the worker to find out whom to tell (`tell_shown`). What
somebody hears of in another way already (their own words, an answer to them, the daily number of
the round) is not told them a second time.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, func, select, union

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.notices import may_read_comment
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.queries import public_proposal
from consult.consultation.rounds.models import Readers, Round
from consult.foundation.core.addresses import addresses_of
from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.text import excerpt
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import enqueue
from consult.foundation.notifications.broadcasts import (
    BroadcastPlanner,
    Telling,
    broadcast,
    was_told,
)
from consult.foundation.notifications.models import Broadcast
from consult.foundation.policy.actions import Action
from consult.people.accounts.recipients import may_still
from consult.people.following.models import Follow, FollowedKind
from consult.people.following.queries import followers_of, is_followed
from consult.people.following.searches import followers_of_hits, note_hits

NEW = "followed-proposal"
REVISED = "followed-revised"
DISCUSSED = "followed-comment"
GREW = "followed-round-grew"
EXCERPT = 300


def who_follows_in(round_id: int) -> Select[int]:
    """Select who follows a proposal of a round: they hear of the round too."""
    return (
        select(Follow.person_id)
        .join(Proposal, Proposal.id == Follow.subject_id)
        .where(Follow.kind == FollowedKind.PROPOSAL, Proposal.round_id == round_id)
    )


def tell_shown(proposal: Proposal, now: datetime) -> None:
    """Ask to tell that a text of a proposal is public now; one row, however many follow it."""
    if proposal.state is State.PUBLISHED:
        text = max(1, proposal.text_version or 0)
        enqueue("proposal-shown", {"proposal": proposal.id, "text": text}, now)


def announce_shown(payload: Mapping[str, object], now: datetime) -> None:
    """Begin to tell followers of a new proposal, or of a new text of one that they follow."""
    proposal, text = db.session.get(Proposal, payload["proposal"]), payload["text"]
    if proposal is None or not isinstance(text, int):
        return
    is_first = text == min(proposal.shown_versions or [text])
    proposal_id, theme_id = proposal.id, proposal.theme_id
    db.session.rollback()
    with unit_of_work():
        if not is_first and is_followed(FollowedKind.PROPOSAL, proposal_id):
            broadcast(REVISED, f"{REVISED}:{proposal_id}:{text}", now, proposal_id, text)
        if is_first and _concerns_somebody(proposal_id, theme_id):
            broadcast(NEW, f"{NEW}:{proposal_id}", now, proposal_id)


def _concerns_somebody(proposal_id: int, theme_id: int | None) -> bool:
    """Whether anybody follows the theme of a new proposal, or a search that finds it."""
    if was_told(f"{NEW}:{proposal_id}"):
        return False
    found = note_hits("proposal", proposal_id) > 0
    return found or (theme_id is not None and is_followed(FollowedKind.THEME, theme_id))


def may_read_proposal(person_id: int, proposal_id: int, now: datetime) -> bool:
    """Whether a person may still read the text of a proposal."""
    return may_still(person_id, Action.PROPOSAL_READ_TEXT, Proposal, proposal_id, now)


def may_read_discussion(person_id: int, comment_id: int, now: datetime) -> bool:
    """Whether a person may still read a comment and the proposal that it is about."""
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        return False
    about = select(Proposal.id).where(Proposal.thread_id == comment.thread_id)
    proposal_id = db.session.scalar(about)
    return (
        proposal_id is not None
        and may_read_comment(person_id, comment_id, now)
        and may_read_proposal(person_id, proposal_id, now)
    )


def announce_comment(comment: Comment, proposal: Proposal, now: datetime) -> None:
    """Begin to tell the followers of a proposal of a comment, inside a unit of work."""
    if is_followed(FollowedKind.PROPOSAL, proposal.id):
        broadcast(DISCUSSED, f"{DISCUSSED}:{comment.id}", now, comment.id, proposal.id)


def announce_growth(_payload: Mapping[str, object], now: datetime) -> None:
    """Begin to tell who follows a round how many proposals became public since the last time."""
    grown = {id_: number for id_, number in _grown(now).items() if number}
    db.session.rollback()
    for round_id, number in grown.items():
        with unit_of_work():
            broadcast(GREW, f"{GREW}:{round_id}:{local_day(now)}", now, round_id, number)


def _grown(now: datetime) -> dict[int, int]:
    """Count what became public in each round that is followed and not answered yet.

    Since the last time that it was told, or else since somebody follows the round.
    """
    last = (
        select(func.max(Broadcast.created_at))
        .where(Broadcast.kind == GREW, Broadcast.about_id == Round.id)
        .correlate(Round)
        .scalar_subquery()
    )
    followed = (
        select(func.min(Follow.since))
        .where(Follow.kind == FollowedKind.ROUND, Follow.subject_id == Round.id)
        .correlate(Round)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Round.id, func.count())
        .join(Proposal, Proposal.round_id == Round.id)
        .where(
            Round.answered_at.is_(None),
            public_proposal(),
            Proposal.published_at >= func.coalesce(last, followed),
            Proposal.published_at < now,
        )
        .group_by(Round.id)
    )
    return {row[0]: row[1] for row in rows}


def _of_proposal(proposal: Proposal, anchor: str = "", **values: object) -> dict[str, str]:
    here = {"round_slug": proposal.round.slug, "number": proposal.number, **values}
    return addresses_of("publishing.proposal", anchor, **here)


def _but(people: Select[int], *left_out: int | None) -> Select[int]:
    """Leave people out who know it already."""
    return people.where(Follow.person_id.not_in([one for one in left_out if one is not None]))


def _proposal(told: Broadcast) -> Proposal | None:
    """Return what a broadcast is about, if its text is still public."""
    proposal = db.session.get_one(Proposal, told.about_id, populate_existing=True)
    return proposal if proposal.state is State.PUBLISHED else None


def _new(told: Broadcast, _now: datetime) -> Telling | None:
    """Who follows its theme or a search that found it; of its round one hears a number a day."""
    if (proposal := _proposal(told)) is None:
        return None
    found = union(
        followers_of(FollowedKind.THEME, proposal.theme_id),
        followers_of_hits("proposal", proposal.id),
    ).subquery()
    (person_id,) = found.c
    of_round = followers_of(FollowedKind.ROUND, proposal.round_id)
    people = select(person_id).where(person_id.not_in(of_round))
    if proposal.author_id is not None:
        people = people.where(person_id != proposal.author_id)
    return Telling(people, {"proposal": proposal, "addresses": _of_proposal(proposal)})


def _revised(told: Broadcast, _now: datetime) -> Telling | None:
    if (proposal := _proposal(told)) is None:
        return None
    people = _but(followers_of(FollowedKind.PROPOSAL, proposal.id), proposal.author_id)
    return Telling(people, {"proposal": proposal, "addresses": _of_proposal(proposal)})


def _discussed(told: Broadcast, _now: datetime) -> Telling | None:
    comment = db.session.get_one(Comment, told.about_id, populate_existing=True)
    proposal = db.session.get_one(Proposal, told.detail_id)
    if comment.state is not State.PUBLISHED or proposal.state is not State.PUBLISHED:
        return None
    answered = db.session.get(Comment, comment.parent_id) if comment.parent_id else None
    people = _but(
        followers_of(FollowedKind.PROPOSAL, proposal.id),
        comment.author_id, proposal.author_id, answered.author_id if answered else None,
    )  # fmt: skip
    is_open = proposal.round.readers is Readers.EVERYONE
    facts = {
        "comment": comment,
        "proposal": proposal,
        "said": excerpt(comment.body, EXCERPT) if is_open else "",
        "who": comment.author.display_name if comment.author else "",
        "addresses": _of_proposal(proposal, f"comment-{comment.number}", comment=comment.number),
    }
    return Telling(people, facts)


def _grew(told: Broadcast, _now: datetime) -> Telling:
    round_ = db.session.get_one(Round, told.about_id)
    facts = {
        "round": round_,
        "number": told.detail_id,
        "addresses": addresses_of("proposals.index", round_slug=round_.slug),
    }
    return Telling(followers_of(FollowedKind.ROUND, round_.id), facts)


PLANS: dict[str, BroadcastPlanner] = {
    NEW: _new,
    REVISED: _revised,
    DISCUSSED: _discussed,
    GREW: _grew,
}
"""Whom the broadcasts of each kind tell, and what."""
