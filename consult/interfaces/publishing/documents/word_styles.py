"""How the Word document looks: styles, language and page, so that nothing is formatted by hand."""

from dataclasses import dataclass

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.styles.styles import Styles

ACCENT = "6B1A6B"
LINE = "DDD5E3"
_BAND = "35103A"
_INK = "1D1624"
_SOFT = "5A5164"
# Letters that are on most machines; the document embeds none.
_SERIF = "Georgia"
_SANS = "Arial"
_MONO = "Courier New"
FACT_INDENT = Cm(4.6)
TEXT_WIDTH = Cm(15.5)


@dataclass(frozen=True)
class _Look:
    """One style: letters, sizes in points, and space before and after."""

    name: str
    font: str = _SANS
    size: float = 10.5
    colour: str = _INK
    bold: bool = False
    italic: bool = False
    before: float = 0
    after: float = 7
    line: float = 1.25
    next_: str | None = None
    keep: bool = False


_LOOKS = (
    _Look("Normal"),
    _Look("Title", _SERIF, 34, _BAND, before=150, after=10, line=1.05),
    _Look("Subtitle", _SERIF, 15, _SOFT, italic=True, after=6),
    _Look("Term", _SANS, 12, _SOFT, after=150),
    _Look("TOC Heading", _SERIF, 23, _BAND, after=14, line=1.1, keep=True),
    _Look("Heading 1", _SERIF, 23, _BAND, after=14, line=1.1, keep=True),
    _Look("Heading 2", _SERIF, 15, _BAND, bold=True, before=22, after=8, line=1.15, keep=True),
    _Look("Heading 3", _SANS, 10.5, ACCENT, bold=True, before=12, after=3, keep=True),
    _Look("Heading 4", _SANS, 10.5, _INK, bold=True, italic=True, before=9, after=3, keep=True),
    _Look("toc 1", _SANS, 10.5, _INK, bold=True, before=8, after=2),
    _Look("toc 2", _SANS, 10.5, _INK, after=2),
    _Look("Lead", _SERIF, 12, _SOFT, after=10),
    _Look("Facts", _SANS, 10, _INK, after=3),
    _Look("Note", _SERIF, 10.5, _SOFT, italic=True, before=8, after=8),
    _Look("Quote", _SERIF, 10.5, _SOFT, italic=True),
    _Look("Code", _MONO, 9, _INK, line=1.1),
    _Look("List Bullet", after=3),
    _Look("List Number", after=3),
    _Look("List Continue", after=3),
    _Look("Table Text", _SANS, 9.5, _INK, before=3, after=3, line=1.1),
    _Look("Table Header", _SANS, 9.5, ACCENT, bold=True, before=3, after=3, line=1.1),
    _Look("Footer", _SANS, 8.5, _SOFT, after=0),
)


def set_styles(document: Document, language: str) -> None:
    """Set our styles in a new document, in its language (a tag such as nl-NL)."""
    names = {style.name for style in document.styles}
    for look in _LOOKS:
        if look.name not in names:
            built_in = look.name.startswith("toc")
            document.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH, builtin=built_in)
        _apply(document.styles[look.name], look)
    _special(document.styles)
    _link_style(document)
    _set_language(document, language)


def _apply(style: ParagraphStyle, look: _Look) -> None:
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()  # the template names its letters by theme, which would win from ours
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), look.font)
    style.font.size = Pt(look.size)
    style.font.bold, style.font.italic = look.bold, look.italic
    style.font.color.rgb = RGBColor.from_string(look.colour)
    style.paragraph_format.space_before = Pt(look.before)
    style.paragraph_format.space_after = Pt(look.after)
    style.paragraph_format.line_spacing = look.line
    style.paragraph_format.keep_with_next = look.keep or None
    for border in style.element.xpath("w:pPr/w:pBdr | w:pPr/w:contextualSpacing | w:rPr/w:spacing"):
        border.getparent().remove(border)


def _special(styles: Styles) -> None:
    styles["Heading 1"].paragraph_format.page_break_before = True
    styles["TOC Heading"].paragraph_format.page_break_before = True
    styles["toc 2"].paragraph_format.left_indent = Cm(0.6)
    styles["Quote"].paragraph_format.left_indent = Cm(0.8)
    styles["Code"].paragraph_format.left_indent = Cm(0.8)
    styles["Note"].paragraph_format.left_indent = Cm(0.4)
    _border(styles["Note"], "left", "D58ADD", 16)
    _border(styles["Term"], "top", ACCENT, 12)
    facts = styles["Facts"].paragraph_format
    facts.left_indent, facts.first_line_indent = FACT_INDENT, -FACT_INDENT
    facts.tab_stops.add_tab_stop(FACT_INDENT)
    styles["Footer"].paragraph_format.tab_stops.clear_all()
    styles["Footer"].paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)


def _border(style: ParagraphStyle, side: str, colour: str, eighths: int) -> None:
    properties = style.element.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "8"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:rPr")


def _link_style(document: Document) -> None:
    style = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True)
    style.font.color.rgb = RGBColor.from_string(ACCENT)
    style.font.underline = True


def _set_language(document: Document, language: str) -> None:
    for found in document.styles.element.xpath("w:docDefaults//w:lang"):
        found.set(qn("w:val"), language)
        found.set(qn("w:eastAsia"), language)
    properties = document.styles["Normal"].element.get_or_add_rPr()
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), language)
    properties.append(lang)
    for found in document.settings.element.xpath("w:themeFontLang"):
        found.set(qn("w:val"), language)


def set_page(section: Section) -> None:
    """Make the page A4 with our margins; the first page, the cover, has no footer."""
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.6)
    section.different_first_page_header_footer = True
