"""What a browser sends, without the two kinds of signs that no text has and no database keeps.

PostgreSQL takes no NUL, and half of a surrogate pair cannot be written as UTF-8. They are gone
before anything is read: left out of what was typed in a form, and replaced by U+FFFD in an address,
which must not come to mean another one.
"""

import re
from collections.abc import Iterable, Mapping
from gettext import NullTranslations

from flask import Request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.formparser import FormDataParser

from consult.foundation.core.languages import reader_language
from consult.lazy import lazy

_texts_of_library = lazy("consult.foundation.core.forms:texts_of_library")
_NEVER_TEXT = re.compile("[\x00\ud800-\udfff]")


class FormText(ImmutableMultiDict[str, str | FileStorage]):
    """The fields of a form; files are left alone."""

    instead = ""

    def __init__(
        self,
        mapping: Mapping[str, str | FileStorage]
        | Iterable[tuple[str, str | FileStorage]]
        | None = None,
    ) -> None:
        pairs = MultiDict(mapping).items(multi=True)
        super().__init__(
            [
                (self._clean(name), self._clean(value) if isinstance(value, str) else value)
                for name, value in pairs
            ]
        )

    def _clean(self, text: str) -> str:
        return _NEVER_TEXT.sub(self.instead, text)


class QueryText(FormText):
    """The arguments of an address."""

    instead = "\ufffd"


class StorableRequest(Request):
    """A request whose fields can be stored."""

    parameter_storage_class = QueryText

    @property
    def wtforms_translations(self) -> NullTranslations:
        """The texts of the library of forms, which looks here before it reads their file anew."""
        found: NullTranslations = _texts_of_library(reader_language())
        return found

    def make_form_data_parser(self) -> FormDataParser:
        """Return the parser of forms, which leaves out what is no text."""
        parser = super().make_form_data_parser()
        parser.cls = FormText
        return parser
