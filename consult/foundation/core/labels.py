"""What the members of enums are called to whoever reads a page: each is said once, in `labels.py`.

A package gives the tables of its `labels.py` in its `init_app`; forms take their choices from the
same tables, templates and exports ask here.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from consult.foundation.core.errors import Sentence

Labels = Mapping[Any, Sentence]
"""The labels of one enum, by its members (a mapping does not take members of any enum)."""
_labels: dict[type, Labels] = {}


def add_labels(*tables: Labels) -> None:
    """Register the labels of enums: a table holds every member of one enum."""
    for table in tables:
        _labels[type(next(iter(table)))] = table


def label(value: Enum | str, enum: str = "") -> Sentence:
    """Return the label of a member, or of its value where the name of its enum is given."""
    return labels_of(enum)[value] if enum else _labels[type(value)][value]


def labels_of(enum: str) -> Labels:
    """Return the labels of an enum by its name, in their order."""
    return next((table for one, table in _labels.items() if one.__name__ == enum), {})


def labelled_enums() -> dict[type[Enum], Labels]:
    """Return every enum that has labels."""
    return {one: table for one, table in _labels.items() if issubclass(one, Enum)}
