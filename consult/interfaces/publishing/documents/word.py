"""Word: the composition written as a DOCX with real headings, lists, links and table headers."""

from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.shared import Cm, Pt, Twips
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from consult.interfaces.publishing.documents import word_marks as marks
from consult.interfaces.publishing.documents.composition import (
    REGIONS,
    Chapter,
    Composition,
    Fact,
    Overview,
    compose,
    listed_headings,
)
from consult.interfaces.publishing.documents.content import PlanDocument
from consult.interfaces.publishing.documents.letters import clean_line
from consult.interfaces.publishing.documents.prose import (
    Block,
    Code,
    Heading,
    Items,
    Paragraph,
    Quote,
    Span,
    Spans,
    Table,
)
from consult.interfaces.publishing.documents.word_styles import ACCENT, LINE, set_page, set_styles
from consult.interfaces.publishing.documents.writer import DocumentWriter, overview_table

_DEEPEST_HEADING = 4
_LONGEST_PROPERTY = 255
"""Signs in a property of a document, for Word."""
_DIGEST_SIZE = Pt(7.5)
"""Small enough for a SHA-256 in hex to stand on one line."""
_OVERVIEW_WIDTHS = (Cm(1.8), Cm(7), Cm(4.7), Cm(2))


def render_docx(document: PlanDocument) -> bytes:
    """Return a plan as a Word document; equal documents give equal bytes.

    Headings, lists, links and table headers are Word's own, so that a reader can move by them and
    an editor can work on; signs that XML forbids are dropped.
    """
    return docx_of(compose(document), document.frozen_at or document.as_of)


def docx_of(composed: Composition, dated: datetime | None) -> bytes:
    """Return a composition as a Word document, dated or not."""
    writer = _Writer(f"{composed.language}-{composed.region}")
    writer.cover(composed)
    writer.contents(composed)
    writer.body(composed)
    writer.footer(composed)
    _set_properties(writer.document, composed, dated)
    return marks.packed(writer.document)


def _set_properties(document: Document, composed: Composition, dated: datetime | None) -> None:
    properties = document.core_properties
    properties.title = composed.title[:_LONGEST_PROPERTY]
    properties.subject = composed.subtitle[:_LONGEST_PROPERTY]
    properties.author = properties.last_modified_by = clean_line(
        composed.publisher.author, _LONGEST_PROPERTY
    )
    properties.language = f"{composed.language}-{composed.region}"
    properties.comments = properties.keywords = ""
    if dated:
        moment = dated.astimezone(UTC).replace(tzinfo=None)
        properties.created = properties.modified = moment
        return
    # A living plan that does not say when it was taken gets no date, rather than the template's.
    for date in document.part.package.core_properties._element.xpath(  # noqa: SLF001
        "dcterms:created | dcterms:modified"
    ):
        date.getparent().remove(date)


