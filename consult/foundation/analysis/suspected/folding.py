"""A text as a detector reads it: what looks the same is the same, and what is not seen is gone.

Texts are Markdown. Invisible signs, marks of emphasis and backslashes fall away; character
references (`&#64;`), full-width letters and digits, digits of other scripts, dashes, quotes and
spaces of every kind become the plain ones. Each sign knows where it came from.
"""

import html
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

_SPECIAL = regex.compile(
    r"[^\x00-\x7f]"
    r"|&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});"
    r"|\\(?=[!-/:-@\[-`{-~])"
    r"|(?<!\d)\*+|\*+(?!\d)|\*\*+|__+"
    r"|\r\n?|[\t\x0b\x0c\x1f]"
)
_SAME = dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4\u02b9", "'") | {"\u2212": "-"}
"""Quotes, and the sign of what is less than nothing."""
_BY_CATEGORY = {"Zs": " ", "Zl": "\n", "Zp": "\n", "Cc": "\n", "Pd": "-"}
_UNSEEN = {"Cf", "Me"}
"""Zero width, soft hyphens, marks of direction; the box of a keycap."""
_SPACES = {"\t": " ", "\x1f": " "}


@dataclass(frozen=True)
class FoldedText:
    """A folded text, with where each of its signs begins and ends in the text as it was written."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Return where a piece of the folded text stands in the text as it was written."""
        return self.starts[start], self.ends[end - 1]


def folded(text: str) -> FoldedText:
    """Fold a text; in time that grows with its length and no faster."""
    pieces: list[str] = []
    starts, ends = array("L"), array("L")
    done = 0
    for match in _SPECIAL.finditer(text):
        start, end = match.span()
        pieces.append(text[done:start])
        starts.extend(range(done, start))
        ends.extend(range(done + 1, start + 1))
        new = _plain(match.group())
        pieces.append(new)
        starts.extend([start] * len(new))
        ends.extend([end] * len(new))
        done = end
    if not pieces:
        return FoldedText(text, range(len(text)), range(1, len(text) + 1))
    pieces.append(text[done:])
    starts.extend(range(done, len(text)))
    ends.extend(range(done + 1, len(text) + 1))
    return FoldedText("".join(pieces), starts, ends)


def _plain(written: str) -> str:
    if written.startswith("&"):
        said = html.unescape(written)
        return _plain_sign(said) if len(said) == 1 else said
    if len(written) > 1 or written < "\x7f":
        if written[0] in "*_\\":
            return ""
        return _SPACES.get(written, "\n")
    return _plain_sign(written)


@lru_cache(maxsize=4_000)
def _plain_sign(sign: str) -> str:
    category = unicodedata.category(sign)
    if sign.isascii():
        plain = _SPACES.get(sign, sign)
    elif category in _UNSEEN or sign == "\u034f" or "\ufe00" <= sign <= "\ufe0f":
        plain = ""
    elif category == "Nd":
        plain = str(unicodedata.digit(sign))
    elif sign in _SAME:
        plain = _SAME[sign]
    elif category in _BY_CATEGORY:
        plain = _BY_CATEGORY[category]
    else:
        same = unicodedata.normalize("NFKC", sign)
        is_letter_or_mark = category in {"Lu", "Ll"} or category[0] in "PS"
        plain = same if is_letter_or_mark and len(same) == 1 and same.isascii() else sign
    return plain
