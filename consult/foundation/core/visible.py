"""Whether a text says anything to somebody who reads it: the one idea of "not filled in".

A text says something when it has a letter, a digit, a punctuation mark or a symbol that is drawn.
Blanks, accents without a letter, and what Unicode calls default-ignorable (zero-width signs, soft
hyphens, fillers, direction marks) say nothing, alone or together.
"""

import regex

# Blank although Unicode counts them as symbols: a Braille cell without dots, a note without a head.
_DRAWN = regex.compile(
    r"[\p{L}\p{N}\p{P}\p{S}--\p{Default_Ignorable_Code_Point}--[\u2800\U0001D159]]", regex.V1
)
_UNSEEN = r"[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800]*"
_BEFORE = regex.compile(_UNSEEN, regex.V1)
# Read from the end, so that a long blank in the middle is not looked at sign after sign.
_BEHIND = regex.compile(_UNSEEN, regex.V1 | regex.REVERSE)


def says_nothing(text: str | None) -> bool:
    """Whether a reader would see no text at all."""
    return not text or _DRAWN.search(text) is None


def without_unseen_edges(text: str) -> str:
    """Take blanks and invisible signs off both ends, as copying from a page or sheet adds them."""
    before = _BEFORE.match(text)
    start = before.end() if before else 0
    behind = _BEHIND.match(text, start)
    return text[start : behind.start() if behind else len(text)]
