"""Reports: somebody says that a public text does not belong here; a moderator looks, and answers.

A report is open until a moderator decides about the text, or says why it stays. Who reported is
told what became of it, once. Nobody but who moderates sees that, what or by whom was reported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, joinedload

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Report, ReportKind, ReportOutcome
from consult.consultation.moderation.queries import discussed, report_waits
from consult.consultation.moderation.subjects import about, keys_of
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput
from consult.foundation.core.pages import Keyset, Page
from consult.foundation.core.people import SYSTEM, Actor
from consult.foundation.core.text import clean_text
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import enqueue
from consult.foundation.notifications.services import notify
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure

ANSWERED = "report-answered"


def report_contribution(
    actor: Actor, contribution: Proposal | Comment, kind: ReportKind, sentence: str, now: datetime
) -> Report:
    """Tell the moderators that a public text does not belong here, and why.

    Raises InvalidInput without a sentence, and Conflict where this person reported it already and
    nobody has looked yet.
    """
    ensure(actor, Action.CONTRIBUTION_REPORT, contribution, now)
    sentence = clean_text(sentence)
    if not sentence:
        text = _l("Say in a sentence what is wrong.")
        help_ = _l("A moderator reads it, and nobody else.")
        raise InvalidInput(text, help_, errors={"sentence": text})
    mine = select(Report.id).where(
        about(Report, contribution),
        Report.reported_by_id == actor.actor_id,
        Report.settled_at.is_(None),
    )
    if db.session.scalar(mine.limit(1)) is not None:
        raise Conflict(
            _l("You reported this already."), _l("A moderator looks at it, and you hear from them.")
        )
    made = Report(
        **keys_of(contribution),
        kind=kind,
        sentence=sentence,
        reported_by_id=actor.actor_id,
        reported_at=now,
    )
    db.session.add(made)
    db.session.flush()
    enqueue("contribution-reported", {"report": made.id}, now)
    return made


def open_reports(contribution: Proposal | Comment) -> Sequence[Report]:
    """Return the reports about a contribution that nobody answered yet, with who made them."""
    return db.session.scalars(
        select(Report)
        .where(about(Report, contribution), Report.settled_at.is_(None))
        .options(joinedload(Report.reported_by))
        .order_by(Report.id)
    ).all()


def settle_reports(
    actor: Actor,
    contribution: Proposal | Comment,
    outcome: ReportOutcome,
    answer: str,
    now: datetime,
) -> int:
    """Answer the open reports about a contribution, tell who made them, and return how many.

    The caller asked the policy.
    """
    found = open_reports(contribution)
    is_proposal = isinstance(contribution, Proposal)
    proposal = contribution if isinstance(contribution, Proposal) else discussed(contribution)
    for one in found:
        one.outcome, one.answer = outcome, answer
        one.settled_at, one.settled_by_id = now, actor.actor_id
        notify(
            one.reported_by, ANSWERED, now,
            report=one,
            reported=proposal,  # not as what it is about: no line may say its title
            comment=None if is_proposal else contribution,
            stays=outcome is ReportOutcome.STAYS,
        )  # fmt: skip
    return len(found)


def dismiss_reports(
    actor: Actor, contribution: Proposal | Comment, answer: str, now: datetime
) -> int:
    """Say to who reported a text why it stays, and return how many were told.

    Raises InvalidInput without a reason, and Conflict where somebody answered them already.
    """
    ensure(actor, Action.REPORTS_DISMISS, contribution, now)
    answer = clean_text(answer)
    if not answer:
        text = _l("Say why it stays.")
        help_ = _l("Who reported it reads this.")
        raise InvalidInput(text, help_, errors={"answer": text})
    told = settle_reports(actor, contribution, ReportOutcome.STAYS, answer, now)
    if not told:
        raise Conflict(_l("Somebody answered these reports already."))
    return told


def settle_withdrawn(_payload: Mapping[str, object], now: datetime) -> None:
    """Tell who reported a text that its author withdrew it, before a moderator answered."""
    rows = db.session.scalars(
        select(Report)
        .outerjoin(Proposal, Proposal.id == Report.proposal_id)
        .outerjoin(Comment, Comment.id == Report.comment_id)
        .where(
            Report.settled_at.is_(None),
            or_(Proposal.state == State.WITHDRAWN, Comment.state == State.WITHDRAWN),
        )
    ).all()
    withdrawn = {one.proposal or one.comment for one in rows}
    with unit_of_work():
        for contribution in withdrawn:
            if contribution is not None:
                settle_reports(SYSTEM, contribution, ReportOutcome.TAKEN_AWAY, "", now)


@dataclass(frozen=True)
class ReportedText:
    """A contribution with open reports, as the list of reports shows it."""

    kind: str
    public_id: str
    number: int
    comment_number: int | None
    title: str
    language: str
    round_title: dict[str, str]
    reports: int
    since: datetime


def reported_texts(plan_ids: frozenset[int], cursor: str | None = None) -> Page[ReportedText]:
    """Return a page of what was reported in some plans, what was reported first on top."""
    on_comment = aliased(Proposal)
    first = (
        select(
            func.min(Report.id).label("first"),
            func.count().label("reports"),
            func.min(Report.reported_at).label("since"),
        )
        .join(Round, Round.id == Report.round_id)
        .outerjoin(Proposal, Proposal.id == Report.proposal_id)
        .outerjoin(Comment, Comment.id == Report.comment_id)
        .where(report_waits(), Round.plan_id.in_(plan_ids))
        .group_by(Report.proposal_id, Report.comment_id)
        .subquery()
    )
    statement = (
        select(
            Proposal.public_id, Comment.public_id,
            func.coalesce(Proposal.number, on_comment.number), Comment.number,
            func.coalesce(Proposal.title, on_comment.title),
            func.coalesce(Proposal.language, on_comment.language),
            Round.title, first.c.reports, first.c.since,
        )
        .join(first, first.c.first == Report.id)
        .join(Round, Round.id == Report.round_id)
        .outerjoin(Proposal, Proposal.id == Report.proposal_id)
        .outerjoin(Comment, Comment.id == Report.comment_id)
        .outerjoin(on_comment, on_comment.thread_id == Comment.thread_id)
    )  # fmt: skip
    return Keyset(Report.id).page(statement, cursor, make=_row)


def _row(
    proposal_id: str | None, comment_id: str | None, number: int, comment_number: int | None,
    title: str, language: str, round_title: dict[str, str], reports: int, since: datetime,
) -> ReportedText:  # fmt: skip
    kind = "comment" if comment_id else "proposal"
    return ReportedText(
        kind, comment_id or proposal_id or "", number, comment_number, title, language,
        round_title, reports, since,
    )  # fmt: skip
