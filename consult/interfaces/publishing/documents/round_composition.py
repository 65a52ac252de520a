"""The composition of a reading copy: everything it says of a round, before any layout."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flask_babel import force_locale
from flask_babel import gettext as _

from consult.foundation.core.templating import day, exact_moment
from consult.interfaces.publishing.documents.composition import (
    FOOTER,
    REGIONS,
    Chapter,
    Composition,
    DocumentPart,
    Fact,
    Passage,
    blocks_of,
    missing_signs,
    period,
)
from consult.interfaces.publishing.documents.content import text_of
from consult.interfaces.publishing.documents.letters import clean_line
from consult.interfaces.publishing.documents.prose import (
    Block,
    Heading,
    Paragraph,
    Span,
    Table,
    parse_prose,
    safe_address,
)
from consult.interfaces.publishing.documents.round_content import (
    AnsweredProposal,
    Counts,
    CountTable,
    RoundDocument,
)

LONGEST_PROPOSAL = 20_000
"""Signs of one proposal with its answer, about ten pages; what is longer is cut, and says so."""


def compose_round(document: RoundDocument) -> Composition:
    """Put a round into words, in the document's language whatever language the reader has."""
    with force_locale(document.language):
        return _composed(document)


def _composed(document: RoundDocument) -> Composition:
    title = clean_line(document.title) or _("Round")
    chapter = Chapter(
        label="",
        title=_("Proposals"),
        blocks=(),
        commitments=tuple(_passage(one) for one in document.proposals),
        empty="" if document.proposals else _("There are no published proposals."),
    )
    return Composition(
        language=document.language,
        region=REGIONS[document.language],
        title=title,
        subtitle=clean_line(document.plan),
        term=period(*document.term) if document.term else _("When it was held is not known"),
        cover=_cover(document),
        contents=_("Contents"),
        introduction=DocumentPart(_("What this copy holds"), _what_it_holds(document)),
        note=(),
        overview=None,
        chapters=(_numbers(document), chapter),
        empty="",
        about=DocumentPart(_("About this document"), _about(document)),
        footer=clean_line(title, FOOTER),
        missing=missing_signs(),
        publisher=document.publisher,
    )


def _cover(document: RoundDocument) -> tuple[Fact, ...]:
    found = (
        Fact(_("Publisher"), clean_line(document.publisher.name)),
        Fact(_("Made on"), exact_moment(document.made_at)),
        Fact(_("On the web"), document.address, safe_address(document.address)),
        Fact(_("Source"), clean_line(document.source)),
        Fact(_("Licence"), clean_line(document.licence)),
    )
    return tuple(fact for fact in found if fact.value)


def _sentences(*texts: str) -> tuple[Block, ...]:
    return tuple(Paragraph((Span(text),)) for text in texts if text)


def _what_it_holds(document: RoundDocument) -> tuple[Block, ...]:
    here = len(document.proposals)
    left_out = document.published - here
    proposals = (
        _(
            "It holds the %(here)s proposals with the lowest numbers. The other %(left)s published "
            "proposals are left out.",
            here=here,
            left=left_out,
        )
        if left_out
        else _("It holds all %(here)s published proposals.", here=here)
    )
    comments = _("The %(count)s published comments are left out.", count=document.comments)
    where = Paragraph(
        (
            Span(_("What is left out stands at") + " "),
            Span(document.address, href=safe_address(document.address)),
            Span("."),
        )
    )
    return (*_sentences(_("This is a copy to read."), proposals, comments), where)


def _numbers(document: RoundDocument) -> Chapter:
    blocks = [
        *_counted(_("What was received"), document.counts),
        *_counted(_("What became of it"), document.outcomes),
    ]
    for table in document.tables:
        blocks += _table(table)
    return Chapter(
        label="", title=_("The round in numbers"), blocks=tuple(blocks), commitments=(), empty=""
    )


def _counted(heading: str, counts: Counts) -> Iterator[Block]:
    if counts:
        header = ((Span(heading),), (Span(_("How many")),))
        yield Heading((Span(heading),))
        yield Table(header, tuple(_cells(name, number) for name, number in counts))


def _table(table: CountTable) -> Iterator[Block]:
    if table.rows:
        header = ((Span(table.heading),), (Span(_("Proposals")),), (Span(_("Comments")),))
        yield Heading((Span(table.heading),))
        yield Table(header, tuple(_cells(*row) for row in table.rows))


def _cells(name: str, *numbers: int) -> tuple[tuple[Span, ...], ...]:
    return ((Span(clean_line(name)),), *((Span(str(number)),) for number in numbers))


def _passage(entry: AnsweredProposal) -> Passage:
    texts = list(_within(entry.texts, LONGEST_PROPOSAL, entry.address))
    parts = [DocumentPart(heading, parse_prose(text)) for heading, text in texts]
    if entry.outcome:
        used = sum(len(text) for _, text in entry.texts)
        parts.append(_answer(entry, max(0, LONGEST_PROPOSAL - used)))
    return Passage(
        label=_("Proposal %(number)s", number=entry.number),
        title=clean_line(entry.title),
        facts=_facts(entry),
        parts=tuple(part for part in parts if part.blocks),
    )


def _within(texts: Iterable[tuple[str, str]], room: int, address: str) -> Iterator[tuple[str, str]]:
    """Cut texts where they have more signs together than there is room for, and say so."""
    for heading, text in texts:
        if len(text) <= room:
            yield heading, text
            room -= len(text)
            continue
        rest = _("Cut off here. The whole text: %(address)s", address=address)
        yield heading, f"{text[:room].rstrip()} […]\n\n{rest}"
        return


def _answer(entry: AnsweredProposal, room: int) -> DocumentPart:
    told = " · ".join(filter(None, (entry.answered_by, day(entry.answered_at))))
    outcome: Block = Paragraph((Span(entry.outcome, strong=True),))
    reason = text_of(entry.answer) or _("No reason was given.")
    ((heading, text),) = _within([(_("Answer"), reason)], room, entry.address)
    answer = text if isinstance(entry.answer, str) else replace(entry.answer, text=text)
    return DocumentPart(heading, (outcome, *blocks_of(answer), *_sentences(clean_line(told))))


def _facts(entry: AnsweredProposal) -> tuple[Fact, ...]:
    positions = " · ".join(f"{name}: {number}" for name, number in entry.positions)
    found = (
        Fact(_("Organisation"), clean_line(entry.organisation)),
        Fact(_("Theme"), clean_line(entry.theme)),
        Fact(_("Handed in"), day(entry.handed_in)),
        Fact(_("Positions"), positions),
        Fact(_("Comments"), str(entry.comments)),
    )
    return tuple(fact for fact in found if fact.value)


def _about(document: RoundDocument) -> tuple[Block, ...]:
    return _sentences(
        _("This file shows the round as it stood when the file was made. The round can change."),
        _(
            "It holds only what everybody may read. Who said something, and who took which "
            "position, is not in it, unless it was for an organisation."
        ),
        _(
            "The page on the web always shows the round as it is now: %(address)s",
            address=document.address,
        ),
    )
