"""Composition: everything a plan document says, in order and in words, before any layout.

Both kinds of document are written from this, so they cannot differ in what they say.
"""

from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from consult.foundation.core.languages import language_name
from consult.foundation.core.templating import day, exact_moment, money
from consult.interfaces.publishing.documents.content import (
    CommitmentEntry,
    Letterhead,
    PlanDocument,
    Prose,
    SourceLink,
    ThemeChapter,
)
from consult.interfaces.publishing.documents.letters import clean_line
from consult.interfaces.publishing.documents.prose import (
    Block,
    Items,
    Paragraph,
    Span,
    parse_prose,
    safe_address,
    spoken_in,
)

FOOTER = 80
"""Signs of the title that a footer has room for."""
REGIONS = {"nl": "NL", "en": "GB"}


@dataclass(frozen=True)
class Fact:
    """A label and what stands beside it; `code` where every sign counts."""

    label: str
    value: str
    href: str | None = None
    code: bool = False


@dataclass(frozen=True)
class DocumentPart:
    """A heading with prose under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Passage:
    """One commitment."""

    label: str
    title: str
    facts: tuple[Fact, ...]
    parts: tuple[DocumentPart, ...]


@dataclass(frozen=True)
class Chapter:
    """One theme; `empty` is the sentence for a theme without commitments."""

    label: str
    title: str
    blocks: tuple[Block, ...]
    commitments: tuple[Passage, ...]
    empty: str


@dataclass(frozen=True)
class Overview:
    """All commitments in one table."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Composition:
    """A whole document: cover, contents, introduction, overview, chapters and colophon."""

    language: str
    region: str
    title: str
    subtitle: str
    term: str
    cover: tuple[Fact, ...]
    contents: str
    introduction: DocumentPart | None
    note: tuple[Block, ...]
    overview: Overview | None
    chapters: tuple[Chapter, ...]
    empty: str
    about: DocumentPart
    footer: str
    missing: str
    publisher: Letterhead


def compose(document: PlanDocument) -> Composition:
    """Put a plan into words, in the document's language whatever language the reader has.

    Outside an application there are no translations and the words are English.
    """
    with force_locale(document.language):
        return _composed(document)


def _composed(document: PlanDocument) -> Composition:
    title = clean_line(document.title) or _("Plan")
    note = tuple(block for text in document.notes for block in blocks_of(text))
    introduction = blocks_of(document.introduction)
    version = document.version_number
    frozen = "" if version is None else _("Version %(number)s", number=version)
    return Composition(
        language=document.language,
        region=REGIONS[document.language],
        title=title,
        subtitle=clean_line(document.subtitle),
        term=period(document.term_from, document.term_until),
        cover=_cover(document),
        contents=_("Contents"),
        introduction=DocumentPart(_("Introduction"), introduction)
        if introduction or note
        else None,
        note=note,
        overview=_overview(document.themes),
        chapters=tuple(_chapter(theme) for theme in document.themes),
        empty="" if document.themes else _("This plan has no themes and no commitments yet."),
        about=_about(document),
        footer=" · ".join(filter(None, (clean_line(title, FOOTER), frozen))),
        missing=missing_signs(),
        publisher=document.publisher,
    )


def blocks_of(text: Prose) -> tuple[Block, ...]:
    """Return a text as blocks; one that is not translated says so first, and in which language."""
    if isinstance(text, str):
        return parse_prose(text)
    name = language_name(text.language)
    said = _("Not translated. This text is in %(language)s.", language=name)
    known = text.language if text.language in REGIONS else None
    blocks = (spoken_in(known, block) for block in parse_prose(text.text))
    return (Paragraph((Span(said, emphasis=True),)), *blocks)


def missing_signs() -> str:
    """Return the sentence about signs that the letters of a document lack."""
    return str(
        _(
            "Some signs cannot be shown in this file. In their place stands %(sign)s; "
            "the page on the web shows them.",
            sign="\ufffd",
        )
    )


def period(start: date | None, end: date | None) -> str:
    """Write a period in words; nothing where neither day is known."""
    if start and end:
        return f"{day(start)} – {day(end)}"  # noqa: RUF001
    if start:
        return str(_("From %(day)s", day=day(start)))
    return str(_("Until %(day)s", day=day(end))) if end else ""


