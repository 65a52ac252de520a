"""Unicode's normal forms, in time that grows with the length of a text and no faster.

Sorting a run of combining marks takes the square of its length: 80,000 of them keep a process
busy for twelve seconds. The Stream-Safe Text Format (UAX #15, section 13) allows runs of at most
thirty, and puts a grapheme joiner, which shows nothing, between longer ones.
"""

import unicodedata
from collections.abc import Iterator
from typing import Literal

_LONGEST_RUN = 30
_JOINER = "\u034f"
_SHORT = 1000
"""Signs of which even the square is soon done."""


def normalized(form: Literal["NFC", "NFKD"], text: str) -> str:
    """Return a text in a normal form of Unicode."""
    if text.isascii():
        return text
    if len(text) > _SHORT and any(map(unicodedata.combining, set(text))):
        text = "".join(_stream_safe(text))
    return unicodedata.normalize(form, text)


def _stream_safe(text: str) -> Iterator[str]:
    run = 0
    for sign in text:
        run = run + 1 if unicodedata.combining(sign) else 0
        if run > _LONGEST_RUN:
            yield _JOINER
            run = 1
        yield sign
