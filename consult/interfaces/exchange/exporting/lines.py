"""A round as lines of the interchange format: what the public sees, or all that was handed in.

The public export names no person: who wrote something is for the people who work on the plan, and
positions are public as counts only. The complete export is for organisers and the platform;
imported elsewhere and exported again it gives the same lines.
"""

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
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

from consult.consultation.comments.models import Comment, ContributionState
from consult.consultation.plans.models import Theme
from consult.consultation.proposals.models import (
    TEXT_FIELDS,
    PositionHistory,
    Proposal,
    Stance,
)
from consult.consultation.proposals.queries import public_comment, public_proposal
from consult.consultation.rounds.models import Round
from consult.consultation.theme_rounds.models import ThemeChange
from consult.foundation.core.db import db, table_of
from consult.foundation.core.languages import pick
from consult.foundation.core.money import money_for_file
from consult.interfaces.exchange.format.lines import (
    CommentLine,
    LocalizedText,
    ParticipantLine,
    ProposalLine,
    RoundLine,
    ThemeLine,
)
from consult.interfaces.exchange.format.problems import LinePlace
from consult.interfaces.exchange.format.schema import NEWEST
from consult.interfaces.exchange.models import ImportedId
from consult.outcomes.responses.models import Response
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation

Columns = TypeVarTuple("Columns")
BATCH = 500
PUBLISHED = ContributionState.PUBLISHED
DRAFT = ContributionState.DRAFT

_ALIAS = re.compile(r"Alias [0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4})+")
NOWHERE = LinePlace("export")
_PUBLIC_ANSWER = Response.published_at.is_not(None)


@dataclass(frozen=True)
class Export:
    """Which round to export, how much of it, and where it comes from if it was not imported."""

    round: Round
    complete: bool = False
    origin: str = "Consult"
    address: str = ""
    """Where the round stands on the web."""
    licence: str = ""
    """Under which licence a public export may be used again."""
    language: str = "nl"
    """Of the sentences in a file: what it is, and what its columns hold."""
    made_at: datetime | None = None
    publisher: str = "Consult"
    """Whom the properties of a file name as its author."""

    @property
    def title(self) -> str:
        """The title of the round, in the language of the file if it has one."""
        return pick(self.round.title, self.language)[0] or self.round.slug

    @property
    def granted(self) -> str:
        """The licence that stands in the file; none where it names people."""
        return "" if self.complete else self.licence


def rows_of(statement: Select[*Columns]) -> Iterator[Row[*Columns]]:
    """Read the rows of a statement, some at a time."""
    return iter(db.session.execute(statement.execution_options(yield_per=BATCH)))


def source_of(
    kind: str, local: SQLColumnExpression[int | None]
) -> tuple[type[ImportedId], ColumnElement[bool]]:
    """Return the table of the source's ids for one type of row, and the condition to join it by."""
    table = aliased(ImportedId)
    return table, and_(table.kind == kind, table.local_id == local)


def round_language(round_: Round) -> str:
    """Return the language of a round: the one that its title is in, Dutch before others."""
    return pick(round_.title, "nl")[1]


def round_line(export: Export) -> RoundLine:
    """Return the line of the round itself."""
    round_ = export.round
    language = round_language(round_)
    source_id = db.session.scalar(
        select(ImportedId.external_id).where(
            ImportedId.kind == "round", ImportedId.local_id == round_.id
        )
    )
    return RoundLine(
        place=NOWHERE,
        version=NEWEST,
        id=source_id or round_.slug,
        title=texts_of(round_.title, language) or round_.slug,
        kind=round_.kind,
        language=language,
        opens_at=round_.opens_at if round_.dates_known else None,
        closes_at=round_.closes_at if round_.dates_known else None,
        source=round_.source or export.origin,
        url=round_.source_url or None,
        introduction=texts_of(round_.introduction, language),
        questions=texts_of(round_.questions, language),
        moderation=round_.moderation,
        answered_at=round_.answered_at,
    )