def _cover(document: PlanDocument) -> tuple[Fact, ...]:
    number, address = document.version_number, clean_line(document.web_address)
    living = _("The plan as it stood when this file was made")
    found = (
        Fact(_("Publisher"), clean_line(document.publisher.name)),
        Fact(_("Version"), living if number is None else str(number)),
        Fact(_("Frozen on"), exact_moment(document.frozen_at)),
        Fact(_("Taken on"), exact_moment(document.as_of) if not document.frozen_at else ""),
        Fact(_("On the web"), address, safe_address(document.web_address)),
        Fact(_("Digest (SHA-256)"), clean_line(document.digest or ""), code=True),
    )
    return tuple(fact for fact in found if fact.value)


def _overview(themes: tuple[ThemeChapter, ...]) -> Overview | None:
    rows = tuple(
        (
            str(entry.number),
            clean_line(entry.title),
            clean_line(entry.holder or "") or _("Not known yet"),
            str(entry.ends_on.year) if entry.ends_on else _("Not known yet"),
        )
        for theme in themes
        for entry in theme.commitments
    )
    columns = (_("Number"), _("Commitment"), _("Holder"), _("Until"))
    return Overview(_("All commitments at a glance"), columns, rows) if rows else None


def _chapter(theme: ThemeChapter) -> Chapter:
    return Chapter(
        label=_("Theme %(number)s", number=theme.number) if theme.number else "",
        title=clean_line(theme.title) if theme.number else _("Without a theme"),
        blocks=blocks_of(theme.description),
        commitments=tuple(_passage(entry) for entry in theme.commitments),
        empty="" if theme.commitments else _("No commitments under this theme yet."),
    )


def _passage(entry: CommitmentEntry) -> Passage:
    texts = (
        (_("The problem"), entry.problem),
        (_("What was done, and what will be done"), entry.description),
        (_("What will be different"), entry.results),
        (_("How it opens government"), entry.relevance),
        (_("Where the money comes from"), entry.funding),
    )
    parts = tuple(DocumentPart(heading, blocks_of(text)) for heading, text in texts)
    return Passage(
        label=_("Commitment %(number)s", number=entry.number),
        title=clean_line(entry.title),
        facts=_facts(entry),
        parts=(*(part for part in parts if part.blocks), _sources(entry.sources)),
    )


def _facts(entry: CommitmentEntry) -> tuple[Fact, ...]:
    unknown = _("Not known yet")
    partners = (clean_line(name) for name in entry.partners)
    found = (
        Fact(_("Holder"), clean_line(entry.holder or "") or unknown),
        Fact(_("Partners"), ", ".join(name for name in partners if name)),
        Fact(_("Period"), period(entry.starts_on, entry.ends_on) or unknown),
        Fact(_("New or existing"), clean_line(entry.origin)),
        Fact(_("From the programme"), money(entry.amount_cents)),
    )
    return tuple(fact for fact in found if fact.value)


def _sources(sources: tuple[SourceLink, ...]) -> DocumentPart:
    items = tuple((Paragraph((_source(source),)),) for source in sources)
    sentence = Paragraph((Span(_("This commitment was not made from a proposal.")),))
    return DocumentPart(_("Made from these proposals"), (Items(items),) if items else (sentence,))


def _source(source: SourceLink) -> Span:
    label = clean_line(source.label) or clean_line(source.address)
    language = source.language if source.language in REGIONS else None
    return Span(label, href=safe_address(source.address), language=language)


def _about(document: PlanDocument) -> DocumentPart:
    if document.version_number is None:
        sentences = [
            _("This file shows the plan as it stood when the file was made. The plan can change."),
            _("The page on the web always shows the plan as it is now."),
        ]
    elif document.omissions:
        sentences = [
            _(
                "This file shows version %(number)s of the plan, without what was left out later. "
                "The digest on the cover is that of the text before that.",
                number=document.version_number,
            ),
            *document.omissions,
        ]
    else:
        sentences = [
            _(
                "This file shows version %(number)s of the plan. The text of this version can no "
                "longer change.",
                number=document.version_number,
            ),
            _(
                "Anyone can check that: download the frozen text from the web, compute its "
                "SHA-256 and compare the outcome with the digest on the cover."
            ),
        ]
    return DocumentPart(
        _("About this document"), tuple(Paragraph((Span(text),)) for text in sentences)
    )


def listed_headings(composed: Composition) -> list[tuple[int, str, str]]:
    """Return (level, label, title) of everything that the table of contents lists, in order."""
    found = []
    if composed.introduction:
        found.append((1, "", composed.introduction.heading))
    if composed.overview:
        found.append((1, "", composed.overview.heading))
    for chapter in composed.chapters:
        found.append((1, chapter.label, chapter.title))
        found += [(2, passage.label, passage.title) for passage in chapter.commitments]
    return [*found, (1, "", composed.about.heading)]
