"""The words of moderation: grounds for hiding, and reasons for returning that come back often."""

from collections.abc import Mapping

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from consult.consultation.moderation.models import Ground, Verb
from consult.foundation.core.languages import LANGUAGES

GROUNDS = {
    Ground.PERSONAL_DATA: _l("Personal data of somebody"),
    Ground.OFFENSIVE: _l("Offensive"),
    Ground.DISCRIMINATION: _l("Discrimination"),
    Ground.ADVERTISING: _l("Advertising"),
    Ground.OFF_TOPIC: _l("Not about this round"),
    Ground.UNLAWFUL: _l("Against the law"),
    Ground.SOURCE_MODERATION: _l("Moderated at the source"),
}
CHOSEN_HERE = {ground: text for ground, text in GROUNDS.items() if ground != "source_moderation"}
"""The grounds that a moderator chooses from; the other one comes with an import."""

SENTENCES = {
    "names": _l("Please leave out what tells who somebody is, such as a name or an address."),
    "unclear": _l("We do not understand yet what should happen. Please describe the action."),
    "several": _l("This holds more than one action. Please hand in each action by itself."),
    "questions": _l("Please say how this belongs to the questions of this round."),
    "tone": _l("Please write about other people in a friendly way."),
    "incomplete": _l("Part of the text is missing. Please complete it."),
}
"""Reasons for returning, in plain words (level B1)."""


def sentences_in(language: str) -> Mapping[str, str]:
    """Return the sentences in the language of the contribution: its author reads them."""
    with force_locale(language if language in LANGUAGES else LANGUAGES[0]):
        return {code: str(text) for code, text in SENTENCES.items()}


DECIDED = {
    Verb.PUBLISH: _l("%(number)s is published, and its author is told."),
    Verb.RETURN: _l("%(number)s is returned, and its author is told."),
    Verb.HIDE: _l("%(number)s is hidden, and its author is told."),
    Verb.RESTORE: _l("%(number)s is shown again, and its author is told."),
    Verb.ADMIT: _l("%(number)s is admitted, and its author is told."),
    Verb.KEEP: _l("%(number)s stays as it is."),
}
"""What a moderator reads after a decision; the number tells about what."""
