"""Text: Markdown to safe HTML, excerpts, slugs, and what people may not type."""

import re
import unicodedata
from functools import lru_cache

import nh3
from markupsafe import Markup, escape

from consult.core.markdown import addresses_in, parse, render

# One allow-list for every place where people's text becomes HTML: page, excerpt, mail, feed.
_TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "a", "hr",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}
# What is wider than a phone scrolls in its own box, which a keyboard must reach.
_SCROLLING = {"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}}
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"[ \t\r\n\u00a0]+")


@lru_cache(maxsize=4096)
def markdown(source: str) -> Markup:
    """Render Markdown as HTML that cannot run anything; headings start at the third level."""
    tokens = parse(source)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = _HEADINGS[token.tag]
    clean = nh3.clean(
        render(tokens),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        set_tag_attribute_values=_SCROLLING,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
    )
    return Markup(clean)  # noqa: S704  (nh3 cleaned it in the line above)


def lines(source: str) -> Markup:
    """Render a plain text, such as a reason, as HTML: the ends of its lines and its addresses."""
    return Markup("<br>\n").join(_line(line) for line in source.splitlines())


def _line(text: str) -> Markup:
    made, place = Markup(""), 0
    for start, end, address in addresses_in(text):
        made += escape(text[place:start])
        made += Markup('<a href="{}" rel="nofollow noopener ugc">{}</a>').format(
            address, text[start:end]
        )
        place = end
    return made + escape(text[place:])


def plain(source: str) -> str:
    """Give the words of a Markdown text without its marks, on one line."""
    html = str(markdown(source)).replace("><", "> <")
    text = nh3.clean(html, tags=set())
    return _SPACES.sub(" ", str(Markup(text).unescape())).strip()  # noqa: S704


def excerpt(source: str, length: int = 160) -> str:
    """Give the first words of a Markdown text, at most `length` characters, cut at a word."""
    text = plain(source)
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def clean_line(value: str) -> str:
    """Tidy one line: no control or direction marks, no runs of blanks, NFC."""
    return _SPACES.sub(" ", _CONTROL.sub("", unicodedata.normalize("NFC", value))).strip()


def clean_text(value: str) -> str:
    """Tidy a longer text: no control or direction marks, plain line ends, NFC."""
    lines = _LINE_END.sub("\n", unicodedata.normalize("NFC", value)).replace("\u2029", "\n\n")
    return _CONTROL.sub("", lines).strip()


def slug_of(value: str, longest: int = 80) -> str:
    """Make a readable address from a title: 'Eén Overheid!' becomes 'een-overheid'."""
    ascii_ = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_.lower()).strip("-")[:longest].strip("-")
