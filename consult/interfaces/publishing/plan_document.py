"""From the plain data of a plan (approvals.plan_content) to a document in one language."""

from datetime import date

from flask import url_for

from consult.consultation.proposals.models import Origin
from consult.foundation.core.labels import label
from consult.foundation.core.languages import pick
from consult.interfaces.publishing.documents.content import (
    CommitmentEntry,
    Letterhead,
    PlanDocument,
    SourceLink,
    ThemeChapter,
    prose_in,
)
from consult.outcomes.approvals.contents import (
    CommitmentContent,
    PlanContent,
    SourceContent,
    ThemeContent,
)
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.approvals.omissions import omission_lines


def document_of(
    content: PlanContent,
    language: str,
    address: str,
    base: str,
    publisher: Letterhead,
    version: PlanVersion | None = None,
) -> PlanDocument:
    """Make the document of a plan, or of a frozen version of it, in one language.

    `address` is where the living plan stands, `base` the public address of the site. A text that
    is missing in the language stands in the one it has.
    """
    return PlanDocument(
        title=_text(content["title"], language),
        subtitle=(content.get("label") or "") if version else "",
        language=language,
        term_from=date.fromisoformat(content["starts_on"]),
        term_until=date.fromisoformat(content["ends_on"]),
        introduction=prose_in(content["introduction"], language),
        notes=(
            prose_in(content["disclaimer"], language),
            prose_in(content["related_plan"], language),
        ),
        web_address=address,
        publisher=publisher,
        version_number=version.number if version else None,
        frozen_at=version.frozen_at if version else None,
        digest=version.digest if version else None,
        omissions=tuple(
            f"{field}: {sentence} {one.reason}".strip()
            for field, sentence, one in (omission_lines(version, content) if version else ())
        ),
        themes=tuple(_chapter(theme, language, base) for theme in content["themes"]),
    )


def _text(texts: dict[str, str], language: str) -> str:
    return pick(texts, language)[0]


def _chapter(theme: ThemeContent, language: str, base: str) -> ThemeChapter:
    return ThemeChapter(
        number=theme["number"],
        title=_text(theme["title"], language),
        description=prose_in(theme["description"], language),
        commitments=tuple(_entry(one, language, base) for one in theme["commitments"]),
    )


def _entry(commitment: CommitmentContent, language: str, base: str) -> CommitmentEntry:
    return CommitmentEntry(
        number=commitment["number"],
        title=_text(commitment["title"], language),
        holder=commitment["holder"],
        partners=tuple(p.strip() for p in commitment["partners"].split(",") if p.strip()),
        starts_on=_day(commitment["starts_on"]),
        ends_on=_day(commitment["ends_on"]),
        origin=str(label(Origin(commitment["origin"]))),
        problem=prose_in(commitment["problem"], language),
        description=prose_in(commitment["description"], language),
        results=prose_in(commitment["results"], language),
        relevance=prose_in(commitment["relevance"], language),
        funding=prose_in(commitment["funding"], language),
        amount_cents=commitment["amount_cents"],
        sources=tuple(_source(source, base) for source in commitment["sources"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _source(source: SourceContent, base: str) -> SourceLink:
    page = url_for("publishing.proposal", round_slug=source["round"], number=source["number"])
    return SourceLink(
        label=f"#{source['number']} {source['title']}",
        address=base + page,
        language=source["language"],
    )
