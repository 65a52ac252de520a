"""Words to what they are found by, in thirty languages: *vergunningen* finds *vergunning*.

A text gives terms to keep, a question gives terms to look for. Both come from the same words: in
small letters without accents, invisible signs or the signs that join (*e-mail*, *foto's*). What is
written without blanks between its words (Chinese, Japanese, Thai) is found by pairs of its signs.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer
from anyascii import anyascii

from consult.foundation.analysis.normalization import normalized

# A word may hold an apostrophe or hyphen, a number its separators, initials their dots (B.V.).
_WORD = re.compile(
    r"[^\W_]+(?:(?:['\u2018\u2019\u02bc`\u2010-]|(?<=\d)[.,](?=\d)|(?<=\b\w)\.(?=\w\b))[^\W_]+)*"
)
_PART = re.compile(r"[^\W_]+")
_LANGUAGES = {"nl": "dutch", "en": "english"}
"""The languages of the platform: a word that is looked for is taken for either."""
_STEMMED = _LANGUAGES | {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
    "yi": "yiddish",
}  # fmt: skip
_OTHERS = sorted({*_STEMMED.values()} - {*_LANGUAGES.values()})
# Thai, Lao, Burmese and Khmer; kana; Chinese characters.
_UNDIVIDED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_LONGEST_WORD = 60
_SHORTEST_START = 4
"""So long must a word be to find the words that begin with it (*raad*, *raadslid*)."""
_SHORTEST_INSIDE = 5
"""So long must a word be to find those that hold it further on (*omgevingsvergunning*)."""
_SHORTEST_FIRST_PART = 3
_SHORTEST_STEM = 3
SHORTEST_IN_VOCABULARY = 4
"""A slip in a shorter word makes another word too often."""
_MOST_PARTS = 5
_INSIDE = "x0"
"""Stands before what is kept of a word from its middle on; no word of people begins so."""
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Term:
    """One term of the index; with `start` every term that begins so."""

    text: str
    start: bool = False


@dataclass(frozen=True)
class AllOf:
    """Everything in it must be found."""

    parts: "tuple[SearchTerm, ...]"


@dataclass(frozen=True)
class AnyOf:
    """Something in it must be found."""

    parts: "tuple[SearchTerm, ...]"


SearchTerm = Term | AllOf | AnyOf


@lru_cache(maxsize=len(_STEMMED))
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(language)


@lru_cache(maxsize=20_000)  # a word has sixty signs at most: 17 MB when all are that long
def _stem(language: str, word: str) -> str:
    # The same words come back all the time, and stemming one costs some 20 microseconds. A stemmer
    # keeps the word it works on in itself, so two threads must not use it at once.
    with _one_at_a_time:
        stem: str = _stemmer(language).stemWord(word)
    # What is left of two letters is mostly another word: *op* is not what *open* says.
    return word if len(stem) < _SHORTEST_STEM and stem.isascii() else stem


def fold(text: str) -> str:
    """Lower the case and take off accents and invisible signs: *Coöperatie* is *cooperatie*.

    Latin letters that Unicode takes for letters of their own are spelt out: *ø* is *o*, *æ* *ae*.
    """
    apart = normalized("NFKD", text.replace("\u00b4", "'").casefold())
    return apart if apart.isascii() else "".join(map(_plain_sign, apart))


@lru_cache(maxsize=5_000)
def _plain_sign(sign: str) -> str:
    # U+034F joins letters for sorting; variation selectors choose a shape.
    unseen = unicodedata.category(sign) == "Cf" or sign in "\u034f\ufe0e\ufe0f"
    if unseen or unicodedata.combining(sign):
        return ""
    latin = not sign.isascii() and unicodedata.name(sign, "").startswith("LATIN ")
    return anyascii(sign).lower() if latin else sign


def _taken_apart(found: str) -> tuple[str, list[str]]:
    """Return a word as one, and the parts that signs join in it, where there are any."""
    parts = _PART.findall(found)
    return "".join(parts)[:_LONGEST_WORD], [p[:_LONGEST_WORD] for p in parts[1:] and parts]


def index_terms(text: str, language: str) -> list[str]:
    """Return the terms that a text is found by: each word, its stem, its parts and its endings.

    Words of a language that we cannot stem have no stem.
    """
    name = _STEMMED.get(language.partition("-")[0])
    terms: list[str] = []
    inside: set[str] = set()
    known: dict[str, list[str]] = {}
    for found in _WORD.findall(fold(text)):
        if found not in known:
            if _UNDIVIDED.search(found):
                known[found] = list(_pieces(found))
                terms += known[found]
                continue
            word, parts = _taken_apart(found)
            kept = [_terms_of(name, one) for one in (word, *_runs(parts))]
            known[found] = [term for forms, _ in kept for term in forms]
            inside.update(ending for _, endings in kept for ending in endings)
        terms += known[found]
    return [*terms, *sorted(inside)]


# A word of sixty signs has some hundred endings: 35 MB when all are that long.
@lru_cache(maxsize=4_000)
def _terms_of(language: str | None, word: str) -> tuple[list[str], list[str]]:
    """Return the forms that are kept of a word of sixty signs at most, and their endings."""
    # The word is kept as it stands too: it may be of another language, and the Dutch stemmer takes
    # the *ge* out of *omgevingsplan*.
    forms = list(dict.fromkeys((_stem(language, word), word) if language else (word,)))
    return forms, [ending for form in forms for ending in _endings(form)]


def _pieces(found: str) -> Iterator[str]:
    """Yield each pair of signs of what is written without blanks, its last sign, and the rest."""
    for run in _UNDIVIDED.findall(found):
        yield from (run[place : place + 2] for place in range(len(run)))
    yield from (part[:_LONGEST_WORD] for part in _PART.findall(_UNDIVIDED.sub(" ", found)))


def _runs(parts: list[str]) -> Iterator[str]:
    """Yield the parts of a word, each alone and with those after it: *l'e-mail* holds *email*."""
    for first in range(min(len(parts), _MOST_PARTS)):
        for last in range(first + 1, min(len(parts), _MOST_PARTS) + 1):
            if last - first < len(parts):
                yield "".join(parts[first:last])[:_LONGEST_WORD]
    yield from parts[_MOST_PARTS:]


