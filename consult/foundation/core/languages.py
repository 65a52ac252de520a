"""Languages: which one a page speaks, and texts that exist in several."""

import re
from collections.abc import Mapping

from babel import Locale, UnknownLocaleError
from flask import has_request_context, request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from consult.foundation.core.visible import without_unseen_edges

Texts = dict[str, str]
"""A text in several languages, by code; also where only some of them are there."""

LANGUAGES = ("nl", "en")
"""The languages of the interface; the first is the default."""
LANGUAGE_NAMES = {"nl": _l("Dutch"), "en": _l("English")}

_NAMED = {
    "nl": ("nl", "nederlands", "dutch"),
    "en": ("en", "engels", "english"),
}
LONGEST_TAG = 35
"""Signs in a language tag (RFC 5646, 4.4.1), before it is looked at."""
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")


def language_named(typed: str) -> str | None:
    """Return the language of the interface that a code or a name stands for; None for any other."""
    said = without_unseen_edges(typed[:LONGEST_TAG]).lower()
    return next((code for code, names in _NAMED.items() if said in names), None)


def is_language_tag(said: str) -> bool:
    """Whether this is a language tag as texts carry it (BCP 47, short form): nl, fy, pt-BR."""
    return len(said) <= LONGEST_TAG and _TAG.fullmatch(said) is not None


def request_language() -> str:
    """Return the language of the present request: from its address, else from the browser."""
    if not has_request_context():
        return LANGUAGES[0]
    named = request.path.split("/", 2)[1]
    if named in LANGUAGES:
        return named
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def language_name(code: str) -> str:
    """Return what a language is called in the reader's; its code where nobody gave it a name."""
    try:
        return Locale.parse(code, sep="-").get_display_name(reader_language()) or code
    except (ValueError, UnknownLocaleError):
        return code


def reader_language() -> str:
    """Return the language that is being written in now (a mail may force another)."""
    locale = get_locale()
    return str(locale.language) if locale else LANGUAGES[0]


def other_language() -> str:
    """Return the language to which the present page can be switched."""
    return next(code for code in LANGUAGES if code != reader_language())


def pick(texts: Mapping[str, str] | None, language: str | None = None) -> tuple[str, str]:
    """Return (text, its language): in the language wanted, else in any that has a text."""
    wanted = language or reader_language()
    texts = texts or {}
    for code in (wanted, *LANGUAGES, *texts):
        if texts.get(code):
            return texts[code], code
    return "", wanted


def in_all_languages(language: str, text: str, translations: Mapping[str, str] | None) -> Texts:
    """Return a text and its translations by language; empty where nothing was said at all."""
    said = {language: text, **(translations or {})}
    return {code: found for code, found in said.items() if found}


def in_language(texts: Mapping[str, str] | None) -> Markup:
    """Return a text in the reader's language, marked with its own language where that differs."""
    text, code = pick(texts)
    if not text or code == reader_language():
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(code, text)
