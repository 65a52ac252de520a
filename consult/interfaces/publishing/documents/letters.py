"""Letters: which characters a document may hold, and which the letters of the PDF can show."""

import re
from bisect import bisect_right

# What XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets), halves of surrogate pairs included,
# and the marks that turn the direction of the text after them around.
_UNWANTED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    r"\u202a-\u202e\u2066-\u2069\ufeff]"
)
_BLANKS = re.compile(r"[ \t\r\n\x85\u2028\u2029]+")

# Blocks that the letters inside typst (Libertinus Serif, New Computer Modern, DejaVu Sans Mono)
# show completely. PDF/UA-1 (ISO 14289-1, 7.21.8) forbids the box for a missing letter, so typst
# refuses a text that needs one. A test tries them all.
_SHOWN = (
    (0x20, 0x7E), (0xA0, 0x2FF), (0x300, 0x377), (0x37A, 0x37F), (0x384, 0x4FF), (0x5D0, 0x5EA),
    (0x621, 0x63A), (0x640, 0x652), (0x660, 0x66D), (0x6F0, 0x6F9), (0x1E00, 0x1FFF),
    (0x2000, 0x2027), (0x202F, 0x2040), (0x2044, 0x2052), (0x2070, 0x20B9), (0x2100, 0x211E),
    (0x2126, 0x214F), (0x2153, 0x2184), (0x2190, 0x23CF), (0x2460, 0x262F), (0x2701, 0x2704),
    (0x2706, 0x2709), (0x270C, 0x2727), (0xFB00, 0xFB06), (0xFFFD, 0xFFFD),
)  # fmt: skip
_STARTS = [first for first, _ in _SHOWN]
_PLAINEST = 0x17F
"""The last letter of Latin Extended-A: what every alphabet of the European Union's Latin needs."""

MISSING = "\ufffd"
_ATTACHED = re.compile("[\u200b-\u200f\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0000-\U000e01ef]")
_MANY_MISSING = re.compile(f"{MISSING}(?:[ {MISSING}]*{MISSING})?")


def clean_prose(text: str) -> str:
    """Drop what no document may hold; lines and blanks stay as they are."""
    return _UNWANTED.sub("", text)


def clean_words(text: str) -> str:
    """Drop what no document may hold and make every run of blanks and line ends one space."""
    return _BLANKS.sub(" ", _UNWANTED.sub("", text))


def clean_line(text: str, longest: int = 300) -> str:
    """Return a title or a name: cleaned, and cut where it is longer than any line can be."""
    line = clean_words(text).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def shown(text: str, *, plainest: bool = False) -> str:
    """Replace what the letters of the PDF cannot show by one sign for each run.

    With `plainest` only Latin letters stay: for a text that fails for the way its signs combine.
    """
    if text.isascii():
        return text
    known = _is_plain if plainest else _is_shown
    bare = text if all(known(sign) for sign in text) else _ATTACHED.sub("", text)
    return _MANY_MISSING.sub(MISSING, "".join(s if known(s) else MISSING for s in bare))


def _is_plain(sign: str) -> bool:
    return ord(sign) <= _PLAINEST or sign in "–—‘’“”…•€→" + MISSING  # noqa: RUF001


def _is_shown(sign: str) -> bool:
    code = ord(sign)
    return (
        code <= _SHOWN[bisect_right(_STARTS, code) - 1][1] if code >= _STARTS[0] else sign == "\n"
    )