TALLIED = (
    "received", "pending", "published", "returned", "hidden", "withdrawn", "late", "comments",
    "comments_pending", "comments_late", "not_for_publication", "comments_not_for_publication",
)  # fmt: skip


def totals(export: Export) -> dict[str, int]:
    """Return how many contributions a round received, and what became of them.

    A public export needs them: it leaves out what was returned, hidden or withdrawn.
    """
    tally = export.round.tally
    return {name: getattr(tally, name) for name in TALLIED}


def texts_of(said: Mapping[str, str], language: str) -> LocalizedText | None:
    """Return a text as files hold it: alone where it is in the language of the round only."""
    found = {code: text for code, text in said.items() if text.strip()}
    return found[language] if found.keys() == {language} else found or None


def themes(export: Export) -> Iterator[ThemeLine]:
    """Yield the themes that the proposals of an export name, and that the round changed."""
    language = round_language(export.round)
    used: CompoundSelect[int | None] = union(
        select(Proposal.theme_id).where(Proposal.round_id == export.round.id, *_shown(export)),
        select(ThemeChange.theme_id).where(ThemeChange.round_id == export.round.id),
    )
    name = name_of_theme(export)
    statement = select(name, Theme.title).where(Theme.id.in_(used)).order_by(name)
    for id_, title in rows_of(statement):
        yield ThemeLine(place=NOWHERE, id=id_, title=texts_of(title, language) or id_)


def name_of_theme(export: Export) -> ColumnElement[str]:
    """Say what a theme is called in the file of a round: by the id of its source, or its slug."""
    in_file = (
        select(func.min(ImportedId.external_id))
        .where(
            ImportedId.round_id == export.round.id,
            ImportedId.kind == "theme",
            ImportedId.local_id == Theme.id,
        )
        .correlate(Theme)
    )
    return func.coalesce(in_file.scalar_subquery(), Theme.slug)


def _shown(export: Export) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Proposal.state != DRAFT, true() if export.complete else public_proposal()


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
        yield ParticipantLine(
            place=NOWHERE,
            id=traced.external_id if traced else public_id,
            name=None if imported and _ALIAS.fullmatch(name) else name,
            **((traced and traced.remains) or {}),
        )


def body_and_fields(row: Row[*tuple[object, ...]]) -> tuple[str | None, dict[str, str] | None]:
    """Return the body of a proposal's line, which is its action, and its other fields."""
    prose = {name: getattr(row, name) for name in TEXT_FIELDS[1:]}
    fields = {name: text for name, text in prose.items() if text.strip()}
    body = fields.pop("action", None)
    if row.origin is not None:
        fields["origin"] = str(row.origin)
    for name in ("possible_holder", "period"):
        if value := getattr(row, name):
            fields[name] = value
    if (cents := row.amount_cents) is not None:
        fields["amount"] = money_for_file(cents)
    return body, fields or None


def _proposals(export: Export) -> Select[*tuple[object, ...]]:
    source, joined = source_of("proposal", Proposal.id)
    writer, wrote = source_of("participant", Proposal.author_id)
    earlier = aliased(Proposal)
    shown = true() if export.complete else earlier.state == PUBLISHED
    before, continued = source_of("proposal", earlier.id)
    return (
        select(
            *table_of(Proposal).columns,
            func.coalesce(source.external_id, Proposal.public_id).label("source_id"),
            func.coalesce(before.external_id, earlier.public_id).label("continues"),
            func.coalesce(writer.external_id, Person.public_id).label("writer"),
            func.coalesce(Organisation.name, Proposal.on_behalf_of).label("behalf"),
            name_of_theme(export).label("theme"),
            Response.reason.label("answer"),
            Response.language.label("answer_language"),
            Response.translations.label("answer_translations"),
            Response.given_by.label("answer_author"),
            Response.given_at.label("answered_at"),
        )
        .select_from(Proposal)
        .outerjoin(Response, and_(Response.proposal_id == Proposal.id, _PUBLIC_ANSWER))
        .outerjoin(source, joined)
        .outerjoin(
            earlier,
            and_(earlier.id == Proposal.continues_id, earlier.round_id == Proposal.round_id, shown),
        )
        .outerjoin(before, continued)
        .outerjoin(Person, Person.id == Proposal.author_id)
        .outerjoin(writer, wrote)
        .outerjoin(Organisation, Organisation.id == Proposal.organisation_id)
        .outerjoin(Theme, Theme.id == Proposal.theme_id)
        .where(Proposal.round_id == export.round.id, *_shown(export))
        .order_by(Proposal.id)
    )


