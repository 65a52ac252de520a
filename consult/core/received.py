"""What a browser sends, without the two kinds of signs that no text has and no database keeps.

PostgreSQL takes no NUL, and half of a surrogate pair cannot be written as UTF-8. They are left out
before anything is read, so that every field, filter and key is free of them on either database.
"""

import re
from collections.abc import Iterable
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

_NEVER_TEXT = re.compile("[\x00\ud800-\udfff]")


class ReceivedText(ImmutableMultiDict[str, Any]):
    """The fields of a form or of an address; files are left alone."""

    def __init__(self, mapping: Any = None) -> None:
        super().__init__(None if mapping is None else list(_clean(_pairs(mapping))))


def _pairs(mapping: Any) -> Iterable[tuple[str, Any]]:
    """Give the pairs of what a dictionary can be made of."""
    return ImmutableMultiDict(mapping).items(multi=True)


def _clean(pairs: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
    for name, value in pairs:
        yield (
            _NEVER_TEXT.sub("", name),
            _NEVER_TEXT.sub("", value) if isinstance(value, str) else value,
        )


class ReceivedRequest(Request):
    """A request whose fields can be stored."""

    parameter_storage_class = ReceivedText
