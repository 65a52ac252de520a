"""Reading across the whole chain, for pages that show all of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Select, String, cast, literal, null, select, type_coerce, union_all
from sqlalchemy.orm import joinedload

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Decision
from consult.consultation.plans.models import Plan, PlanBody
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round, RoundBody
from consult.foundation.core.db import db
from consult.foundation.core.languages import Texts, in_all_languages
from consult.foundation.record.models import Event
from consult.outcomes.commitments.models import Commitment, CommitmentSource
from consult.outcomes.responses.models import Correction, Response
from consult.outcomes.summaries.models import Citation, Summary, SummarySection
from consult.people.organisations.models import Body


@dataclass(frozen=True)
class Link:
    """One thing that happened to a proposal after it was handed in."""

    kind: str
    at: datetime | None
    name: str
    text: str
    localized: tuple[tuple[str, str], ...]
    """The title of a commitment, or an answer in others than its own language."""
    number: int | None
    language: str = ""
    before: str = ""
    """For a correction: the answer as it was."""
    by: str = ""
    """Who gave an answer, where the source of an import says so."""

    @property
    def texts(self) -> Texts:
        """The title of a commitment, in each language."""
        return dict(self.localized)

    @property
    def reasons(self) -> Texts:
        """The reason of an answer, or of one as it was, in each language."""
        reason = self.before if self.kind == "correction" else self.text
        return in_all_languages(self.language, reason, self.texts)


def links_of(proposal_id: int) -> list[Link]:
    """Return the decisions about a proposal, its response, where it is cited and what it became.

    One statement, in order of time: the chain as a reader follows it.
    """
    statement = union_all(
        _made(proposal_id),
        _decided(proposal_id),
        _cited(proposal_id),
        _answered(proposal_id),
        _corrected(proposal_id),
    )
    links = list(dict.fromkeys(_link(tuple(row)) for row in db.session.execute(statement)))
    return sorted(links, key=lambda link: (link.at is None, link.at))


def _link(row: tuple[Any, ...]) -> Link:
    kind, at, name, text, texts, number, *more = row
    localized = tuple(sorted(texts.items())) if texts else ()
    return Link(kind, at, name, text, localized, number, *more)


def _made(proposal_id: int) -> Select[*tuple[object, ...]]:
    return (
        select(
            literal("commitment").label("kind"),
            Commitment.published_at.label("at"),
            Plan.slug.label("name"),
            literal("").label("text"),
            type_coerce(Commitment.title, JSON).label("texts"),
            Commitment.number.label("number"),
            literal("").label("language"),
            literal("").label("before"),
            literal("").label("by"),
        )
        .join(CommitmentSource, CommitmentSource.commitment_id == Commitment.id)
        .join(Plan, Plan.id == Commitment.plan_id)
        .where(CommitmentSource.proposal_id == proposal_id, Commitment.published_at.is_not(None))
    )


def _decided(proposal_id: int) -> Select[*tuple[object, ...]]:
    return select(
        literal("decision"),
        Decision.decided_at,
        cast(Decision.verb, String),
        Decision.reason,
        cast(null(), JSON),
        cast(null(), Commitment.number.type),
        literal(""),
        literal(""),
        literal(""),
    ).where(Decision.proposal_id == proposal_id)


def _cited(proposal_id: int) -> Select[*tuple[object, ...]]:
    return (
        select(
            literal("citation"),
            Summary.published_at,
            Round.slug,
            literal(""),
            cast(null(), JSON),
            cast(null(), Commitment.number.type),
            literal(""),
            literal(""),
            literal(""),
        )
        .join(SummarySection, SummarySection.summary_id == Summary.id)
        .join(Citation, Citation.section_id == SummarySection.id)
        .join(Round, Round.id == Summary.round_id)
        .where(
            Citation.proposal_id == proposal_id,
            Citation.comment_id.is_(None),
            Summary.published_at.is_not(None),
        )
    )


def _answered(proposal_id: int) -> Select[*tuple[object, ...]]:
    return select(
        literal("response"),
        Response.given_at,
        cast(Response.outcome, String),
        Response.reason,
        type_coerce(Response.translations, JSON),
        cast(null(), Commitment.number.type),
        Response.language,
        literal(""),
        Response.given_by,
    ).where(Response.proposal_id == proposal_id, Response.published_at.is_not(None))


def _corrected(proposal_id: int) -> Select[*tuple[object, ...]]:
    return (
        select(
            literal("correction"),
            Correction.corrected_at,
            cast(Correction.outcome, String),
            Correction.because,
            type_coerce(Correction.translations, JSON),
            cast(null(), Commitment.number.type),
            Correction.language,
            Correction.reason,
            literal(""),
        )
        .join(Response, Response.id == Correction.response_id)
        .where(Response.proposal_id == proposal_id)
    )


@dataclass(frozen=True)
class Received:
    """What a receipt is for: where it stands, and whether it is public already."""

    round_slug: str
    number: int
    comment_number: int | None
    state: State


def contribution_of(event: Event) -> Received | None:
    """Return the proposal or comment that an event is about; None for anything else."""
    if event.subject_type == "proposal":
        on_proposal = (
            select(Round.slug, Proposal.number, Proposal.state)
            .join(Proposal, Proposal.round_id == Round.id)
            .where(Proposal.id == event.subject_id)
        )
        found = db.session.execute(on_proposal).one_or_none()
        return Received(found[0], found[1] or 0, None, found[2]) if found else None
    if event.subject_type == "comment":
        on_comment = (
            select(Round.slug, Proposal.number, Comment.number, Comment.state)
            .join(Proposal, Proposal.round_id == Round.id)
            .join(Comment, Comment.thread_id == Proposal.thread_id)
            .where(Comment.id == event.subject_id)
        )
        row = db.session.execute(on_comment).one_or_none()
        return Received(row[0], row[1] or 0, row[2], row[3]) if row else None
    return None


def plans_with_rounds() -> list[tuple[Plan, list[Round]]]:
    """Return every plan with its announced rounds, the newest of both first."""
    plans = db.session.scalars(select(Plan).order_by(Plan.starts_on.desc(), Plan.id)).all()
    rounds = db.session.scalars(
        select(Round)
        .where(Round.published_at.is_not(None))
        .options(joinedload(Round.tally), joinedload(Round.bodies).joinedload(RoundBody.body))
        .order_by(Round.opens_at.desc())
    ).unique()
    by_plan: dict[int, list[Round]] = {}
    for round_ in rounds:
        by_plan.setdefault(round_.plan_id, []).append(round_)
    return [(plan, by_plan.get(plan.id, [])) for plan in plans]


def rounds_of(plan_id: int) -> list[Round]:
    """Return the announced rounds of a plan, the newest first."""
    rounds = db.session.scalars(
        select(Round)
        .where(Round.plan_id == plan_id, Round.published_at.is_not(None))
        .options(joinedload(Round.tally), joinedload(Round.bodies).joinedload(RoundBody.body))
        .order_by(Round.opens_at.desc())
    ).unique()
    return list(rounds)


def bodies_of_plan(plan_id: int) -> list[Body]:
    """Return the bodies that take part in a plan, in their order."""
    return list(
        db.session.scalars(
            select(Body)
            .join(PlanBody, PlanBody.body_id == Body.id)
            .where(PlanBody.plan_id == plan_id)
            .order_by(PlanBody.position)
        )
    )
