"""Words to stems, in Dutch and English, so that *vergunningen* finds *vergunning*."""

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

from consult.analysis.normal import normal

_WORD = re.compile(r"[^\W_]+")
_LANGUAGES = {"nl": "dutch", "en": "english"}
_LONGEST_WORD = 60
_one_at_a_time = threading.Lock()


@lru_cache(maxsize=2)
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(language)


@lru_cache(maxsize=20_000)  # a word has sixty signs at most: 17 MB when all are that long
def _stem(language: str, word: str) -> str:
    # The same words come back all the time, and stemming one costs some 20 microseconds. A stemmer
    # keeps the word it works on in itself, so two threads must not use it at once.
    with _one_at_a_time:
        stem: str = _stemmer(language).stemWord(word)
    return stem


def fold(text: str) -> str:
    """Lower the case and take the accents off: *Coöperatie* becomes *cooperatie*."""
    apart = normal("NFKD", text.casefold())
    if apart.isascii():
        return apart
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def words(text: str) -> list[str]:
    """Give the folded words of a text, in order."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(fold(text))]


def stems(text: str, language: str) -> list[str]:
    """Give the stems of a text's words; words of a language we cannot stem stay as they are."""
    name = _LANGUAGES.get(language)
    found = words(text)
    return [_stem(name, word) for word in found] if name else found


def query_stems(text: str) -> list[tuple[str, ...]]:
    """Give, for each word somebody looks for, the stems it may have in the languages we know."""
    found = words(text)
    columns = [[_stem(name, word) for word in found] for name in _LANGUAGES.values()]
    return [tuple(sorted(set(forms))) for forms in zip(*columns, strict=True)]