def _endings(stem: str) -> Iterator[str]:
    """Yield a word without its first letters, so that a compound is found by any of its parts."""
    if not stem.isalpha():
        return
    for place in range(_SHORTEST_FIRST_PART, len(stem) - _SHORTEST_START + 1):
        yield _INSIDE + stem[place:]


def words_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each word of a text begins and ends, as it stands there."""
    yield from (found.span() for found in _WORD.finditer(text))


def words_of_query(text: str) -> list[str]:
    """Return the words of a question as the index spells them, each as one word."""
    return [_taken_apart(found)[0] for found in _WORD.findall(fold(text))]


def vocabulary_of(terms: str) -> set[str]:
    """Return the words among the terms that are kept of a text, but for short ones."""
    return {
        term for term in terms.split() if term.isalpha() and len(term) >= SHORTEST_IN_VOCABULARY
    }


def number_of_words(text: str) -> int:
    """Count the words of a question."""
    return len(_WORD.findall(fold(text)))


def query_terms(text: str) -> list[SearchTerm]:
    """Return, for each word somebody looks for, what must be found; nothing where there is none."""
    return [
        _wanted_pieces(found) if _UNDIVIDED.search(found) else _wanted(*_taken_apart(found))
        for found in _WORD.findall(fold(text))
    ]


def _wanted_pieces(found: str) -> SearchTerm:
    """Return what must be found of a word without blanks: all its pairs; of one sign, that sign."""
    wanted: list[SearchTerm] = []
    for run in _UNDIVIDED.findall(found):
        pairs = [run[place : place + 2] for place in range(len(run) - 1)]
        wanted += [Term(pair) for pair in pairs] or [Term(run, start=True)]
    rest = _PART.findall(_UNDIVIDED.sub(" ", found))
    return AllOf((*wanted, *(AnyOf(tuple(_forms(part[:_LONGEST_WORD]))) for part in rest)))


def _wanted(word: str, parts: list[str]) -> SearchTerm:
    whole = tuple(_forms(word))
    apart = (AllOf(tuple(AnyOf(tuple(_forms(part))) for part in parts)),) if parts else ()
    return AnyOf((*whole, *apart))


def _forms(word: str) -> list[Term]:
    """Return the word itself and its stems: those of our own languages at its start and inside.

    Those of other languages are looked for as they are: the shortest of thirty would find anything.
    What begins as another one does is found with that.
    """
    forms = list(_every_form(word))
    return [
        one
        for one in forms
        if not any(
            other.start and other != one and one.text.startswith(other.text) for other in forms
        )
    ]


def _every_form(word: str) -> Iterator[Term]:
    stems = sorted({word, *(_stem(name, word) for name in _LANGUAGES.values())})
    others = {_stem(name, word) for name in _OTHERS} - {*stems}
    yield from (Term(stem) for stem in sorted(others) if 2 * len(stem) >= len(word))
    for stem in stems:
        open_ended = stem.isalpha() and len(stem) >= _SHORTEST_START
        yield Term(stem, start=open_ended)
        if open_ended and len(word) >= _SHORTEST_INSIDE:
            yield Term(_INSIDE + stem, start=True)