class _Writer(DocumentWriter):
    """Writes a composition into one Word document, from front to back."""

    plain, lead, note = "Normal", "Lead", "Note"

    def __init__(self, language: str) -> None:
        self.document = docx.Document()
        set_styles(self.document, language)
        set_page(self.document.sections[0])
        self.styles = marks.Styles(self.document)
        self.lists = marks.Lists(self.document)
        self.bookmarks = 0
        self.after_empty = False
        """Whether the chapter before holds nothing: two such ones share a page."""

    # The parts, where they are more in Word than elsewhere

    def contents(self, composed: Composition) -> None:
        self.line("TOC Heading", composed.contents)
        for number, (level, label, title) in enumerate(listed_headings(composed), 1):
            line = self.line(f"toc {level}")
            if number == 1:
                marks.begin_field(line, r'TOC \o "1-2" \h \z \u')
            run = line.add_run(f"{label}. {title}" if label else title)
            marks.as_jump(run, f"_Toc{number:08d}")
        marks.end_field(line)

    def overview(self, overview: Overview) -> None:
        self.heading(1, overview.heading)
        table = self.table(overview_table(overview))
        table.autofit = False
        for column, width in zip(table.columns, _OVERVIEW_WIDTHS, strict=True):
            column.width = width
            for cell in column.cells:
                cell.width = width

    def chapter_heading(self, chapter: Chapter) -> None:
        heading = self.heading(1, chapter.title, chapter.label)
        if self.after_empty and chapter.empty:
            heading.paragraph_format.page_break_before = False
        self.after_empty = bool(chapter.empty)

    def footer(self, composed: Composition) -> None:
        line = self.document.sections[0].footer.paragraphs[0]
        line.style = "Footer"
        line.add_run(composed.footer + "\t")
        marks.add_field(line, "PAGE", "2")

    # What the parts are made of

    def line(self, style: str, text: str = "") -> WordParagraph:
        """Write a paragraph in a style."""
        paragraph = self.document.add_paragraph(text)
        self.styles.give(paragraph, style)
        return paragraph

    def heading(self, level: int, title: str, label: str = "") -> WordParagraph:
        """Write a heading that the table of contents lists."""
        self.bookmarks += 1
        heading = self.line(f"Heading {level}")
        heading.add_run(f"{label}. {title}" if label else title)
        marks.add_bookmark(heading, self.bookmarks)
        return heading

    def part_heading(self, text: str) -> None:
        self.line("Heading 3", text)

    def fact(self, fact: Fact) -> None:
        line = self.line("Facts")
        line.add_run(fact.label).bold = True
        line.add_run("\t")
        self.spans(line, (Span(fact.value, code=fact.code, href=fact.href),))
        if fact.code:
            line.runs[-1].font.size = _DIGEST_SIZE

    def spans(self, paragraph: WordParagraph, spans: Spans) -> None:
        for span in spans:
            run = paragraph.add_run(span.text)
            run.bold, run.italic = span.strong or None, span.emphasis or None
            if span.code:
                run.font.name = "Courier New"
            if span.language:
                tag = f"{span.language}-{REGIONS[span.language]}"
                run._r.get_or_add_rPr().append(marks.mark("lang", val=tag))  # noqa: SLF001
            if span.href:
                self.styles.give_run(run, "Hyperlink")
                marks.as_link(paragraph, run, span.href)

    def blocks(
        self, blocks: tuple[Block, ...], depth: int, *, style: str = "Normal", level: int = -1
    ) -> None:
        """Write prose under a heading of a depth, inside a list of a level (-1: in none)."""
        for block in blocks:
            match block:
                case Items():
                    self.items(block, depth, level + 1)
                case Quote():
                    self.blocks(block.blocks, depth, style="Quote", level=level)
                case Table():
                    self.table(block)
                case Code():
                    self.line("Code", block.text)
                case Heading():
                    self.paragraph(block, f"Heading {min(depth + 1, _DEEPEST_HEADING)}", level)
                case Paragraph():
                    self.paragraph(block, style, level)

    def paragraph(self, block: Paragraph | Heading, style: str, level: int) -> None:
        paragraph = self.line(style)
        self.spans(paragraph, block.spans)
        if level >= 0:
            paragraph.paragraph_format.left_indent = Twips(marks.list_indent(level))

    def items(self, block: Items, depth: int, level: int) -> None:
        number = self.lists.define(start=block.start)
        style = "List Bullet" if block.start is None else "List Number"
        for item in block.items:
            line = self.line(style)
            marks.put_in_list(line, number, level)
            rest = item
            if item and isinstance(item[0], Paragraph):
                self.spans(line, item[0].spans)
                rest = item[1:]
            self.blocks(rest, depth, style="List Continue", level=level)

    def table(self, block: Table) -> WordTable:
        table = self.document.add_table(rows=0, cols=len(block.header))
        for row in (block.header, *block.rows):
            style = "Table Text" if table.rows else "Table Header"
            cells = table.add_row().cells
            for cell, spans in zip(cells, row, strict=True):
                self.styles.give(cell.paragraphs[0], style)
                self.spans(cell.paragraphs[0], spans)
        marks.repeat_as_header(table.rows[0])
        marks.draw_lines(table, outside=ACCENT, inside=LINE)
        self.line("Normal")
        made: WordTable = table
        return made
