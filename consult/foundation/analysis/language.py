"""In which language texts are: told by a library, or not told."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from itertools import islice
from typing import Any

UNKNOWN = "und"
"""What BCP 47 calls a language that is not known."""

_SURE = 0.6
"""How sure the library must be of a text; dialects of Arabic share what it is sure of."""
_FEWEST_LETTERS = 20
"""Shorter texts are in no language for sure: "Ok" is in a hundred."""
_MOST_TEXTS = 1000
_SHARE = 2 / 3


@cache
def _identifier() -> Any:  # noqa: ANN401  (the library has no types)
    # Not at the start: it brings NumPy, which every command would wait a fifth of a second for.
    library = import_module("py3langid.langid")
    return library.LanguageIdentifier.from_model_file(
        library.MODEL_FILE, norm_probs=True, min_confidence=_SURE
    )


def language_of(texts: Iterable[str]) -> str:
    """Return the language (BCP 47) that two thirds of some texts are in, by letters; else `und`.

    The first thousand texts are looked at; those with few letters tell nothing.
    """
    letters: Counter[str] = Counter()
    for text in islice(texts, _MOST_TEXTS):
        number = sum(one.isalpha() for one in text)
        if number >= _FEWEST_LETTERS:
            found, _ = _identifier().classify(text)
            letters[found] += number
    if not letters:
        return UNKNOWN
    found, number = letters.most_common(1)[0]
    return str(found) if number >= _SHARE * letters.total() else UNKNOWN
