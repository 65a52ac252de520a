"""Small factories: a stored thing in the state a test needs, with its counts right."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from consult.comments.models import Comment, CommentKind, ContributionState, Thread
from consult.core.db import db
from consult.core.unit_of_work import unit_of_work
from consult.proposals.models import Proposal
from consult.rounds.models import Round, RoundTally
from tests.cast import person
from tests.world import NOON

SHOWN = {ContributionState.PUBLISHED, ContributionState.HIDDEN, ContributionState.WITHDRAWN}


def find_round(slug: str) -> Round:
    """Give a round of the world by its slug."""
    found: Round | None = db.session.scalar(select(Round).where(Round.slug == slug))
    assert found is not None
    return found


def make_proposal(
    slug: str = "open",
    state: ContributionState = ContributionState.PUBLISHED,
    *,
    author: str = "pia",
    at: datetime = NOON,
    **fields: Any,
) -> Proposal:
    """Store a proposal of somebody of the cast in a round of the world."""
    with unit_of_work():
        round_ = find_round(slug)
        tally = db.session.get_one(RoundTally, round_.id)
        thread = Thread(round_id=round_.id)
        db.session.add(thread)
        db.session.flush()
        draft = state is ContributionState.DRAFT
        number = None if draft else tally.next_number
        made = Proposal(
            round_id=round_.id,
            thread_id=thread.id,
            number=number,
            author_id=person(author).id,
            state=state,
            created_at=at,
            saved_at=at,
            arrived_at=None if draft else at,
            published_at=at if state in SHOWN else None,
            reviewed_at=at if state in SHOWN else None,
            **{
                "language": "nl",
                "title": "Een begrijpelijke besluitenlijst",
                "problem": "Besluiten zijn moeilijk te vinden.",
                "action": "Zet alle besluiten op één plek.",
                "result": "Iedereen vindt een besluit binnen een minuut.",
                "openness": "Besluiten worden openbaar.",
                **fields,
            },
        )
        db.session.add(made)
        if not draft:
            tally.next_number += 1
            name = state.value
            setattr(tally, name, getattr(tally, name) + 1)
            if state is not ContributionState.LATE:
                tally.received += 1
    return made


def make_comment(
    proposal: Proposal,
    state: ContributionState = ContributionState.PUBLISHED,
    *,
    author: str = "lotte",
    at: datetime = NOON,
    parent: Comment | None = None,
    **fields: Any,
) -> Comment:
    """Store a comment of somebody of the cast on a proposal."""
    with unit_of_work():
        thread = db.session.get_one(Thread, proposal.thread_id)
        tally = db.session.get_one(RoundTally, proposal.round_id)
        made = Comment(
            thread_id=thread.id,
            round_id=proposal.round_id,
            number=thread.next_number,
            parent_id=parent.id if parent else None,
            root_id=(parent.root_id or parent.id) if parent else None,
            depth=parent.depth + 1 if parent else 0,
            author_id=person(author).id,
            state=state,
            arrived_at=at,
            published_at=at if state in SHOWN else None,
            reviewed_at=at if state in SHOWN else None,
            **{
                "kind": CommentKind.REACTION,
                "body": "Goed idee.",
                "language": "nl",
                **fields,
            },
        )
        thread.next_number += 1
        db.session.add(made)
        if state is ContributionState.PUBLISHED:
            thread.comment_count += 1
            tally.comments += 1
            db.session.get_one(Proposal, proposal.id).comment_count += 1
        elif state is ContributionState.PENDING:
            tally.comments_pending += 1
        elif state is ContributionState.LATE:
            tally.comments_late += 1
    return made
