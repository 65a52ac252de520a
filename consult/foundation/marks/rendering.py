"""A text as HTML in which pieces are marked, each with what it may be.

The marks go into the Markdown as signs that Unicode keeps for use within a program (noncharacters
U+FDD0 to U+FDEF), so that they come out where they belong, whatever the Markdown makes of the text
around them.
"""

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from consult.foundation.analysis.suspected.spans import Suspected, SuspectedKind
from consult.foundation.core.labels import label
from consult.foundation.core.text import markdown
from consult.lazy import lazy

_KINDS = tuple(SuspectedKind)
_BEGINS = {kind: chr(0xFDD0 + place) for place, kind in enumerate(_KINDS)}
_BEGUN = {sign: kind for kind, sign in _BEGINS.items()}
_ENDS = "\ufdef"
_SIGNS = re.compile("[\ufdd0-\ufdef]")
_IN_ADDRESS = re.compile("[\ufdd0-\ufdef]|%EF%B7%(?:9[0-9A-F]|A[0-9A-F])")
_PIECES = re.compile("(<[^>]*>|[\ufdd0-\ufdef])")
_MARK = Markup('<mark class="consult-suspected">')
_END = Markup("</mark>")
_KIND = Markup('<span class="consult-suspected__kind"> [{}]</span></mark>')

_detect = lazy("consult.foundation.analysis.suspected.detection:suspected_in")


def marks_in(text: str | None, language: str | None) -> list[Suspected]:
    """Return what in a text may be personal data, in order."""
    found: list[Suspected] = _detect(text, language or "") if text else []
    return found


def with_marks(source: str, marks: Sequence[Suspected]) -> Markup:
    """Render Markdown as `markdown` does, with the marks in it."""
    if not marks:
        return markdown(source)
    html = str(markdown("".join(_signed(source, marks))))
    return Markup("").join(_written(html))


def line_with_marks(text: str, marks: Sequence[Suspected]) -> Markup:
    """Write a plain text as HTML, such as a title or the name of a file, with the marks in it."""
    # In one piece: a row of facts sets its parts apart, and would part the words too.
    made, done = Markup("<span>"), 0
    for one in marks:
        made += text[done : one.start]
        made += _MARK + text[one.start : one.end] + _KIND.format(label(one.kind))
        done = one.end
    return made + text[done:] + Markup("</span>")


def _signed(source: str, marks: Sequence[Suspected]) -> Iterator[str]:
    source, done = _SIGNS.sub("\ufffd", source), 0
    for one in marks:
        yield source[done : one.start]
        yield _BEGINS[one.kind] + source[one.start : one.end] + _ENDS
        done = one.end
    yield source[done:]


def _written(html: str) -> Iterator[Markup]:
    """Write clean HTML with a mark around each signed piece, in each element it runs through."""
    kind: SuspectedKind | None = None
    for piece in _PIECES.split(html):
        if piece in _BEGUN:
            kind = _BEGUN[piece]
            yield _MARK
        elif piece == _ENDS:
            if kind is not None:
                yield _KIND.format(label(kind))
            kind = None
        elif piece.startswith("<"):
            clean = Markup(_IN_ADDRESS.sub("", piece))  # noqa: S704  (a tag that was clean)
            yield clean if kind is None else _END + clean + _MARK
        else:
            yield Markup(piece)  # noqa: S704  (text of clean HTML)
