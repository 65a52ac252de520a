"""What the public may know and read of the rows that events speak of: here, for all of them.

It decides nothing of its own: it asks the policy table for the anonymous reader, as the pages do.
"""

import enum
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.models import Decision, Redaction
from consult.consultation.plans.models import Plan, Theme
from consult.consultation.proposals.models import Proposal, ProposalVersion
from consult.consultation.rounds.models import DateMove, Round, RoundBody
from consult.consultation.theme_rounds.models import ThemeChange
from consult.foundation.core.db import Base, db
from consult.foundation.core.people import Anonymous
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can
from consult.outcomes.approvals.models import Omission, PlanVersion
from consult.outcomes.approvals.omissions import active_omissions
from consult.outcomes.commitments.models import Commitment, CommitmentSource
from consult.outcomes.responses.models import Correction, Response
from consult.outcomes.summaries.models import Citation, Summary, SummarySection
from consult.people.publisher.models import Publisher

_ANYBODY = Anonymous()


class Openness(enum.IntEnum):
    """How much of a row the public gets."""

    CLOSED = 0
    """Nobody may know of it."""
    KNOWN = 1
    """That it is there is public, and what it says is not."""
    SHOWN = 2
    """What it says stands on a public page."""


Judge = Callable[[Any, datetime], Openness]
PARENTS: Mapping[str, type[Base]] = {
    "round_id": Round,
    "proposal_id": Proposal,
    "comment_id": Comment,
    "decision_id": Decision,
    "commitment_id": Commitment,
    "response_id": Response,
    "summary_id": Summary,
    "section_id": SummarySection,
}
"""Of what a row is judged by, the column that names it: whoever judges many reads these at once."""


def _always(_row: object, _now: datetime) -> Openness:
    return Openness.SHOWN


def _may(action: Action, subject: object, now: datetime) -> bool:
    return can(_ANYBODY, action, subject, now)


def _read_by(action: Action) -> Judge:
    def judge(row: object, now: datetime) -> Openness:
        return Openness.SHOWN if _may(action, row, now) else Openness.CLOSED

    return judge


def _contribution(row: Proposal | Comment, now: datetime) -> Openness:
    if _may(Action.PROPOSAL_READ_TEXT, row, now):
        return Openness.SHOWN
    return Openness.KNOWN if _may(Action.PROPOSAL_READ, row, now) else Openness.CLOSED


def _version(row: PlanVersion, _now: datetime) -> Openness:
    # What is left out may still stand in the row; `proof.json` opens the others one by one.
    return Openness.KNOWN if active_omissions(row) else Openness.SHOWN


def _text_before(row: ProposalVersion, now: datetime) -> Openness:
    return min(Openness.KNOWN, _of(Proposal, row.proposal_id, now))


def _decision(row: Decision, now: datetime) -> Openness:
    about = row.proposal or row.comment
    if about is None or openness_of(about, now) is Openness.CLOSED:
        return Openness.CLOSED
    log_is_public = _may(Action.MODERATION_READ_LOG, about.round, now)
    return Openness.SHOWN if log_is_public else Openness.CLOSED


def _response(row: Response, now: datetime) -> Openness:
    published = row.published_at is not None
    return _of(Proposal, row.proposal_id, now) if published else Openness.CLOSED


def _of(model: type[Base], id_: int, now: datetime) -> Openness:
    row = db.session.get(model, id_)
    return openness_of(row, now) if row is not None else Openness.CLOSED


def _source(row: CommitmentSource, now: datetime) -> Openness:
    made = _of(Commitment, row.commitment_id, now)
    return min(made, max(Openness.KNOWN, _of(Proposal, row.proposal_id, now)))


_JUDGES: Mapping[type[Base], Judge] = {
    Publisher: _always,
    Plan: _always,
    Theme: _always,
    PlanVersion: _version,
    Omission: _always,
    Round: _read_by(Action.ROUND_READ),
    DateMove: lambda row, now: _of(Round, row.round_id, now),
    RoundBody: lambda row, now: _of(Round, row.round_id, now),
    Proposal: _contribution,
    ProposalVersion: _text_before,
    Comment: _contribution,
    Decision: _decision,
    Redaction: lambda row, now: _of(Decision, row.decision_id, now),
    Response: _response,
    Correction: lambda row, now: _of(Response, row.response_id, now),
    Commitment: _read_by(Action.COMMITMENT_READ),
    CommitmentSource: _source,
    Summary: _read_by(Action.SUMMARY_READ),
    SummarySection: lambda row, now: _of(Summary, row.summary_id, now),
    ThemeChange: lambda row, now: _of(Round, row.round_id, now),
    Citation: lambda row, now: _of(SummarySection, row.section_id, now),
}


def openness_of(row: Base, now: datetime) -> Openness:
    """Return how much of a row the public gets now; nothing of a table that is not named here.

    A comment is judged by itself: the proposal that it is about must be judged beside it.
    """
    judge = _JUDGES.get(type(row))
    return judge(row, now) if judge else Openness.CLOSED
