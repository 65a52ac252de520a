"""A reading copy of a round: its numbers, and at most a thousand proposals, for who reads on paper.

It holds what everybody may read, and no comments: those are in the data formats (exchange). It
takes seconds and up to 200 MiB, so a page asks a job for it.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Row, func, select

from consult.consultation.proposals.models import TEXT_FIELDS, Proposal, Stance
from consult.consultation.proposals.queries import public_proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.labels import label
from consult.foundation.core.languages import in_all_languages, pick, reader_language
from consult.interfaces.exchange.exporting.files import export_of
from consult.interfaces.exchange.exporting.lines import Export, first_proposals
from consult.interfaces.exchange.exporting.reading_guide import counted
from consult.interfaces.publishing.documents.composition import Composition
from consult.interfaces.publishing.documents.content import prose_in, text_of
from consult.interfaces.publishing.documents.open_text import odt_of
from consult.interfaces.publishing.documents.pdf import pdf_of
from consult.interfaces.publishing.documents.round_composition import (
    LONGEST_PROPOSAL,
    compose_round,
)
from consult.interfaces.publishing.documents.round_content import (
    AnsweredProposal,
    Counts,
    CountTable,
    RoundDocument,
)
from consult.interfaces.publishing.documents.word import docx_of
from consult.interfaces.publishing.letterhead import letterhead
from consult.outcomes.responses.models import Outcome
from consult.outcomes.summaries.queries import Share, shares_by_sector, shares_by_theme
from consult.people.organisations.models import Sector

MOST_PROPOSALS = 1000


@dataclass(frozen=True)
class CopyKind:
    """A kind of reading copy: how it is written, and what there is room for in 200 MiB."""

    write: Callable[[Composition, datetime | None], bytes]
    signs: int = 2_000_000
    """Of all proposals together."""
    each: int = 0
    """Signs that a proposal costs beside its text: headings, facts, a place in the contents."""


COPIES = {
    "docx": CopyKind(docx_of),
    "odt": CopyKind(odt_of),
    # typst keeps every letter of every page until the end: 330 bytes for each sign.
    "pdf": CopyKind(pdf_of, signs=450_000, each=650),
}
"""The kinds of reading copies, by the ends of their names."""


def make_reading_copy(
    round_: Round, kind: str, path: Path, now: datetime, *, language: str | None = None
) -> None:
    """Write a reading copy of a round to a path.

    Whether somebody may read the round is for the caller to ask (`find_round`).
    """
    export = export_of(round_, now, language=language)
    document = round_document(export, now, COPIES[kind])
    path.write_bytes(COPIES[kind].write(compose_round(document), now))


def round_document(export: Export, now: datetime, kind: CopyKind) -> RoundDocument:
    """Gather what a reading copy says, in the language of the export."""
    round_ = export.round
    with force_locale(export.language):
        themes = {one.key: pick(_titles(one))[0] for one in shares_by_theme(round_.id)}
        with closing(first_proposals(export, MOST_PROPOSALS)) as rows:
            entries = (_proposal(row, themes, export.address) for row in rows)
            proposals = tuple(_with_room(entries, kind))
        return RoundDocument(
            title=export.title,
            language=export.language,
            plan=pick(round_.plan.title)[0],
            term=(local_day(round_.opens_at), local_day(round_.closes_at))
            if round_.dates_known
            else None,
            address=export.address,
            source=round_.source or export.origin,
            licence=export.granted,
            made_at=now,
            counts=tuple(counted(export)),
            tables=_tables(round_),
            outcomes=_outcomes(round_),
            proposals=proposals,
            published=round_.tally.published,
            comments=round_.tally.comments,
            publisher=letterhead(export.language),
        )


def _with_room(entries: Iterator[AnsweredProposal], kind: CopyKind) -> Iterator[AnsweredProposal]:
    """Yield proposals as long as there is room for the next one, whole."""
    left = kind.signs
    for entry in entries:
        said = sum(len(text) for _heading, text in entry.texts) + len(text_of(entry.answer))
        left -= kind.each + min(said, LONGEST_PROPOSAL)
        if left < 0:
            return
        yield entry


def _titles(share: Share) -> dict[str, str] | None:
    return share.label if isinstance(share.label, dict) else None


def _tables(round_: Round) -> tuple[CountTable, ...]:
    themes = (
        (pick(_titles(one))[0] or _("Without a theme"), one.proposals, one.comments)
        for one in shares_by_theme(round_.id)
    )
    sectors = (
        (
            str(label(Sector(str(one.key)))) if one.key else _("No organisation"),
            one.proposals,
            one.comments,
        )
        for one in shares_by_sector(round_.id)
    )
    return (
        CountTable(heading=_("By theme"), rows=tuple(sorted(themes))),
        CountTable(heading=_("By sector"), rows=tuple(sorted(sectors))),
    )


def _outcomes(round_: Round) -> Counts:
    counted_by = db.session.execute(
        select(Proposal.outcome, func.count())
        .where(Proposal.round_id == round_.id, public_proposal())
        .group_by(Proposal.outcome)
    ).all()
    found: dict[str | None, int] = {row[0]: row[1] for row in counted_by}
    named = [(str(label(one)), found[one]) for one in Outcome if one in found]
    return (*named, (_("Not answered yet"), found[None])) if None in found else tuple(named)


def _proposal(
    row: Row[*tuple[object, ...]], themes: dict[object, str], address: str
) -> AnsweredProposal:
    headings = (
        _("The problem"),
        _("What should be done"),
        _("What will be different"),
        _("How it opens government"),
    )
    texts = zip(headings, (getattr(row, name) for name in TEXT_FIELDS[1:]), strict=True)
    positions = zip(
        Stance,
        (row.support_count, row.neutral_count, row.object_count, row.pass_count),
        strict=True,
    )
    said = in_all_languages(row.answer_language, row.answer or "", row.answer_translations)
    return AnsweredProposal(
        number=row.number or 0,
        title=row.title,
        handed_in=row.arrived_at,
        address=f"{address}/proposals/{row.number}",
        organisation=row.behalf or "",
        theme=themes.get(row.theme_id, ""),
        texts=tuple((heading, text) for heading, text in texts if text.strip()),
        positions=tuple((str(label(stance)), number) for stance, number in positions if number),
        comments=row.comment_count,
        outcome=str(label(Outcome(row.outcome))) if row.outcome else "",
        answer=prose_in(said, reader_language()),
        answered_by=row.answer_author or "",
        answered_at=row.answered_at,
    )
