"""A round as lines of the interchange format: what the public sees, or all that was handed in.

The public export names no person: who wrote something is for the people who work on the plan, and
positions are public as counts only. The complete export is for the command line; imported
elsewhere and exported again it gives the same lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    func,
    select,
    true,
    union,
)
from sqlalchemy.orm import aliased

from consult.consultation.comments.models import Comment, CommentKind, ContributionState
from consult.consultation.plans.models import Theme
from consult.consultation.proposals.models import TEXT_FIELDS, Origin, PositionHistory, Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db, table_of
from consult.foundation.core.languages import pick
from consult.foundation.core.money import money_for_file
from consult.interfaces.exchange.format.lines import (
    CommentLine,
    ParticipantLine,
    ProposalLine,
    RoundLine,
)
from consult.interfaces.exchange.format.problems import LinePlace
from consult.interfaces.exchange.models import ImportedId
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation

Columns = TypeVarTuple("Columns")
BATCH = 500
PUBLISHED = ContributionState.PUBLISHED
DRAFT = ContributionState.DRAFT

_ALIAS = re.compile(r"Alias [0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4})+")
NOWHERE = LinePlace("export")


@dataclass(frozen=True)
class Export:
    """Which round to export, how much of it, and where it comes from if it was not imported."""

    round: Round
    complete: bool = False
    origin: str = "Consult"


def rows_of(statement: Select[*Columns]) -> Iterator[Row[*Columns]]:
    """Read the rows of a statement, some at a time."""
    return iter(db.session.execute(statement.execution_options(yield_per=BATCH)))


def source_of(
    kind: str, local: SQLColumnExpression[int | None]
) -> tuple[type[ImportedId], ColumnElement[bool]]:
    """Return the table of the source's ids for one type of row, and the condition to join it by."""
    table = aliased(ImportedId)
    return table, and_(table.kind == kind, table.local_id == local)


def public_proposal() -> ColumnElement[bool]:
    """Say which proposals the public sees."""
    return Proposal.state == PUBLISHED


def public_comment() -> ColumnElement[bool]:
    """Say which comments the public sees: published ones on published proposals."""
    return and_(Comment.state == PUBLISHED, Proposal.state == PUBLISHED)


def round_line(export: Export) -> RoundLine:
    """Return the line of the round itself."""
    round_ = export.round
    title, language = pick(round_.title, "nl")
    source_id = db.session.scalar(
        select(ImportedId.external_id).where(
            ImportedId.kind == "round", ImportedId.local_id == round_.id
        )
    )
    return RoundLine(
        place=NOWHERE,
        id=source_id or round_.slug,
        title=title,
        kind=round_.kind,
        language=language,
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        source=round_.source or export.origin,
    )


def participants(export: Export) -> Iterator[ParticipantLine]:
    """Yield everybody who took part; nobody in the public export."""
    if not export.complete:
        return
    id_ = export.round.id
    here = union(
        select(Proposal.author_id).where(Proposal.round_id == id_, Proposal.state != DRAFT),
        select(Comment.author_id).where(Comment.round_id == id_, Comment.state != DRAFT),
        select(PositionHistory.person_id).join(
            Proposal, and_(Proposal.id == PositionHistory.proposal_id, Proposal.round_id == id_)
        ),
        select(ImportedId.local_id).where(
            ImportedId.round_id == id_, ImportedId.kind == "participant"
        ),
    ).subquery()
    source, joined = source_of("participant", Person.id)
    rows = rows_of(
        select(Person.public_id, Person.display_name, Person.imported, source)
        .outerjoin(source, joined)
        .where(Person.id.in_(select(here.c[0])))
        .order_by(Person.id)
    )
    for public_id, name, imported, traced in rows:
        remains = (traced and traced.remains) or {}
        yield ParticipantLine(
            place=NOWHERE,
            id=traced.external_id if traced else public_id,
            name=None if imported and _ALIAS.fullmatch(name) else name,
            **remains,
        )


