"""The fields of a form with what may be personal data in them."""

from collections.abc import Iterable
from dataclasses import dataclass

from wtforms import Field

from consult.foundation.analysis.suspected.spans import Suspected
from consult.foundation.core.errors import Sentence
from consult.foundation.marks.rendering import marks_in


@dataclass(frozen=True)
class MarkedField:
    """What was typed in a field, or the name of a file, with its marks."""

    label: Sentence
    text: str
    marks: list[Suspected]


def marked_fields(fields: Iterable[Field], language: str) -> dict[str, MarkedField]:
    """Return the fields that say something, by name, each with its marks."""
    return {
        field.name: MarkedField(field.label.text, field.data, marks_in(field.data, language))
        for field in fields
        if isinstance(field.data, str) and field.data
    }
