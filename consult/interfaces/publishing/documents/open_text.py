"""ODT: the composition written as an OpenDocument text (ODF 1.3), from front to back."""

import io
from collections.abc import Callable
from datetime import datetime

from consult.foundation.core.open_document import (
    DocumentProperties,
    OpenDocumentKind,
    attribute,
    inline,
    written_into,
)
from consult.interfaces.publishing.documents.composition import (
    Composition,
    Fact,
    listed_headings,
)
from consult.interfaces.publishing.documents.open_text_styles import (
    CONTENT_STYLES,
    span_style,
    styles,
)
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
from consult.interfaces.publishing.documents.writer import DocumentWriter

_DEEPEST_HEADING = 4


def odt_of(composed: Composition, dated: datetime | None) -> bytes:
    """Return a composition as an OpenDocument text; equal compositions give equal bytes.

    Headings, lists, links and header rows are those of the format, so that a reader can move by
    them. The composition is all that is held beside the zip itself.
    """
    made = io.BytesIO()
    properties = DocumentProperties(
        title=composed.title,
        language=composed.language,
        made_at=dated,
        author=composed.publisher.author,
    )
    with written_into(made, OpenDocumentKind.TEXT, properties, styles(composed)) as put:
        put(f"{CONTENT_STYLES}<office:body><office:text>")
        writer = _OpenText(put)
        writer.cover(composed)
        writer.contents(composed)
        writer.body(composed)
        put("</office:text></office:body>")
    return made.getvalue()


def _runs(spans: Spans) -> str:
    return "".join(_run(span) for span in spans)


def _run(span: Span) -> str:
    text = inline(span.text)
    if style := span_style(span):
        text = f"<text:span text:style-name={attribute(style)}>{text}</text:span>"
    if span.href:
        text = f'<text:a xlink:type="simple" xlink:href={attribute(span.href)}>{text}</text:a>'
    return text


def _fit_for_item(block: Block) -> Block:
    """Return a block that may stand in a list: of a table, which may not, the words."""
    if not isinstance(block, Table):
        return block
    rows = (" · ".join(_words(cell) for cell in row) for row in (block.header, *block.rows))
    return Paragraph((Span("\n".join(rows)),))


def _words(spans: Spans) -> str:
    return "".join(span.text for span in spans)


class _OpenText(DocumentWriter):
    """Writes a composition into the body of one text."""

    plain, lead, note = "Standard", "Standard", "Quotations"

    def __init__(self, put: Callable[[str], object]) -> None:
        self.put = put
        self.headings = 0
        self.tables = 0

    def contents(self, composed: Composition) -> None:
        """Write the list of contents; whoever updates it gets the numbers of pages too."""
        self.put('<text:table-of-content text:name="Contents" text:protected="false">')
        self.put('<text:table-of-content-source text:outline-level="2"/><text:index-body>')
        self.line("Contents_20_Heading", composed.contents)
        for number, (level, label, title) in enumerate(listed_headings(composed), 1):
            text = inline(f"{label}. {title}" if label else title)
            jump = f'<text:a xlink:type="simple" xlink:href="#h{number}">{text}</text:a>'
            self.put(f'<text:p text:style-name="Contents_20_{level}">{jump}</text:p>')
        self.put("</text:index-body></text:table-of-content>")

    # What the parts are made of

    def line(self, style: str, text: str = "") -> None:
        self.put(f"<text:p text:style-name={attribute(style)}>{inline(text)}</text:p>")

    def heading(self, level: int, title: str, label: str = "") -> None:
        """Write a heading that the list of contents leads to."""
        self.headings += 1
        mark = f'<text:bookmark text:name="h{self.headings}"/>'
        self.title(level, mark + inline(f"{label}. {title}" if label else title))

    def title(self, level: int, content: str) -> None:
        style = f'text:style-name="Heading_20_{level}" text:outline-level="{level}"'
        self.put(f"<text:h {style}>{content}</text:h>")

    def part_heading(self, text: str) -> None:
        self.title(3, inline(text))

    def fact(self, fact: Fact) -> None:
        value = _runs((Span(fact.value, code=fact.code, href=fact.href),))
        label = _runs((Span(fact.label, strong=True),))
        self.put(f'<text:p text:style-name="Facts">{label}<text:tab/>{value}</text:p>')

    def blocks(self, blocks: tuple[Block, ...], depth: int, *, style: str = "Standard") -> None:
        """Write prose under a heading of a depth."""
        for block in blocks:
            match block:
                case Items():
                    self.items(block, depth)
                case Quote():
                    self.blocks(block.blocks, depth, style="Quotations")
                case Table():
                    self.table(block)
                case Code():
                    self.line("Preformatted_20_Text", block.text)
                case Heading():
                    self.title(min(depth + 1, _DEEPEST_HEADING), _runs(block.spans))
                case Paragraph():
                    name = attribute(style)
                    self.put(f"<text:p text:style-name={name}>{_runs(block.spans)}</text:p>")

    def items(self, block: Items, depth: int) -> None:
        style = "Bullets" if block.start is None else "Numbers"
        self.put(f'<text:list text:style-name="{style}">')
        for at, item in enumerate(block.items):
            start = f' text:start-value="{block.start}"' if block.start and at == 0 else ""
            self.put(f"<text:list-item{start}>")
            for inner in item:
                self.blocks((_fit_for_item(inner),), depth)
            self.put("</text:list-item>")
        self.put("</text:list>")

    def table(self, block: Table) -> None:
        self.tables += 1
        self.put(f'<table:table table:name="Table{self.tables}" table:style-name="Wide">')
        self.put(f'<table:table-column table:number-columns-repeated="{len(block.header)}"/>')
        self.put("<table:table-header-rows>")
        self.row(block.header, "Table_20_Heading")
        self.put("</table:table-header-rows>")
        for row in block.rows:
            self.row(row, "Table_20_Contents")
        self.put("</table:table>")

    def row(self, cells: tuple[Spans, ...], style: str) -> None:
        found = "".join(
            '<table:table-cell table:style-name="Lined" office:value-type="string">'
            f'<text:p text:style-name="{style}">{_runs(spans)}</text:p></table:table-cell>'
            for spans in cells
        )
        self.put(f"<table:table-row>{found}</table:table-row>")
