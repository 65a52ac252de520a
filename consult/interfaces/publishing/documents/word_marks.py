"""The marks of a Word document that python-docx has no words for (ECMA-376, part 1)."""

import io
import zipfile

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

_LEVELS = 9
_STEP = 360
"""Twentieths of a point that each level of a list moves to the right."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NEEDLESS = ("/thumbnail", "/extended-properties", "/stylesWithEffects")


def mark(name: str, /, **attributes: str) -> BaseOxmlElement:
    """Make an element in Word's namespace with attributes there."""
    element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


class Styles:
    """The styles of one document by name, looked up once: python-docx does it for each paragraph.

    That costs some milliseconds each time, and a plan has thousands of paragraphs.
    """

    def __init__(self, document: Document) -> None:
        default = document.styles.default(WD_STYLE_TYPE.PARAGRAPH)
        self._ids = {style.name: style.style_id for style in document.styles}
        self._ids[default.name] = None  # as python-docx does: what has no style has this one

    def give(self, paragraph: Paragraph, style: str) -> None:
        """Set the style of a paragraph."""
        if (id_ := self._ids[style]) is not None:
            paragraph._p.get_or_add_pPr().style = id_  # noqa: SLF001

    def give_run(self, run: Run, style: str) -> None:
        """Set the style of a run of text."""
        run._r.style = self._ids[style]  # noqa: SLF001


def as_link(paragraph: Paragraph, run: Run, address: str) -> None:
    """Turn a run, the last of its paragraph, into a link to an address."""
    link = OxmlElement("w:hyperlink")
    target = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), target)
    _enclose(run, link)


def as_jump(run: Run, bookmark: str) -> None:
    """Turn a run into a link to a bookmark in the same document."""
    _enclose(run, mark("hyperlink", anchor=bookmark, history="1"))


def _enclose(run: Run, link: BaseOxmlElement) -> None:
    run._r.addprevious(link)  # noqa: SLF001  (python-docx has no public way to a run's element)
    link.append(run._r)  # noqa: SLF001


def add_bookmark(paragraph: Paragraph, number: int) -> str:
    """Put a bookmark around the text of a paragraph and return its name."""
    name = f"_Toc{number:08d}"
    first = paragraph.runs[0]._r  # noqa: SLF001
    first.addprevious(mark("bookmarkStart", id=str(number), name=name))
    paragraph._p.append(mark("bookmarkEnd", id=str(number)))  # noqa: SLF001
    return name


def begin_field(paragraph: Paragraph, instruction: str) -> None:
    """Begin a field; what follows is what it shows until it is updated."""
    text = mark("instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {instruction} "
    for part in (mark("fldChar", fldCharType="begin"), text):
        paragraph.add_run()._r.append(part)  # noqa: SLF001
    paragraph.add_run()._r.append(mark("fldChar", fldCharType="separate"))  # noqa: SLF001


def end_field(paragraph: Paragraph) -> None:
    """End the field that was begun last."""
    paragraph.add_run()._r.append(mark("fldChar", fldCharType="end"))  # noqa: SLF001


def add_field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """Add a field within one paragraph, such as the number of the page."""
    begin_field(paragraph, instruction)
    paragraph.add_run(shown)
    end_field(paragraph)


class Lists:
    """The lists of one document, each with a definition of its own, so that it counts by itself.

    The last numbers are remembered: python-docx looks through all lists for each new one.
    """

    def __init__(self, document: Document) -> None:
        self._numbering = document.part.numbering_part.element
        kinds = self._numbering.xpath("w:abstractNum")
        self._last = kinds[-1]
        self._kind = max(int(kind.get(qn("w:abstractNumId"))) for kind in kinds)
        numbers = self._numbering.xpath("w:num")
        self._number = max((int(one.get(qn("w:numId"))) for one in numbers), default=0)

    def define(self, *, start: int | None) -> int:
        """Define a list, bulleted or (with a start) numbered; return the number to refer to it."""
        self._kind, self._number = self._kind + 1, self._number + 1
        abstract = mark("abstractNum", abstractNumId=str(self._kind))
        abstract.append(mark("multiLevelType", val="hybridMultilevel"))
        for level in range(_LEVELS):
            abstract.append(_level(level, start if level == 0 else 1, numbered=start is not None))
        self._last.addnext(abstract)
        self._last = abstract
        number = mark("num", numId=str(self._number))
        number.append(mark("abstractNumId", val=str(self._kind)))
        self._numbering.append(number)
        return self._number


def _level(level: int, start: int | None, *, numbered: bool) -> BaseOxmlElement:
    element = mark("lvl", ilvl=str(level))
    element.append(mark("start", val=str(start or 1)))
    element.append(mark("numFmt", val="decimal" if numbered else "bullet"))
    element.append(mark("lvlText", val=f"%{level + 1}." if numbered else "•"))
    element.append(mark("lvlJc", val="left"))
    properties = mark("pPr")
    properties.append(mark("ind", left=str(_STEP * (level + 1)), hanging=str(_STEP)))
    element.append(properties)
    return element


def put_in_list(paragraph: Paragraph, number: int, level: int) -> None:
    """Make a paragraph an item of a list."""
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001
    properties.get_or_add_ilvl().val = min(level, _LEVELS - 1)
    properties.get_or_add_numId().val = number


def list_indent(level: int) -> int:
    """Return the indent, in twentieths of a point, of what stands under an item of a list."""
    return _STEP * (min(level, _LEVELS - 1) + 1)


def repeat_as_header(row: _Row) -> None:
    """Mark a row of a table as its header, repeated on every page (17.4.78)."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001
    properties.append(mark("cantSplit"))
    properties.append(mark("tblHeader"))


def draw_lines(table: Table, outside: str, inside: str) -> None:
    """Draw a line above, below and between the rows of a table, and name row one its header."""
    properties = table._tbl.tblPr  # noqa: SLF001
    borders = mark("tblBorders")
    for side, colour in (("top", outside), ("bottom", outside), ("insideH", inside)):
        borders.append(mark(side, val="single", sz="6", space="0", color=colour))
    properties.insert_element_before(
        borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook", "w:tblCaption"
    )
    for look in properties.xpath("w:tblLook"):
        look.set(qn("w:firstColumn"), "0")


def drop_needless_parts(document: Document) -> None:
    """Drop what the template of python-docx carries and is not ours: a picture of it, its maker."""
    for rels in (document.part.package.rels, document.part.rels):
        for key in [k for k, rel in rels.items() if rel.reltype.endswith(_NEEDLESS)]:
            del rels[key]


def packed(document: Document) -> bytes:
    """Save a document so that equal documents are equal bytes: no time in the archive."""
    drop_needless_parts(document)
    first, second = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(second, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return second.getvalue()
