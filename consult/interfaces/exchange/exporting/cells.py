"""Cells of a spreadsheet: what a program can hold in one, and what becomes of the rest."""

import re

LONGEST = 32_767
"""Signs of one cell in Excel, which counts an emoji as two (UTF-16). It calls a file with a longer
one damaged, and some programs that read ODS do too; so both kinds of file keep to it."""
MISSING = "\ufffd"
# What XML 1.0 cannot hold, not even escaped (https://www.w3.org/TR/xml/#charsets).
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile(r"\r\n?")


def _length(text: str) -> int:
    """Return how many signs Excel counts in a text."""
    return len(text.encode("utf-16-le")) // 2


def fitted(text: str, mark: str) -> str:
    """Return a text as one cell holds it; one that is too long is cut, and `mark` says so.

    Signs that XML cannot hold become the sign for a missing one; line ends become one kind.
    """
    whole = _NOT_IN_XML.sub(MISSING, _LINE_END.sub("\n", text))
    if len(whole) <= LONGEST // 2 or _length(whole) <= LONGEST:
        return whole
    room = LONGEST - _length(mark)
    # An emoji may be cut in half: then it goes.
    return whole.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore") + mark
