"""How the OpenDocument text looks: the same letters, sizes and colours as the Word document."""

from consult.foundation.core.open_document import attribute, inline
from consult.interfaces.publishing.documents.composition import Composition
from consult.interfaces.publishing.documents.prose import Span
from consult.interfaces.publishing.documents.word_styles import ACCENT, LINE

_BAND, _SOFT = "#35103a", "#5a5164"
_ACCENT = f"#{ACCENT.lower()}"
_SERIF, _SANS, _MONO = "Georgia", "Arial", "Courier New"

_LOOKS = (
    ("Title", f'fo:font-family="{_SERIF}" fo:font-size="34pt" fo:color="{_BAND}"', "6cm"),
    ("Subtitle", f'fo:font-family="{_SERIF}" fo:font-size="15pt" fo:font-style="italic"', "0.2cm"),
    ("Term", f'fo:font-size="12pt" fo:color="{_SOFT}"', "0.2cm"),
    ("Contents_20_Heading", f'fo:font-family="{_SERIF}" fo:font-size="23pt"', "1cm"),
    ("Contents_20_1", 'fo:font-weight="bold"', "0.2cm"),
    ("Contents_20_2", "", "0.05cm"),
    ("Facts", 'fo:font-size="10pt"', "0.05cm"),
    ("Quotations", f'fo:font-style="italic" fo:color="{_SOFT}"', "0.2cm"),
    ("Preformatted_20_Text", f'fo:font-family="{_MONO}" fo:font-size="9pt"', "0.1cm"),
    ("Table_20_Heading", f'fo:font-weight="bold" fo:color="{_ACCENT}"', "0.1cm"),
    ("Table_20_Contents", 'fo:font-size="9.5pt"', "0.1cm"),
    ("Footer", f'fo:font-size="8.5pt" fo:color="{_SOFT}"', "0cm"),
)
"""Each style with its letters, and the space before it."""
_HEADINGS = (
    f'fo:font-family="{_SERIF}" fo:font-size="23pt" fo:color="{_BAND}"',
    f'fo:font-family="{_SERIF}" fo:font-size="15pt" fo:font-weight="bold" fo:color="{_BAND}"',
    f'fo:font-size="10.5pt" fo:font-weight="bold" fo:color="{_ACCENT}"',
    'fo:font-size="10.5pt" fo:font-weight="bold" fo:font-style="italic"',
)
_EMPHASIS = (
    ("b", 'fo:font-weight="bold"'),
    ("i", 'fo:font-style="italic"'),
    ("bi", 'fo:font-weight="bold" fo:font-style="italic"'),
)
_CODE = f'fo:font-family="{_MONO}"'


def span_style(span: Span) -> str:
    """Return the name of the style of a run of words; nothing for plain ones."""
    return "b" * span.strong + "i" * span.emphasis + "c" * span.code


def _text_style(name: str, looks: str) -> str:
    properties = f"<style:text-properties {looks}/>"
    return f'<style:style style:name="{name}" style:family="text">{properties}</style:style>'


def _list_style(name: str, level: str) -> str:
    levels = "".join(
        f"{level.format(at=at)}<style:list-level-properties "
        'text:list-level-position-and-space-mode="label-alignment">'
        '<style:list-level-label-alignment text:label-followed-by="listtab" '
        f'fo:text-indent="-0.6cm" fo:margin-left="{at * 0.6:.1f}cm"/>'
        f"</style:list-level-properties></{level[1:].split(maxsplit=1)[0]}>"
        for at in range(1, 11)
    )
    return f'<text:list-style style:name="{name}">{levels}</text:list-style>'


CONTENT_STYLES = (
    "<office:automatic-styles>"
    + "".join(_text_style(name, looks) for name, looks in _EMPHASIS)
    + "".join(_text_style(f"{name}c", f"{looks} {_CODE}") for name, looks in _EMPHASIS)
    + _text_style("c", _CODE)
    + _list_style(
        "Bullets", '<text:list-level-style-bullet text:level="{at}" text:bullet-char="•">'
    )
    + _list_style(
        "Numbers",
        '<text:list-level-style-number text:level="{at}" style:num-format="1" '
        'style:num-suffix=".">',
    )
    + '<style:style style:name="Wide" style:family="table"><style:table-properties '
    'table:align="margins"/></style:style>'
    '<style:style style:name="Lined" style:family="table-cell"><style:table-cell-properties '
    f'fo:padding="0.1cm" fo:border-bottom="0.5pt solid #{LINE.lower()}"/></style:style>'
    "</office:automatic-styles>"
)
"""What content.xml says before its body: looks of words, lists and tables."""


def styles(composed: Composition) -> str:
    """Return what stands in styles.xml: letters, headings, page and footer."""
    footer = inline(f"{composed.footer} · ")
    return (
        f"<office:styles>{_default(composed)}{''.join(map(_named, _LOOKS))}"
        f"{''.join(_heading(level, looks) for level, looks in enumerate(_HEADINGS, 1))}"
        "</office:styles>"
        '<office:automatic-styles><style:page-layout style:name="A4">'
        '<style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" '
        'fo:margin-top="2.6cm" fo:margin-bottom="1.6cm" fo:margin-left="3cm" '
        'fo:margin-right="2.5cm"/><style:footer-style/></style:page-layout>'
        "</office:automatic-styles>"
        '<office:master-styles><style:master-page style:name="Standard" '
        'style:page-layout-name="A4"><style:footer><text:p text:style-name="Footer">'
        f"{footer}<text:page-number>1</text:page-number></text:p></style:footer>"
        "</style:master-page></office:master-styles>"
    )


def _default(composed: Composition) -> str:
    language, country = attribute(composed.language), attribute(composed.region)
    return (
        '<style:default-style style:family="paragraph"><style:paragraph-properties '
        'fo:margin-bottom="0.2cm" fo:line-height="125%"/><style:text-properties '
        f'fo:font-family="{_SANS}" fo:font-size="10.5pt" fo:language={language} '
        f"fo:country={country}/></style:default-style>"
        '<style:style style:name="Standard" style:family="paragraph" style:class="text"/>'
    )


def _named(look: tuple[str, str, str]) -> str:
    name, letters, before = look
    tab = (
        '<style:tab-stops><style:tab-stop style:position="4.6cm"/></style:tab-stops>'
        if name == "Facts"
        else ""
    )
    return (
        f'<style:style style:name="{name}" style:display-name="{name.replace("_20_", " ")}" '
        'style:family="paragraph" style:parent-style-name="Standard">'
        f'<style:paragraph-properties fo:margin-top="{before}">{tab}</style:paragraph-properties>'
        f"<style:text-properties {letters}/></style:style>"
    )


def _heading(level: int, letters: str) -> str:
    new_page = ' fo:break-before="page"' if level == 1 else ""
    return (
        f'<style:style style:name="Heading_20_{level}" style:display-name="Heading {level}" '
        'style:family="paragraph" style:parent-style-name="Standard" '
        f'style:default-outline-level="{level}"><style:paragraph-properties '
        f'fo:margin-top="0.5cm" fo:keep-with-next="always"{new_page}/>'
        f"<style:text-properties {letters}/></style:style>"
    )
