"""Text: Markdown to safe HTML, excerpts, and what people may not type."""

import re
import sys
from hashlib import sha256
from threading import Lock

import nh3
from cachetools import LRUCache, cached
from markupsafe import Markup, escape

from consult.foundation.analysis.normalization import normalized
from consult.foundation.core.markdown import addresses_in, parse, render
from consult.foundation.core.markdown_bounds import TooElaborate
from consult.foundation.core.visible import says_nothing

# One allow-list for every place where people's text becomes HTML: page, excerpt, mail, feed.
_TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "a", "hr",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}
# What is wider than a phone scrolls in its own box, which a keyboard must reach.
_SCROLLING = {"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}}
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028]")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_SPACES = re.compile(r"[ \t\r\n\u00a0]+")
_KEPT_BYTES = 16 * 1024 * 1024
_kept: LRUCache[object, Markup] = LRUCache(_KEPT_BYTES, getsizeof=sys.getsizeof)


def _named(source: str) -> bytes:
    """Name a text by its digest: a cache that is bounded by its values keeps no text as key."""
    return sha256(source.encode(errors="surrogatepass")).digest()


@cached(_kept, key=_named, lock=Lock())
def markdown(source: str) -> Markup:
    """Render Markdown as HTML that cannot run anything; headings start at the third level.

    A text that passes a bound (core/markdown_bounds) is shown as it was typed.
    """
    try:
        tokens = parse(source)
    except TooElaborate:
        return _as_typed(source)
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


def _as_typed(source: str) -> Markup:
    return Markup("<p>{}</p>").format(Markup("<br>\n").join(map(escape, source.split("\n"))))


def is_too_elaborate(source: str) -> bool:
    """Whether a text would be shown as it was typed, for it passes a bound."""
    try:
        parse(source)
    except TooElaborate:
        return True
    return False


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
    """Return the words of a Markdown text without its marks, on one line."""
    html = str(markdown(source)).replace("><", "> <")
    text = nh3.clean(html, tags=set())
    return _SPACES.sub(" ", str(Markup(text).unescape())).strip()  # noqa: S704


def excerpt(source: str, length: int = 160) -> str:
    """Return the first words of a Markdown text, at most `length` characters, cut at a word."""
    text = plain(source)
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def clean_line(value: str) -> str:
    """Tidy one line: no control or direction marks, no runs of blanks, NFC; "" for nothing."""
    if says_nothing(value):
        return ""
    return _SPACES.sub(" ", _CONTROL.sub("", normalized("NFC", value))).strip()


def clean_text(value: str) -> str:
    """Tidy a longer text: no control or direction marks, plain line ends, NFC; "" for nothing."""
    if says_nothing(value):
        return ""
    lines = _LINE_END.sub("\n", normalized("NFC", value)).replace("\u2029", "\n\n")
    return _CONTROL.sub("", lines).strip()
