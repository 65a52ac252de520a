"""What is wrong with a file, said so that somebody can mend it."""

import json
from dataclasses import dataclass

from consult.foundation.core.errors import Sentence

SHOWN = 60
"""How much of a value is repeated in a sentence."""


@dataclass(frozen=True, slots=True)
class LinePlace:
    """A line of a file; line 0 is the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        name = "".join(c if c.isprintable() else "?" for c in self.file)
        return f"{name}, line {self.line}" if self.line else name


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, in which field, what, and what would help."""

    place: LinePlace
    text: Sentence
    help: Sentence = ""
    field: str = ""
    type: str = ""
    """The type of line that is left out for it, where that can be told."""

    def __str__(self) -> str:
        where = f"{self.place}, field {self.field}" if self.field else str(self.place)
        return " ".join(part for part in (f"{where}: {self.text}", str(self.help)) if part)


@dataclass(frozen=True, slots=True)
class ImportNote:
    """Something that whoever imports a file should know, and that is no problem."""

    place: LinePlace
    text: Sentence

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class BadValue(Exception):  # noqa: N818
    """A value that a field does not take: what is wrong with it, and what would help."""

    def __init__(self, text: Sentence, help: Sentence = "") -> None:  # noqa: A002
        super().__init__(text)
        self.text = text
        self.help = help


def shown(value: object) -> str:
    """Return a value for use in a sentence: short, quoted, without control characters."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return f"a {type(value).__name__}"
    if len(text) > SHOWN:
        text = text[: SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else "?" for c in text)