def _totals(row: Row[*tuple[object, ...]]) -> dict[Stance, int] | None:
    counted = {
        Stance.SUPPORT: row.counted_support,
        Stance.NEUTRAL: row.counted_neutral,
        Stance.OBJECT: row.counted_object,
    }
    return {stance: number for stance, number in counted.items() if number is not None} or None


def first_proposals(export: Export, most: int) -> Generator[Row[*tuple[object, ...]]]:
    """Yield the rows of the proposals with the lowest numbers; who breaks off closes it."""
    statement = _proposals(export).order_by(None).order_by(Proposal.number, Proposal.id)
    some = statement.limit(most).execution_options(yield_per=BATCH)
    with db.session.execute(some) as rows:
        yield from rows


def proposals(export: Export) -> Iterator[tuple[ProposalLine, Row[*tuple[object, ...]]]]:
    """Yield the proposals of an export, each with its row (number, counts, answer)."""
    for row in rows_of(_proposals(export)):
        body, fields = body_and_fields(row)
        began = row.created_at if export.complete else row.arrived_at
        line = ProposalLine(
            place=NOWHERE,
            id=row.source_id,
            reference=row.reference or None,
            url=row.source_url or None,
            author=row.writer if export.complete else None,
            author_role=row.author_role,
            organisation=row.behalf or None,
            language=row.language,
            title=row.title,
            body=body,
            fields=fields,
            theme=row.theme,
            continues=row.continues,
            scope=row.scope or None,
            links=row.links or None,
            totals=_totals(row),
            created_at=began,
            published_at=row.published_at if row.published_at != began else None,
            status=row.state,
            not_for_publication=_why_kept(export, row),
            source=row.source,
            source_note=row.source_note or None,
            source_date=row.source_date,
            shown=row.shown_count or None,
        )
        yield line, row


def _why_kept(export: Export, row: Row[*tuple[object, ...]]) -> str | None:
    """Return why a contribution is not for publication; in a complete export only."""
    if not (export.complete and row.not_for_publication):
        return None
    return row.not_for_publication_reason or None


def _comments(export: Export) -> Select[*tuple[object, ...]]:
    parent = aliased(Comment)
    shown = true() if export.complete else parent.state == PUBLISHED
    source, joined = source_of("comment", Comment.id)
    above, parent_joined = source_of("comment", parent.id)
    subject, subject_joined = source_of("proposal", Proposal.id)
    writer, wrote = source_of("participant", Comment.author_id)
    return (
        select(
            *table_of(Comment).columns,
            func.coalesce(source.external_id, Comment.public_id).label("source_id"),
            func.coalesce(subject.external_id, Proposal.public_id).label("subject"),
            Proposal.number.label("about"),
            func.coalesce(above.external_id, parent.public_id).label("parent"),
            func.coalesce(writer.external_id, Person.public_id).label("writer"),
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
    return (line for line, _ in numbered_comments(export))


def numbered_comments(export: Export) -> Iterator[tuple[CommentLine, int | None]]:
    """Yield the comments of an export, each with the number of its proposal."""
    language = round_language(export.round)
    for row in rows_of(_comments(export)):
        line = CommentLine(
            place=NOWHERE,
            id=row.source_id,
            proposal=row.subject,
            parent=row.parent,
            url=row.source_url or None,
            author=row.writer if export.complete else None,
            author_role=row.author_role,
            language=row.language if row.language != language else None,
            kind=row.kind,
            alignment=row.alignment,
            likes=row.likes,
            dislikes=row.dislikes,
            body=row.body,
            created_at=row.arrived_at,
            status=row.state,
            not_for_publication=_why_kept(export, row),
        )
        yield line, row.about
