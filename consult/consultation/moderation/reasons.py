"""Reasons for returning a contribution that come back often, in plain words (level B1)."""

from collections.abc import Mapping

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from consult.foundation.core.languages import LANGUAGES

SENTENCES = {
    "names": _l("Please leave out what tells who somebody is, such as a name or an address."),
    "unclear": _l("We do not understand yet what should happen. Please describe the action."),
    "several": _l("This holds more than one action. Please hand in each action by itself."),
    "questions": _l("Please say how this belongs to the questions of this round."),
    "tone": _l("Please write about other people in a friendly way."),
    "incomplete": _l("Part of the text is missing. Please complete it."),
}


def sentences_in(language: str) -> Mapping[str, str]:
    """Return the sentences in the language of the contribution: its author reads them."""
    with force_locale(language if language in LANGUAGES else LANGUAGES[0]):
        return {code: str(text) for code, text in SENTENCES.items()}
