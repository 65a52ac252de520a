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
_UNSEEN = r"[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800]+"
_EDGES = regex.compile(rf"\A{_UNSEEN}|{_UNSEEN}\Z", regex.V1)


def says_nothing(text: str | None) -> bool:
    """Whether a reader would see no text at all."""
    return not text or _DRAWN.search(text) is None


def without_unseen_edges(text: str) -> str:
    """Take blanks and invisible signs off both ends, as copying from a page or sheet adds them."""
    return str(_EDGES.sub("", text))
