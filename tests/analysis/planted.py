"""Invented texts with personal data in them, and without: how much of it is found."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from consult.foundation.analysis.suspected.detection import suspected_in
from consult.foundation.analysis.suspected.spans import Suspected, SuspectedKind
from tests.analysis.values import VALUES

HERE = Path(__file__).parent
_WORD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Planted:
    """A text, and the piece of it that must be marked."""

    text: str
    start: int
    end: int
    kind: SuspectedKind
    language: str

    @property
    def piece(self) -> str:
        """What must be marked."""
        return self.text[self.start : self.end]

    def found_by(self, marks: list[Suspected]) -> bool:
        """Whether marks of this kind cover every letter and digit of the piece."""
        covered = {
            place for one in marks if one.kind is self.kind for place in range(one.start, one.end)
        }
        wanted = {self.start + place for place, sign in enumerate(self.piece) if sign.isalnum()}
        return wanted <= covered


def filled(sentence: str, random: Random) -> str:
    """Put values in the places of a sentence."""
    return _WORD.sub(lambda match: VALUES[match[1]](random), sentence)


def planted(kind: SuspectedKind, language: str, number: int = 100) -> Iterator[Planted]:
    """Yield texts with a piece of a kind, the same ones every time."""
    sentences = tomllib.loads((HERE / f"planted-{language}.toml").read_text())[kind.value]
    random = Random(f"{kind}-{language}")
    for place in range(number):
        written = filled(sentences[place % len(sentences)], random)
        before, rest = written.split("[[", 1)
        piece, after = rest.rsplit("]]", 1)
        text = before + piece + after
        yield Planted(text, len(before), len(before) + len(piece), kind, language)


def missed(kind: SuspectedKind, language: str) -> list[Planted]:
    """Return the texts in which the piece is not marked as what it is."""
    return [
        one for one in planted(kind, language) if not one.found_by(suspected_in(one.text, language))
    ]


def clean(language: str, number: int = 250) -> Iterator[str]:
    """Yield texts without anything personal, the same ones every time: two sentences each."""
    sentences = tomllib.loads((HERE / f"clean-{language}.toml").read_text())["sentences"]
    random = Random(language)
    for place in range(number):
        both = sentences[place % len(sentences)], random.choice(sentences)
        yield " ".join(filled(one, random) for one in both)
