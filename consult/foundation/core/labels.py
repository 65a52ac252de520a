"""What the members of enums are called to who reads a page: each is said once, in `labels.py`.

A package gives the tables of its `labels.py` in its `init_app`; forms take their choices from the
same tables, templates and exports ask here.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from consult.foundation.core.errors import Sentence

_labels: dict[type[Enum], Mapping[Any, Sentence]] = {}


def add_labels(*tables: Mapping[Any, Sentence]) -> None:
    """Register the labels of enums: a table holds every member of one enum."""
    for table in tables:
        _labels[type(next(iter(table)))] = table


def label(value: Any, enum: str = "") -> Sentence:
    """Return the label of a member, or of its value where the name of its enum is given."""
    return labels_of(enum)[value] if enum else _labels[type(value)][value]


def labels_of(enum: str) -> Mapping[Any, Sentence]:
    """Return the labels of an enum by its name, in their order."""
    return next((table for one, table in _labels.items() if one.__name__ == enum), {})


def labelled_enums() -> Mapping[type[Enum], Mapping[Any, Sentence]]:
    """Return every enum that has labels."""
    return dict(_labels)
