"""The parts of a document in their order, the same in every format that is written part by part.

Each format says how a line, a heading, a fact, prose and a table are written in it.
"""

from abc import ABC, abstractmethod

from consult.interfaces.publishing.documents.composition import (
    Chapter,
    Composition,
    Fact,
    Overview,
    Passage,
)
from consult.interfaces.publishing.documents.prose import Block, Span, Table


def overview_table(overview: Overview) -> Table:
    """Return the table of an overview as prose holds tables."""
    header = tuple((Span(column),) for column in overview.columns)
    return Table(header, tuple(tuple((Span(cell),) for cell in row) for row in overview.rows))


class DocumentWriter(ABC):
    """Writes a composition from front to back; styles are those of the format."""

    plain: str
    """The style of a line that is nothing special."""
    lead: str
    """The style of the prose that a chapter begins with."""
    note: str

    def cover(self, composed: Composition) -> None:
        """Write the title and what is known of the document."""
        self.line("Title", composed.title)
        if composed.subtitle:
            self.line("Subtitle", composed.subtitle)
        self.line("Term", composed.term)
        for fact in composed.cover:
            self.fact(fact)

    def body(self, composed: Composition) -> None:
        """Write everything after the contents."""
        if composed.introduction:
            self.heading(1, composed.introduction.heading)
            self.blocks(composed.introduction.blocks, 1, style=self.plain)
            self.blocks(composed.note, 1, style=self.note)
        if composed.overview:
            self.overview(composed.overview)
        for chapter in composed.chapters:
            self.chapter(chapter)
        if composed.empty:
            self.line(self.plain, composed.empty)
        self.heading(1, composed.about.heading)
        self.blocks(composed.about.blocks, 1, style=self.plain)

    def overview(self, overview: Overview) -> None:
        """Write the overview of all commitments."""
        self.heading(1, overview.heading)
        self.table(overview_table(overview))

    def chapter(self, chapter: Chapter) -> None:
        """Write a chapter with its passages."""
        self.chapter_heading(chapter)
        self.blocks(chapter.blocks, 1, style=self.lead)
        if chapter.empty:
            self.line(self.plain, chapter.empty)
        for passage in chapter.commitments:
            self.passage(passage)

    def chapter_heading(self, chapter: Chapter) -> None:
        """Write the heading of a chapter."""
        self.heading(1, chapter.title, chapter.label)

    def passage(self, passage: Passage) -> None:
        """Write one commitment or proposal."""
        self.heading(2, passage.title, passage.label)
        for fact in passage.facts:
            self.fact(fact)
        for part in passage.parts:
            self.part_heading(part.heading)
            self.blocks(part.blocks, 3, style=self.plain)

    @abstractmethod
    def line(self, style: str, text: str = "") -> object:
        """Write a paragraph in a style."""

    @abstractmethod
    def heading(self, level: int, title: str, label: str = "") -> object:
        """Write a heading that the table of contents leads to."""

    @abstractmethod
    def part_heading(self, text: str) -> None:
        """Write the heading of a part of a passage, which the contents do not list."""

    @abstractmethod
    def fact(self, fact: Fact) -> None:
        """Write a fact with its label."""

    @abstractmethod
    def blocks(self, blocks: tuple[Block, ...], depth: int, *, style: str) -> None:
        """Write prose under a heading of a depth."""

    @abstractmethod
    def table(self, block: Table) -> object:
        """Write a table with its header."""