def body_and_fields(row: Row[*tuple[object, ...]]) -> tuple[str, dict[str, str] | None]:
    """Return the body of a proposal's line (its action, else its first text) and its fields."""
    prose = {name: getattr(row, name) for name in TEXT_FIELDS[1:]}
    body_name = next((n for n in ("action", *prose) if prose[n].strip()), None)
    fields = {name: text for name, text in prose.items() if text.strip() and name != body_name}
    if row.origin is not Origin.NEW:
        fields["origin"] = str(row.origin)
    for name in ("possible_holder", "period"):
        if value := getattr(row, name):
            fields[name] = value
    if (cents := row.amount_cents) is not None:
        fields["amount"] = money_for_file(cents)
    return prose[body_name] if body_name else row.title, fields or None


def _proposals(export: Export) -> Select[*tuple[object, ...]]:
    source, joined = source_of("proposal", Proposal.id)
    writer, wrote = source_of("participant", Proposal.author_id)
    return (
        select(
            *table_of(Proposal).columns,
            func.coalesce(source.external_id, Proposal.public_id).label("source_id"),
            func.coalesce(writer.external_id, Person.public_id).label("writer"),
            func.coalesce(Organisation.name, Proposal.on_behalf_of).label("behalf"),
            Theme.slug.label("theme"),
        )
        .select_from(Proposal)
        .outerjoin(source, joined)
        .outerjoin(Person, Person.id == Proposal.author_id)
        .outerjoin(writer, wrote)
        .outerjoin(Organisation, Organisation.id == Proposal.organisation_id)
        .outerjoin(Theme, Theme.id == Proposal.theme_id)
        .where(Proposal.round_id == export.round.id, Proposal.state != DRAFT)
        .where(true() if export.complete else public_proposal())
        .order_by(Proposal.id)
    )


def proposals(export: Export) -> Iterator[tuple[ProposalLine, Row[*tuple[object, ...]]]]:
    """Yield the proposals of an export, each with its row (number, counts, outcome)."""
    for row in rows_of(_proposals(export)):
        body, fields = body_and_fields(row)
        line = ProposalLine(
            place=NOWHERE,
            id=row.source_id,
            author=row.writer if export.complete else None,
            organisation=row.behalf or None,
            language=row.language,
            title=row.title,
            body=body,
            fields=fields,
            theme=row.theme,
            created_at=row.created_at if export.complete else row.arrived_at,
            status=row.state,
            source=row.source,
        )
        yield line, row


def _comments(
    export: Export,
) -> Select[str, str, str, str, CommentKind, str, datetime, ContributionState]:
    parent = aliased(Comment)
    shown = true() if export.complete else parent.state == PUBLISHED
    source, joined = source_of("comment", Comment.id)
    above, parent_joined = source_of("comment", parent.id)
    subject, subject_joined = source_of("proposal", Proposal.id)
    writer, wrote = source_of("participant", Comment.author_id)
    return (
        select(
            func.coalesce(source.external_id, Comment.public_id),
            func.coalesce(subject.external_id, Proposal.public_id),
            func.coalesce(above.external_id, parent.public_id),
            func.coalesce(writer.external_id, Person.public_id),
            Comment.kind,
            Comment.body,
            Comment.arrived_at,
            Comment.state,
        )
        .select_from(Comment)
        .join(Proposal, Proposal.thread_id == Comment.thread_id)
        .outerjoin(parent, and_(parent.id == Comment.parent_id, shown))
        .outerjoin(source, joined)
        .outerjoin(above, parent_joined)
        .outerjoin(subject, subject_joined)
        .outerjoin(Person, Person.id == Comment.author_id)
        .outerjoin(writer, wrote)
        .where(Comment.round_id == export.round.id, Comment.state != DRAFT)
        .where(Proposal.state != DRAFT if export.complete else public_comment())
        .order_by(Comment.id)
    )


def comments(export: Export) -> Iterator[CommentLine]:
    """Yield the comments of an export; in the public one no answer leads to a hidden comment."""
    for id_, proposal, parent, author, kind, body, at, state in rows_of(_comments(export)):
        yield CommentLine(
            place=NOWHERE,
            id=id_,
            proposal=proposal,
            parent=parent,
            author=author if export.complete else None,
            kind=kind,
            body=body,
            created_at=at,
            status=state,
        )
