"""Positions, decisions and responses of a round, as lines of the interchange format."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, true
from sqlalchemy.orm import aliased

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.models import Decision, Ground, Verb
from consult.consultation.plans.models import Theme
from consult.consultation.proposals.models import Position, PositionHistory, Proposal, Stance
from consult.consultation.theme_rounds.models import ThemeChange
from consult.foundation.core.languages import in_all_languages
from consult.interfaces.exchange.exporting.lines import (
    DRAFT,
    NOWHERE,
    PUBLISHED,
    Export,
    name_of_theme,
    round_language,
    rows_of,
    source_of,
    texts_of,
)
from consult.interfaces.exchange.format.keys import MADE
from consult.interfaces.exchange.format.lines import (
    DecisionLine,
    DecisionVerb,
    PositionLine,
    ResponseLine,
    Subject,
    SubjectType,
    ThemeChangeLine,
)
from consult.interfaces.exchange.format.schema import build
from consult.interfaces.exchange.importing.outcomes import UNDATED
from consult.interfaces.exchange.models import ImportedId
from consult.outcomes.responses.models import Response
from consult.people.accounts.models import Person
from consult.people.organisations.models import Sector


def _positions(
    export: Export,
) -> Select[str | None, dict[str, Any] | None, str, str, Stance, str, datetime, Sector | None]:
    source, joined = source_of("position", PositionHistory.id)
    subject, subject_joined = source_of("proposal", Proposal.id)
    who, who_joined = source_of("participant", PositionHistory.person_id)
    return (
        select(
            source.external_id,
            source.remains,
            func.coalesce(subject.external_id, Proposal.public_id),
            func.coalesce(who.external_id, Person.public_id),
            PositionHistory.stance,
            PositionHistory.reason,
            PositionHistory.taken_at,
            Position.sector,
        )
        .select_from(PositionHistory)
        .outerjoin(
            Position,
            and_(
                Position.proposal_id == PositionHistory.proposal_id,
                Position.person_id == PositionHistory.person_id,
                Position.taken_at == PositionHistory.taken_at,
            ),
        )
        .join(Proposal, Proposal.id == PositionHistory.proposal_id)
        .join(Person, Person.id == PositionHistory.person_id)
        .outerjoin(source, joined)
        .outerjoin(subject, subject_joined)
        .outerjoin(who, who_joined)
        .where(Proposal.round_id == export.round.id, Proposal.state != DRAFT)
        .order_by(PositionHistory.taken_at, PositionHistory.id)
    )


def positions(export: Export) -> Iterator[PositionLine]:
    """Yield every position that was taken; the public sees their counts only."""
    if not export.complete:
        return
    for id_, remains, proposal, person, stance, reason, at, counts_for in rows_of(
        _positions(export)
    ):
        # Of an imported one the sector may be that of its participant, whose line says so.
        sector = counts_for if id_ is None else (remains or {}).get("sector")
        yield PositionLine(
            place=NOWHERE,
            id=None if id_ is None or id_.startswith(MADE) else id_,
            proposal=proposal,
            participant=person,
            value=stance,
            reason=reason or None,
            sector=Sector(sector) if sector else None,
            created_at=None if remains and UNDATED in remains else at,
        )


def _decisions(
    export: Export,
) -> Select[int | None, str, str, Verb, Ground | None, str, datetime | None]:
    on_proposal = aliased(Proposal)
    source, joined = source_of("proposal", Decision.proposal_id)
    comment_source, comment_joined = source_of("comment", Decision.comment_id)
    seen = or_(
        Proposal.state == PUBLISHED,
        and_(Comment.state == PUBLISHED, on_proposal.state == PUBLISHED),
    )
    handed_in = and_(
        or_(Proposal.id.is_(None), Proposal.state != DRAFT),
        or_(Comment.id.is_(None), and_(Comment.state != DRAFT, on_proposal.state != DRAFT)),
    )
    return (
        select(
            Decision.comment_id,
            func.coalesce(source.external_id, Proposal.public_id),
            func.coalesce(comment_source.external_id, Comment.public_id),
            Decision.verb,
            Decision.ground,
            Decision.reason,
            Decision.decided_at,
        )
        .select_from(Decision)
        .outerjoin(Proposal, Proposal.id == Decision.proposal_id)
        .outerjoin(Comment, Comment.id == Decision.comment_id)
        .outerjoin(on_proposal, on_proposal.thread_id == Comment.thread_id)
        .outerjoin(source, joined)
        .outerjoin(comment_source, comment_joined)
        .where(Decision.round_id == export.round.id)
        .where(handed_in if export.complete else seen)
        .order_by(Decision.id)
    )


def decisions(export: Export) -> Iterator[DecisionLine]:
    """Yield the decisions about what is in the export, and what authors withdrew themselves."""
    for on_comment, proposal, comment, verb, ground, reason, at in rows_of(_decisions(export)):
        yield DecisionLine(
            place=NOWHERE,
            subject=Subject(SubjectType.COMMENT, comment)
            if on_comment
            else Subject(SubjectType.PROPOSAL, proposal),
            verb=DecisionVerb(verb),
            ground=ground,
            reason=reason or None,
            created_at=at,
        )
    if export.complete:
        yield from _withdrawn(export)


def _withdrawn(export: Export) -> Iterator[DecisionLine]:
    statement = (
        select(ImportedId)
        .where(ImportedId.round_id == export.round.id, ImportedId.kind == "decision")
        .order_by(ImportedId.id)
    )
    for (row,) in rows_of(statement):
        # What was decided has a row of its own; only a withdrawal keeps all it said here.
        line = build(row.remains, NOWHERE) if row.remains else None
        if isinstance(line, DecisionLine):
            yield line


def responses(export: Export) -> Iterator[ResponseLine]:
    """Yield the published responses to what is in the export."""
    source, joined = source_of("proposal", Proposal.id)
    statement = (
        select(
            func.coalesce(source.external_id, Proposal.public_id),
            Response.outcome,
            Response.reason,
            Response.language,
            Response.translations,
            Response.given_by,
            Response.given_at,
        )
        .select_from(Response)
        .join(Proposal, Proposal.id == Response.proposal_id)
        .outerjoin(source, joined)
        .where(Response.round_id == export.round.id, Response.published_at.is_not(None))
        .where(Proposal.state != DRAFT)
        .where(true() if export.complete else Proposal.state == PUBLISHED)
        .order_by(Response.id)
    )
    for proposal, outcome, reason, language, translations, author, at in rows_of(statement):
        yield ResponseLine(
            place=NOWHERE,
            subject=Subject(SubjectType.PROPOSAL, proposal),
            outcome=outcome,
            reason=texts_of(in_all_languages(language, reason, translations), language),
            language=language,
            author=author or None,
            created_at=at,
        )


def theme_changes(export: Export) -> Iterator[ThemeChangeLine]:
    """Yield what became of the themes of the plan after a round about them."""
    language = round_language(export.round)
    source, joined = source_of("proposal", Proposal.id)
    statement = (
        select(
            name_of_theme(export),
            func.coalesce(source.external_id, Proposal.public_id),
            ThemeChange.was,
            ThemeChange.becomes,
            ThemeChange.reason,
            ThemeChange.changed_at,
        )
        .select_from(ThemeChange)
        .join(Theme, Theme.id == ThemeChange.theme_id)
        .outerjoin(Proposal, Proposal.id == ThemeChange.proposal_id)
        .outerjoin(source, joined)
        .where(ThemeChange.round_id == export.round.id)
        .order_by(ThemeChange.id)
    )
    for theme, proposal, was, becomes, reason, at in rows_of(statement):
        yield ThemeChangeLine(
            place=NOWHERE,
            theme=theme,
            proposal=proposal,
            was=texts_of(was, language),
            becomes=texts_of(becomes, language),
            reason=reason,
            created_at=at,
        )
