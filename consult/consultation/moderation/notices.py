"""Telling who moderates that something arrived.

Of what came late, or is to be read and not published, who organises; of the latter no message holds
the text, nor its title.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Report
from consult.consultation.moderation.queries import discussed
from consult.consultation.plans.models import PlanRole
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.addresses import address_of
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.broadcasts import tell_once
from consult.foundation.notifications.services import notify
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can
from consult.people.accounts.models import Person
from consult.people.accounts.recipients import as_reader

PROPOSAL = "queue-proposal"
COMMENT = "queue-comment"
REPORTED = "queue-report"


_DECIDES = {
    State.PENDING: Action.CONTRIBUTION_PUBLISH,
    State.PUBLISHED: Action.CONTRIBUTION_KEEP,
    State.LATE: Action.CONTRIBUTION_ADMIT,
}
"""What a contribution waits for, by its state; the table says who does that."""


def _still_waits(
    reader: Person | None, contribution: Proposal | Comment | None, now: datetime
) -> bool:
    if reader is None or contribution is None or contribution.author_id == reader.id:
        return False
    if contribution.state is State.NOT_FOR_PUBLICATION:
        organises = can(reader, Action.ROUND_VIEW_DESK, contribution.round, now)
        return organises and can(reader, Action.PROPOSAL_READ_TEXT, contribution, now)
    action = _DECIDES.get(contribution.state)
    return action is not None and can(reader, action, contribution, now)


def proposal_still_waits(person_id: int, proposal_id: int, now: datetime) -> bool:
    """Whether a proposal still waits for a decision of this person, or for their eyes only."""
    return _still_waits(as_reader(person_id), db.session.get(Proposal, proposal_id), now)


def comment_still_waits(person_id: int, comment_id: int, now: datetime) -> bool:
    """Whether a comment still waits for a decision of this person, or for their eyes only."""
    return _still_waits(as_reader(person_id), db.session.get(Comment, comment_id), now)


def tell_moderators(payload: Mapping[str, object], now: datetime) -> None:
    """Notify those whom it concerns of what arrived, once for each text, but not its author."""
    contribution: Proposal | Comment | None = (
        db.session.get(Proposal, payload["id"])
        if payload["kind"] == "proposal"
        else db.session.get(Comment, payload["id"])
    )
    if contribution is None:
        return
    with unit_of_work():
        key = f"arrived:{payload['kind']}:{contribution.id}:{payload['text']}"
        if not tell_once(key, "queue", now):
            return
        late = contribution.state is State.LATE
        for person in _who_works_on(contribution.round.plan_id):
            if _still_waits(person, contribution, now):
                _tell(person, contribution, now, late=late)


def _who_works_on(plan_id: int) -> Sequence[Person]:
    with_a_role = select(PlanRole.person_id).where(
        PlanRole.plan_id == plan_id, PlanRole.ended_at.is_(None)
    )
    people = select(Person).where(Person.id.in_(with_a_role)).order_by(Person.id)
    found = db.session.scalars(people.execution_options(populate_existing=True)).all()
    for one in found:
        one.forget_grants()  # roles as they are now
    return found


def _tell(person: Person, contribution: Proposal | Comment, now: datetime, *, late: bool) -> None:
    is_proposal = isinstance(contribution, Proposal)
    kind = "proposal" if is_proposal else "comment"
    notify(
        person, PROPOSAL if is_proposal else COMMENT, now,
        contribution=contribution,
        proposal=contribution if isinstance(contribution, Proposal) else discussed(contribution),
        is_proposal=is_proposal,
        late=late,
        shown=contribution.state is State.PUBLISHED,
        unpublished=contribution.not_for_publication,
        address=address_of(
            "moderation.item", person.language, kind=kind, public_id=contribution.public_id
        ),
    )  # fmt: skip


def report_still_waits(person_id: int, report_id: int, now: datetime) -> bool:
    """Whether a report still waits for an answer that this person gives."""
    reader, report = as_reader(person_id), db.session.get(Report, report_id)
    if reader is None or report is None or report.settled_at is not None:
        return False
    return can(reader, Action.REPORTS_DISMISS, report.proposal or report.comment, now)


def tell_of_report(payload: Mapping[str, object], now: datetime) -> None:
    """Notify those who can answer a report, once; nobody else hears of it."""
    report = db.session.get(Report, payload["report"])
    if report is None:
        return
    with unit_of_work():
        if not tell_once(f"report:{report.id}", REPORTED, now):
            return
        contribution = report.proposal or report.comment
        if contribution is None:
            return
        kind = "proposal" if report.proposal else "comment"
        for person in _who_works_on(contribution.round.plan_id):
            if not report_still_waits(person.id, report.id, now):
                continue
            notify(
                person, REPORTED, now,
                report=report,
                address=address_of(
                    "moderation.item", person.language, kind=kind,
                    public_id=contribution.public_id,
                ),
            )  # fmt: skip
