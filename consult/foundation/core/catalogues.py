"""The texts of the interface in each language: read once, and found in one step."""

from functools import cache

from babel.support import NullTranslations
from flask import Flask
from flask_babel import Domain, force_locale

from consult.foundation.core.languages import reader_language


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the texts of a language."""
    with force_locale(language):
        found: NullTranslations = Domain().get_translations()
    return found


class Catalogues(Domain):
    """Where the library finds texts; by itself it asks several times for a language."""

    def get_translations(self) -> NullTranslations:
        """Return the texts of the language that is being written in now."""
        return catalogue(reader_language())


def init_catalogues(app: Flask) -> None:
    """Let the library find texts here."""
    app.extensions["babel"].domain_instance = Catalogues()
